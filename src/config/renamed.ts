/** A setting that older versions knew. */
export interface Renamed {
  /** As docs/settings.md had it: `slack.path`, `policies[].who`. */
  readonly was: string;
  /** The first version of Drawbridge that does not know it. */
  readonly since: string;
  /** Its name now, at the same place; or, where it is gone for good, what to do instead. */
  readonly now: string | { readonly instead: string };
}

/**
 * Settings that are called otherwise since a version, or are gone: whoever still writes one is told. A test holds the settings of the
 * last version against this, so none goes without a word.
 */
export const RENAMED: readonly Renamed[] = [];

/** What became of the setting at a path, if anything is known: the end of a sentence that says that it is no setting. */
export function becameOf(path: readonly (string | number)[], table: readonly Renamed[] = RENAMED): string | undefined {
  const written = path.map((part) => (typeof part === 'number' ? '[]' : `.${part}`)).join('');
  const found = table.find(({ was }) => was === written.replace(/^\./, ''));
  if (!found) return undefined;
  const { now, since } = found;
  return typeof now === 'string'
    ? `; since ${since} it is called ${now}`
    : `; it is gone since ${since}: ${now.instead}`;
}
