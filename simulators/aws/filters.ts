import { AwsError, invalidValue, missing } from './errors.ts';
import type { Tags } from './model.ts';
import type { Query } from './query.ts';

/** One filter of a Describe call: its values are alternatives. */
interface Filter {
  readonly name: string;
  readonly values: readonly string[];
  readonly matches: (value: string) => boolean;
}

/** What a row has to offer for each filter name. A `tag:` filter and `tag-key` need `tags`. */
export type Fields<T> = Readonly<Record<string, (row: T) => readonly string[]>>;

/** Filters and their values are limited for each call (EC2 error codes, FilterLimitExceeded). */
const MAX_VALUES = 200;

const WILDCARD = /[*?\\]/;

/** `*` for any text, `?` for one character, `\` before a character that is meant as it is. */
function pattern(value: string): RegExp {
  const source = value.replace(/\\(.)|[*?]|[.+^${}()|[\]\\]/gs, (found, escaped: string | undefined) => {
    if (escaped !== undefined) return escaped.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    if (found === '*') return '.*';
    return found === '?' ? '.' : `\\${found}`;
  });
  return new RegExp(`^${source}$`, 's');
}

function matcher(values: readonly string[]): (value: string) => boolean {
  const exact = new Set(values.filter((value) => !WILDCARD.test(value)));
  const patterns = values.filter((value) => WILDCARD.test(value)).map(pattern);
  return (value) => exact.has(value) || patterns.some((one) => one.test(value));
}

/** The filters of one call: a row must pass all of them. */
export class Filters<T> {
  readonly #filters: readonly Filter[];
  readonly #fields: Fields<T>;
  readonly #tags: ((row: T) => Tags) | undefined;

  /** Reads `Filter.N`; refuses a name that is not in `fields`. `tags` gives the tags for `tag:<key>`. */
  constructor(query: Query, fields: Fields<T>, tags?: (row: T) => Tags) {
    this.#fields = fields;
    this.#tags = tags;
    this.#filters = query.structs('Filter').map((one) => {
      const name = one.need('Name');
      const values = one.list('Value');
      if (values.length === 0) throw missing('Filter.Value');
      const known = name in fields || (tags !== undefined && name.startsWith('tag:') && name.length > 4);
      if (!known) throw invalidValue(`The filter '${name}' is invalid`);
      return { name, values, matches: matcher(values) };
    });
    if (this.#filters.reduce((sum, one) => sum + one.values.length, 0) > MAX_VALUES)
      throw new AwsError('FilterLimitExceeded', 'The request exceeds the maximum number of filters or filter values.');
  }

  get size(): number {
    return this.#filters.length;
  }

  /** The values of a filter, when there is one and none of them is a pattern: an index can be used. */
  exact(name: string): readonly string[] | undefined {
    const values = this.#filters.find((one) => one.name === name)?.values;
    return values?.some((value) => WILDCARD.test(value)) ? undefined : values;
  }

  passes(row: T): boolean {
    return this.#filters.every(({ name, matches }) => {
      const offered = this.#fields[name];
      if (offered) return offered(row).some(matches);
      const value = this.#tags?.(row).get(name.slice(4));
      return value !== undefined && matches(value);
    });
  }

  toString(): string {
    return JSON.stringify(this.#filters.map(({ name, values }) => [name, ...values]));
  }
}
