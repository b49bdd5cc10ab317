/* Formats of the platform are made once: each takes longer to make than to use. */

/** Zones come from chats: no more formats than this are kept. */
const MOST = 1_000;

function kept<K extends readonly string[], T>(make: (...key: K) => T): (...key: K) => T {
  const made = new Map<string, T>();
  return (...key) => {
    const name = key.join(' ');
    const known = made.get(name);
    if (known !== undefined) return known;
    const one = make(...key);
    if (made.size >= MOST) made.clear();
    made.set(name, one);
    return one;
  };
}

/** `28 Nov`, in an IANA time zone. */
export const dayFormat = kept(
  (locale: string, timeZone: string) => new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone }),
);
export const pluralRules = kept((locale: string) => new Intl.PluralRules(locale));
export const numberFormat = kept((locale: string) => new Intl.NumberFormat(locale));
export const listFormat = kept(
  (locale: string, type: 'conjunction' | 'disjunction') => new Intl.ListFormat(locale, { type }),
);

/** Shows what a zone is called for short. */
export const zoneFormat = kept(
  (locale: string, timeZone: string) => new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: 'short' }),
);
