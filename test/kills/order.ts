/** A point of a flow: an effect, and how often it came before since the flow began. */
export interface Point {
  readonly name: string;
  readonly nth: number;
}

/** What the hook in the program is told to do. */
export interface Order {
  /** The file that gets a line for each effect. */
  readonly note?: string;
  readonly kill?: Point & { readonly when: 'before' | 'after' };
}
