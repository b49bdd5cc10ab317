/** What sort of error it is: what may be done about it follows from that. */
export type Kind =
  | 'invalid'
  | 'unauthentic'
  | 'denied'
  | 'unjudged'
  | 'notFound'
  | 'conflict'
  | 'busy'
  | 'refused'
  | 'misconfigured'
  | 'bug';

/** What the table says of one error. */
export interface Entry {
  readonly kind: Kind;
  readonly say: string;
  readonly hint: string;
}
