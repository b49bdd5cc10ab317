const CLOSING = /^\s*(?:revoke|close|withdraw|deny)\b/i;

/** Does this command, or the button with this verb, take away at most? Then it is done even where nothing else is taken on. */
export function onlyCloses(words: string): boolean {
  return CLOSING.test(words);
}
