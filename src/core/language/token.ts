/** One word of a command, without the marks around it. */
export interface Token {
  readonly text: string;
  /** In quotes: a name, whatever it looks like. */
  readonly isQuoted?: true;
  /** A comma, `and` or `&` stands before it. */
  readonly isJoined?: true;
  /** Where it begins in what was typed. */
  readonly at: number;
}
