import { describe, expect, it } from 'vitest';
import { type AnswerStamp, type CommitMemory, CommitWatch, type StoreStamp } from '../../src/redis/commit-watch.ts';
import { keptLog } from './server.ts';

/** The commits of one store, `a` to `e`, and of one that went another way after the second. */
const at = (count: number, id = '-abcde'[count] ?? '', epoch = 0): AnswerStamp => ({
  ...{ epoch, count, id, redis: 0, isCompared: true },
});
const MEMORY: StoreStamp = { epoch: 0, count: 3, id: 'c' };

/** One that remembers so much, and what it kept since. */
function watching({ remembers, doubts = true }: { readonly remembers?: StoreStamp; readonly doubts?: boolean } = {}) {
  const kept: string[] = [];
  const log = keptLog();
  const memory: CommitMemory = { recall: () => remembers, doubts, keep: ({ id }) => void kept.push(id) };
  const watch = new CommitWatch(log, memory);
  const flags = () => ({ isStrange: watch.isStrange, isBehind: watch.isBehind, isSure: watch.isSure });
  return { watch, kept, log, flags, judge: (stamp: AnswerStamp) => watch.judge(stamp, stamp.isCompared) };
}

const SURE = { isStrange: false, isBehind: false, isSure: true };
const DOUBTED = { isStrange: false, isBehind: false, isSure: false };
const BEHIND = { isStrange: false, isBehind: true, isSure: false };
const STRANGE = { isStrange: true, isBehind: false, isSure: false };

describe('a process that remembers nothing', () => {
  it('takes a store without commits for a first start, and one that has some for strange', () => {
    const [first, other] = [watching(), watching()];
    expect([first.flags(), other.flags()]).toEqual([STRANGE, STRANGE]);
    expect([first.judge(at(0)), first.flags()]).toEqual([false, SURE]);
    expect([other.judge(at(3)), other.flags()]).toEqual([true, STRANGE]);
    expect(other.kept).toEqual([]);
    // Nor is one that another epoch began in, though nothing was committed since.
    expect(watching().judge(at(0, '-', 1))).toBe(true);
  });

  it('takes it as it is, where it doubts nothing, and vouches for nobody', () => {
    const { judge, flags } = watching({ doubts: false });
    expect([judge(at(3)), flags()]).toEqual([false, { ...SURE, isSure: false }]);
  });

  it('is not led by a connection that breaks, nor by what it is shown, before it knows the store', () => {
    const { watch, judge, flags, kept } = watching();
    judge(at(3));
    watch.doubt();
    watch.verify(MEMORY, 'c', at(3));
    expect([flags(), kept]).toEqual([STRANGE, []]);
    watch.acquaint(at(3));
    expect([flags(), kept]).toEqual([SURE, ['c']]);
  });

  it('gives others ten seconds to vouch, again from the start where it heard nothing for longer than three', () => {
    const { watch } = watching();
    for (const ms of [0, 3_000, 6_000, 9_000, 9_999]) expect(watch.meet(at(3), 'then', ms)).toBe('waiting');
    expect(watch.meet(at(3), 'then', 10_000)).toBe('nobody knows');
    const away = watching().watch;
    for (const ms of [0, 3_000, 6_001, 9_000, 12_000, 15_000]) expect(away.meet(at(3), 'then', ms)).toBe('waiting');
    expect(away.meet(at(3), 'then', 16_001)).toBe('nobody knows');
  });

  it.each<[string, AnswerStamp, string]>([
    ['somebody vouched for it since', at(3), 'now'],
    ['it is compared anyway', { ...at(3), isCompared: false }, 'then'],
    ['another epoch began since', at(3, 'c', 1), 'then'],
  ])('knows it where %s', (_, stamp, vouched) => {
    const { watch, flags, kept } = watching();
    expect(watch.meet(at(3), 'then', 0)).toBe('waiting');
    expect(watch.meet(stamp, vouched, 1_000)).toBe('known');
    expect([flags(), kept]).toEqual([SURE, ['c']]);
  });
});

describe('a process that remembers a commit', () => {
  it('doubts the store until it has shown that commit', () => {
    const { watch, judge, flags, kept } = watching({ remembers: MEMORY });
    expect([judge(at(4)), flags(), kept]).toEqual([true, DOUBTED, []]);
    watch.verify(watch.last, 'c', at(4));
    expect([judge(at(4)), flags(), kept]).toEqual([false, SURE, ['d']]);
  });

  it.each<[string, AnswerStamp]>([
    ['has fewer', at(2)],
    ['has as many, and another one', at(3, 'x')],
    ['is in an earlier epoch', { ...at(5), epoch: -1 }],
  ])('knows at once that a store went back that %s, and says so once', (_, stamp) => {
    const { judge, flags, log } = watching({ remembers: MEMORY });
    expect([judge(stamp), judge(stamp), flags()]).toEqual([true, true, BEHIND]);
    expect(log.errors).toHaveLength(1);
  });

  it('knows it by what is shown, though the store has more by now', () => {
    const { watch, judge, flags } = watching({ remembers: MEMORY });
    judge(at(5));
    watch.verify(watch.last, 'x', at(5));
    expect(flags()).toEqual(BEHIND);
    // No later answer takes that back; another epoch does.
    watch.verify(watch.last, 'c', at(5));
    watch.doubt();
    expect([judge(at(5)), flags()]).toEqual([true, BEHIND]);
    watch.acquaint(at(5, 'e', 1));
    expect(flags()).toEqual(SURE);
  });

  it.each([
    [true, STRANGE],
    [false, { ...SURE, isSure: false }],
  ])('of which the store shows nothing any more: strange, where it doubts (%s)', (doubts, flags) => {
    const one = watching({ remembers: MEMORY, doubts });
    one.judge(at(5));
    one.watch.verify(one.watch.last, '', at(5));
    expect(one.flags()).toEqual(flags);
    // The same of one in which another epoch began while it was not looking.
    const other = watching({ remembers: MEMORY, doubts });
    expect([other.judge(at(5, 'e', 1)), other.flags()]).toEqual([doubts, flags]);
  });

  it('goes on with a store that goes on, another epoch included, and doubts it where the connection breaks', () => {
    const { watch, judge, flags, kept } = watching({ remembers: MEMORY });
    watch.verify(watch.last, 'c', at(3));
    expect([judge(at(4)), judge(at(4)), judge(at(4, 'd', 1)), flags()]).toEqual([false, false, false, SURE]);
    // What is the same is not written again.
    expect(kept).toEqual(['d', 'd']);
    watch.doubt();
    expect([judge(at(5, 'e', 1)), flags()]).toEqual([true, DOUBTED]);
  });

  it('counts what is not compared yet as gone back, and is sure all the same that it is this store', () => {
    const { watch, judge, flags } = watching({ remembers: MEMORY });
    watch.verify(watch.last, 'c', at(3));
    expect([judge({ ...at(4), isCompared: false }), flags()]).toEqual([true, SURE]);
  });

  it('leaves what was asked about another commit than it remembers by now', () => {
    const { watch, judge, flags } = watching({ remembers: MEMORY });
    const asked = watch.last;
    watch.verify(asked, 'c', at(4));
    watch.verify(asked, 'x', at(4));
    expect([judge(at(4)), flags()]).toEqual([false, SURE]);
  });
});
