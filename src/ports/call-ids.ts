/** Knows what the clouds call the calls that changed something. */
export interface CallIds {
  /**
   * Runs work. Each call that a cloud carried out for it meanwhile is added to `into`, with the cloud's own id:
   * `AuthorizeSecurityGroupIngress 9a6…`, `PUT Microsoft.Network 31f…`. A call whose answer was lost has none.
   */
  collect<T>(into: string[], work: () => Promise<T>): Promise<T>;
}
