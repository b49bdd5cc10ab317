import { beforeEach, describe, expect, it } from 'vitest';
import { SiteLists } from '../../src/kit/site-lists.ts';
import { ENDLESS } from '../../src/kit/time-limit.ts';
import { type PausingClock, pausingClock } from './steps.ts';

const KEPT_MS = 60_000;
const turn = () => new Promise((resolve) => setImmediate(resolve));

let clock: PausingClock;
/** Which sites were read, in their order. */
let reads: string[];
let warned: unknown[];
let broken: Set<string>;
let names: string[];
let asked: number;
let lists: SiteLists<{ readonly name: string }, string>;

beforeEach(() => {
  clock = pausingClock();
  [reads, warned, broken, names, asked] = [[], [], new Set(), ['a', 'b', 'c'], 0];
  lists = new SiteLists({
    async sites() {
      asked += 1;
      await turn();
      return names.map((name) => ({ name }));
    },
    async read({ name }) {
      reads.push(name);
      await turn();
      if (broken.has(name)) throw new Error(`${name} is broken`);
      return [`${name}1`, `${name}2`];
    },
    keptMs: KEPT_MS,
    clock,
    log: { info: () => undefined, error: () => undefined, warn: (fields) => void warned.push(fields.site) },
    warning: 'a site could not be read',
  });
});

describe('lists by site', () => {
  it('are joined in the order of the sites, and kept for their time', async () => {
    const all = { all: ['a1', 'a2', 'b1', 'b2', 'c1', 'c2'], unread: [] };
    expect(await lists.read(ENDLESS)).toEqual(all);
    clock.time.advance(KEPT_MS - 1);
    expect(await lists.read(ENDLESS)).toEqual(all);
    expect(reads).toEqual(['a', 'b', 'c']);
    clock.time.advance(1);
    await lists.read(ENDLESS);
    expect(reads.length).toBe(6);
  });

  it('are read once by all who ask meanwhile', async () => {
    await Promise.all([lists.read(ENDLESS), lists.read(ENDLESS), lists.read(ENDLESS)]);
    expect(reads).toEqual(['a', 'b', 'c']);
    expect(asked).toBe(1);
  });

  it('are not given up because one who waits gives up', async () => {
    const stop = new AbortController();
    const [first, second] = [lists.read(stop.signal), lists.read(ENDLESS)];
    stop.abort(new Error('enough'));
    await expect(first).rejects.toThrow('enough');
    expect((await second).all.length).toBe(6);
    expect(reads).toEqual(['a', 'b', 'c']);
    await expect(lists.read(stop.signal)).rejects.toThrow('enough');
  });

  it('leave a site out that cannot be read, and keep those of the others', async () => {
    broken.add('b');
    const without = { all: ['a1', 'a2', 'c1', 'c2'], unread: ['b'] };
    expect(await lists.read(ENDLESS)).toEqual(without);
    expect(warned).toEqual(['b']);
    for (let i = 0; i < 20; i += 1) expect(await lists.read(ENDLESS)).toEqual(without);
    expect(reads).toEqual(['a', 'b', 'c']);
    expect(warned).toEqual(['b']);
  });

  it('try a broken site again later and later, at most after five minutes, and forget it when it is well', async () => {
    broken.add('b');
    const triedAt: number[] = [];
    const start = clock.now();
    for (let second = 0; second < 1_800; second += 1) {
      const before = reads.filter((name) => name === 'b').length;
      await lists.read(ENDLESS);
      if (reads.filter((name) => name === 'b').length > before) triedAt.push((clock.now() - start) / 1_000);
      clock.time.advance(1_000);
    }
    expect(triedAt).toEqual([0, 5, 15, 35, 75, 155, 315, 615, 915, 1_215, 1_515]);
    // Of the others only as often as their lists grow old.
    expect(reads.filter((name) => name === 'a').length).toBe(30);
    broken.clear();
    clock.time.advance(300_000);
    expect((await lists.read(ENDLESS)).unread).toEqual([]);
    broken.add('b');
    clock.time.advance(KEPT_MS);
    await lists.read(ENDLESS);
    clock.time.advance(5_000);
    const before = reads.filter((name) => name === 'b').length;
    await lists.read(ENDLESS);
    expect(reads.filter((name) => name === 'b').length).toBe(before + 1);
  });

  it('throw when no site can be read, and what is wrong with the sites themselves', async () => {
    for (const name of names) broken.add(name);
    await expect(lists.read(ENDLESS)).rejects.toThrow('a is broken');
    await expect(lists.read(ENDLESS)).rejects.toThrow('a is broken');
    expect(reads).toEqual(['a', 'b', 'c']);
    names = [];
    expect(await lists.read(ENDLESS)).toEqual({ all: [], unread: [] });
  });

  it('follow the sites that there are', async () => {
    await lists.read(ENDLESS);
    names = ['c', 'd'];
    expect((await lists.read(ENDLESS)).all).toEqual(['c1', 'c2', 'd1', 'd2']);
    expect(reads).toEqual(['a', 'b', 'c', 'd']);
  });
});
