/** `restore web-1 everything accepting 3f2a90bc11de confirm a1b2c3`, as typed. */
export interface RestoreAsk {
  /** A machine, or an undo record by its id. */
  readonly which: string;
  /** Also what somebody removed since. */
  readonly whole?: true;
  /** The beginnings of the hashes of records that are not signed. */
  readonly accepting: readonly string[];
  /** The code of the page that showed what will be open. */
  readonly confirm?: string;
}

/** What stands behind the machine or the record. */
export function parseRestore(which: string, terms: readonly string[]): RestoreAsk {
  const lower = terms.map((word) => word.toLowerCase());
  const after = (word: string) => lower.flatMap((one, i) => (lower[i - 1] === word ? [one] : []));
  return {
    which,
    accepting: after('accepting'),
    ...(lower.includes('everything') ? { whole: true } : {}),
    ...confirmed(terms),
  };
}

/** The code behind `confirm`. */
export function confirmed(words: readonly string[]): { confirm?: string } {
  const at = words.findIndex((word) => word.toLowerCase() === 'confirm');
  return at < 0 ? {} : { confirm: words[at + 1]?.toLowerCase() ?? '' };
}
