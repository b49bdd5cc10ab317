import type { Request } from '../core/request/request.ts';
import type { ReadScript } from './reading.ts';
import { pairs } from './replies.ts';

/** Some requests of an index, the newest first. */
interface Page {
  readonly index: string;
  /** The rank of its first one. */
  readonly from: number;
  readonly size: number;
}

interface Read {
  /** How many the index gave, those included whose record is gone. */
  readonly seen: number;
  readonly requests: readonly Request[];
}

/** Pages in one script: it keeps Redis, and their records the event loop, for no longer than some milliseconds. */
const MOST_TOGETHER = 4;

interface Batch {
  readonly pages: Page[];
  readonly lists: Promise<readonly (() => Read)[]>;
}

/**
 * Reads pages of indexes. Those that are asked for at once go in one script: whoever lists their requests looks into an index for each
 * way to be concerned, and nearly all of them are empty.
 */
export function pagesOf(read: ReadScript): (page: Page) => Promise<Read> {
  let open: Batch | undefined;
  function begin(): Batch {
    const pages: Page[] = [];
    return { pages, lists: Promise.resolve().then(() => send(pages)) };
  }
  async function send(pages: readonly Page[]): Promise<readonly (() => Read)[]> {
    if (open?.pages === pages) open = undefined;
    const { rest, decode } = await read('list', ...pages.flatMap(({ index, from, size }) => [index, from, size]));
    return rest.map((list) => () => {
      const [seen, ...records] = list as readonly unknown[];
      return { seen: Number(seen), requests: pairs(records).flatMap(([id, record]) => decode(id, record) ?? []) };
    });
  }
  return async (page) => {
    if (!open || open.pages.length >= MOST_TOGETHER) open = begin();
    const { pages, lists } = open;
    const nth = pages.push(page) - 1;
    const list = (await lists)[nth];
    if (!list) throw new Error(`Redis gave no page of ${page.index}`);
    return list();
  };
}
