/** The request that goes on with an access from another source, until the same end. */
export interface MovedTo {
  readonly request: string;
  /** Canonical CIDR. */
  readonly source: string;
}

/** Where an access was before it was moved. */
export interface Moved {
  /** Canonical CIDR. */
  readonly from: string;
  readonly sourceName?: string;
  /** How often it was extended there without a decision: a policy allows that so often in all. */
  readonly extended: number;
}
