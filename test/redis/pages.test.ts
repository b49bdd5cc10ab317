import { describe, expect, it } from 'vitest';
import type { Request } from '../../src/core/request/request.ts';
import { pagesOf } from '../../src/redis/pages.ts';
import type { ReadScript } from '../../src/redis/reading.ts';

/** Indexes with the ids in them; of a record that is `gone`, Redis gives none, and one that is `odd` cannot be read. */
const INDEXES: Readonly<Record<string, readonly string[]>> = {
  live: ['a', 'b', 'gone', 'c', 'odd'],
  'of:ada': ['a'],
  'asked:ada': [],
  'policy:production': ['c', 'b'],
  'policy:staging': ['b'],
};

/** Answers as lua/list.lua does, and keeps what was asked. */
function redis(fails = false) {
  const scripts: (readonly (string | number)[])[] = [];
  const read = (async (name: string, ...args: readonly (string | number)[]) => {
    expect(name).toBe('list');
    scripts.push(args);
    if (fails) throw new Error('Redis is away');
    const rest = Array.from({ length: args.length / 3 }, (_, i) => {
      const [index, from, size] = args.slice(3 * i, 3 * i + 3) as [string, number, number];
      const ids = (INDEXES[index] ?? []).slice(from, from + size);
      return [ids.length, ...ids.filter((id) => id !== 'gone').flatMap((id) => [id, `record of ${id}`])];
    });
    const decode = (id: string) => (id === 'odd' ? undefined : ({ id } as Request));
    return { rest, decode };
  }) as unknown as ReadScript;
  return { page: pagesOf(read), scripts };
}

const first = (index: string, size = 50) => ({ index, from: 0, size });
const ids = ({ requests }: { readonly requests: readonly Request[] }) => requests.map(({ id }) => id);

describe('pages of indexes', () => {
  it('go in one script where they are asked for at once, each with its own answer', async () => {
    const { page, scripts } = redis();
    const wanted = [first('live'), first('of:ada'), first('asked:ada'), { index: 'live', from: 1, size: 2 }];
    const read = await Promise.all(wanted.map(page));
    expect(read.map(ids)).toEqual([['a', 'b', 'c'], ['a'], [], ['b']]);
    expect(read.map(({ seen }) => seen)).toEqual([5, 1, 0, 2]);
    expect(scripts).toEqual([['live', 0, 50, 'of:ada', 0, 50, 'asked:ada', 0, 50, 'live', 1, 2]]);
  });

  it('go in several where they are many', async () => {
    const { page, scripts } = redis();
    const wanted = Array.from({ length: 9 }, (_, i) => first(i % 2 === 0 ? 'of:ada' : 'policy:production'));
    const read = await Promise.all(wanted.map(page));
    expect(read.map(ids)).toEqual(wanted.map(({ index }) => INDEXES[index]));
    expect(scripts.map((args) => args.length / 3)).toEqual([4, 4, 1]);
  });

  it('are asked for anew by whoever comes later', async () => {
    const { page, scripts } = redis();
    const before = page(first('of:ada'));
    await Promise.resolve();
    await Promise.resolve();
    await Promise.all([before, page(first('of:ada'))]);
    await page(first('of:ada'));
    expect(scripts).toHaveLength(3);
  });

  it('fail together, and not for those who ask later', async () => {
    const away = redis(true);
    const asked = await Promise.allSettled([away.page(first('live')), away.page(first('of:ada'))]);
    expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(away.page(first('live'))).rejects.toThrow('Redis is away');
    expect(away.scripts).toHaveLength(2);
  });
});
