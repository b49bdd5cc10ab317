import { describe, expect, it } from 'vitest';
import { callIds, collectForAll, collector, watchedBy, watchIds } from '../../src/kit/call-ids.ts';
import type { CallWatch } from '../../src/ports/meter.ts';

const change = { cloud: 'aws', account: '123456789012', operation: 'CreateTags', isChange: true } as const;

describe('ids of calls', () => {
  it.each<[string, Parameters<CallWatch>[0], Parameters<ReturnType<CallWatch>>, readonly string[]]>([
    ['has what was carried out', change, ['done', { id: 'r-1' }], ['CreateTags r-1']],
    ['has nothing of a read', { ...change, isChange: false }, ['done', { id: 'r-1' }], []],
    ['has nothing that was refused', change, ['refused', { id: 'r-1' }], []],
    ['has nothing without an id', change, ['done', { status: 200 }], []],
    ['has nothing whose answer was lost', change, ['failed'], []],
  ])('%s', async (_, call, ended, expected) => {
    const ids: string[] = [];
    await callIds.collect(ids, async () => watchIds(call)(...ended));
    expect(ids).toEqual(expected);
  });

  it('go to whoever began the call, and to nobody without one', async () => {
    const [mine, others]: [string[], string[]] = [[], []];
    const ended = await callIds.collect(mine, async () => watchIds(change));
    await callIds.collect(others, async () => ended('done', { id: 'r-1' }));
    watchIds(change)('done', { id: 'r-2' });
    expect([mine, others]).toEqual([['CreateTags r-1'], []]);
  });

  it('of one call for several go to all of them', async () => {
    const [one, two]: [string[], string[]] = [[], []];
    const all = await Promise.all([one, two].map((ids) => callIds.collect(ids, async () => collector())));
    await collectForAll([...all, undefined], async () => watchIds(change)('done', { id: 'r-1' }));
    expect([one, two]).toEqual([['CreateTags r-1'], ['CreateTags r-1']]);
  });

  it('are seen besides by others', () => {
    const seen: string[] = [];
    watchedBy(
      undefined,
      watchIds,
      ({ operation }) =>
        (outcome) =>
          void seen.push(`${operation} ${outcome}`),
    )(change)('done');
    expect(seen).toEqual(['CreateTags done']);
  });
});
