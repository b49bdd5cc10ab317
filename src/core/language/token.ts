/** One word of a command, without the marks around it. */
export interface Token {
  readonly text: string;
  /** What was typed, where that is another word: `zu`, which is read as `to`. */
  readonly typed?: string;
  /** In quotes: a name, whatever it looks like. */
  readonly isQuoted?: true;
  /** It stands to be filled in: `<machine>`. */
  readonly isBlank?: true;
  /** A comma, `and` or `&` stands before it. */
  readonly isJoined?: true;
  /** Where it begins in what was typed. */
  readonly at: number;
}

/** The word as people typed it: what they are told of. */
export function typedOf({ text, typed }: Token): string {
  return typed ?? text;
}

/** The same of several, on one line. */
export function typedText(tokens: readonly Token[]): string {
  return tokens
    .map((token) => typedOf(token))
    .filter((word) => word !== '')
    .join(' ');
}
