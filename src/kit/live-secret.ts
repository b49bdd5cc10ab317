/** A secret that stays as it is, or the newest value of one that may be rotated while the program runs. */
export type LiveSecret = string | (() => string);

/** What it is now. */
export function secretNow(secret: LiveSecret): string {
  return typeof secret === 'string' ? secret : secret();
}
