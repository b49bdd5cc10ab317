/** A point of a flow: an effect, and how often it came before since the flow began. */
export interface Point {
  readonly name: string;
  readonly nth: number;
}

/** A point as it was recorded. */
export interface RecordedPoint extends Point {
  /** Between it and the one before, something was taken that is to be done: a job, or what is due. */
  readonly takenBefore?: true;
}

/** What the hook in the program is told to do. */
export interface Order {
  /** The file that gets a line for each effect. */
  readonly note?: string;
  readonly kill?: Point & { readonly when: 'before' | 'after' };
}
