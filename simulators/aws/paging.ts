import { createHmac, randomBytes } from 'node:crypto';
import { AwsError, invalidCombination, invalidValue } from './errors.ts';
import type { Query } from './query.ts';
import { leaf } from './xml.ts';

export interface Page<T> {
  readonly rows: readonly T[];
  readonly nextToken?: string;
}

const KEY = randomBytes(16);

const DEFAULT_RANGE = { least: 5, most: 1000 };

/** The `MaxResults` and `NextToken` of one call. */
export class Paging {
  readonly #action: string;
  readonly #size: number | undefined;
  readonly #token: string | undefined;

  /** With `ids`, MaxResults is refused: the action takes only one of the two. */
  constructor(query: Query, action: string, ids: readonly string[] = [], range = DEFAULT_RANGE) {
    this.#action = action;
    this.#size = query.integer('MaxResults');
    this.#token = query.text('NextToken');
    if (this.#size !== undefined && ids.length > 0)
      throw invalidCombination('The parameter maxResults cannot be used with a list of ids in the same request');
    if (this.#size !== undefined && (this.#size < range.least || this.#size > range.most))
      throw invalidValue(
        `Value ( ${this.#size} ) for parameter maxResults is invalid. Expecting a value from ${range.least} to ${range.most}.`,
      );
  }

  get asked(): boolean {
    return this.#size !== undefined || this.#token !== undefined;
  }

  /**
   * The page that continues behind the token. `scope` is what else was asked: a token belongs to that question alone.
   * Rows come in the order of `seq`, so a page loses nothing when earlier rows go meanwhile.
   */
  page<T extends { readonly seq: number }>(rows: Iterable<T>, scope: string): Page<T> {
    const after = this.#token === undefined ? 0 : this.#open(this.#token, scope);
    const most = this.#size ?? (this.#token === undefined ? Number.POSITIVE_INFINITY : DEFAULT_RANGE.most);
    const found: T[] = [];
    for (const row of rows) {
      if (row.seq <= after) continue;
      const last = found.at(-1);
      if (last && found.length >= most) return { rows: found, nextToken: this.#seal(last.seq, scope) };
      found.push(row);
    }
    return { rows: found };
  }

  #seal(seq: number, scope: string): string {
    const proof = createHmac('sha256', KEY).update(`${this.#action}|${seq}|${scope}`).digest('base64url');
    return Buffer.from(`${seq}.${proof}`).toString('base64url');
  }

  #open(token: string, scope: string): number {
    const seq = Number(Buffer.from(token, 'base64url').toString().split('.')[0]);
    if (!Number.isSafeInteger(seq) || this.#seal(seq, scope) !== token)
      throw new AwsError('InvalidPaginationToken', 'The specified pagination token is not valid or is expired.');
    return seq;
  }
}

export const nextToken = (page: Page<unknown>): string => leaf('nextToken', page.nextToken);
