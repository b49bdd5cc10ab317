import { expect, it } from 'vitest';
import { changesIn } from '../../src/app/board/changes.ts';
import { Projection } from '../../src/app/board/projection.ts';
import type { BoardRow } from '../../src/core/board/row.ts';
import type { BoardRows } from '../../src/ports/board-rows.ts';

/** What the docs promise, by the process's own clock: what the network and the browser need comes on top. */
const SECOND_MS = 1_000;
const STEP_MS = 20;

const row = (version: number): BoardRow => ({
  ...{ id: 'r1', version, status: 'active', machine: 'aws:1:eu:i-1', machineName: 'web-1', ports: ['22'] },
  ...{ requester: { id: 'ada', name: 'Ada' }, people: ['ada'], source: '203.0.113.7/32', policies: [], askedAt: 1 },
});

/** A board that changes at one moment; others look at it every few milliseconds. Gives when whoever waits is told. */
async function toldAfter(changeAt: number, othersEvery: number): Promise<number> {
  let now = 0;
  const rows = {
    keptMs: 1e12,
    generation: async () => '1',
    async *changed(since: number) {
      const all = [{ at: 1, row: row(1) }, ...(now >= changeAt ? [{ at: 2 + changeAt, row: row(2) }] : [])];
      yield all.filter(({ at }) => at >= since);
    },
  } as unknown as BoardRows;
  const store = { now: async () => ({ at: now + 10, epoch: 1 }) };
  const projection = new Projection(rows, { store, monotonic: () => now } as never);
  const stopping = new AbortController();
  /** The time passes, and others look meanwhile. */
  const pause = async (ms: number) => {
    const until = now + ms;
    while (now < until) {
      now += STEP_MS;
      if (now % othersEvery === 0) await projection.read();
    }
  };
  const changes = changesIn(projection, stopping.signal, pause);
  const { value: first } = await changes.next();
  for await (const version of changes) if (version !== first) break;
  stopping.abort();
  return now - changeAt;
}

it('a change is told within a second, whenever it comes, and however often others look', async () => {
  let slowest = 0;
  for (let changeAt = STEP_MS; changeAt <= 2_000; changeAt += STEP_MS)
    for (const othersEvery of [20, 100, 380, 400, 420, 500, 10_000])
      slowest = Math.max(slowest, await toldAfter(changeAt, othersEvery));
  expect(slowest).toBeGreaterThan(0);
  expect(slowest).toBeLessThanOrEqual(SECOND_MS);
});
