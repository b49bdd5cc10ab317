/** Copies of the store that would take its place. A decision that they do not have yet is lost when one does. */
export interface Replicas {
  /**
   * Whether every copy has these versions, and all that was written before them. Waits a short while for it. Closing never
   * asks.
   */
  have(requests: readonly { readonly id: string; readonly version: number }[]): Promise<boolean>;
}
