const SPELLED: Readonly<Record<string, string>> = { ae: 'ä', oe: 'ö', ue: 'ü' };

/** Looks a German word up as it is typed, and with the umlauts that keyboards without them spell: `fuenf`, `maerz`. */
export function umlauted<T>(word: string, find: (word: string) => T | undefined): T | undefined {
  return find(word) ?? find(word.replace(/[aou]e/g, (two) => SPELLED[two] ?? two));
}
