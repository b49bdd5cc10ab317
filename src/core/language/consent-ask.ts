/** `consent`, `consent 3f2a90bc11de`, `consent confirm 3f2a90bc11de`, as typed. */
export interface ConsentAsk {
  /** Of the page that is meant. Absent: list them. */
  readonly code?: string;
  /** It was seen, and what it shows may be closed. */
  readonly confirm?: true;
}

export function parseConsent(words: readonly string[]): ConsentAsk {
  const codes = words.filter((word) => word.toLowerCase() !== 'confirm');
  const [code] = codes;
  if (code === undefined) return {};
  return { code, ...(codes.length < words.length ? { confirm: true } : {}) };
}
