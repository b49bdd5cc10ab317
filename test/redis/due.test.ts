import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startDueTimer } from '../../src/queue/due.ts';
import { change, machine, pending } from '../conformance/fixtures.ts';
import { memoryQueue } from '../memory/queue.ts';
import { memoryStore } from '../memory/store.ts';
import { keptLog, QUIET } from './server.ts';

const START = Date.UTC(2026, 10, 23, 12);

beforeEach(() => {
  vi.useFakeTimers({ now: START });
});
afterEach(() => {
  vi.useRealTimers();
});

async function world(lookAt: number) {
  const store = memoryStore({ now: Date.now });
  const queue = memoryQueue();
  await store.save([change({ ...pending('aaaaaaa', START), lookAt }, 0)]);
  return { store, queue, hinted: () => queue.waiting.map((hint) => (hint.kind === 'converge' ? hint.machine : '')) };
}

describe('the due timer', () => {
  it('wakes when the first entry is due, not a second later', async () => {
    const { store, queue, hinted } = await world(START + 2_300);
    const timer = startDueTimer({ store, queue, log: QUIET });
    await vi.advanceTimersByTimeAsync(2_299);
    expect(hinted()).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(hinted()).toEqual([machine(1)]);
    expect(queue.waiting).toMatchObject([{ urgency: 'close' }]);
    await timer.stop();
  });

  it('sees within a second what was committed while it slept, and at once when poked', async () => {
    const { store, queue, hinted } = await world(START + 3_600_000);
    const timer = startDueTimer({ store, queue, log: QUIET });
    await vi.advanceTimersByTimeAsync(0);
    const due = (id: string, n: number) => ({ ...pending(id, START, { machine: machine(n) }), lookAt: START });
    await store.save([change(due('bbbbbbb', 2), 0)]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(hinted()).toEqual([machine(2)]);
    await store.save([change(due('ccccccc', 3), 0)]);
    timer.poke();
    await vi.advanceTimersByTimeAsync(0);
    expect(hinted()).toEqual([machine(2), machine(3)]);
    await timer.stop();
  });

  it('hints again while nobody looks, but never with more than three hints that wait', async () => {
    const { store, queue } = await world(START);
    const timer = startDueTimer({ store, queue, log: QUIET });
    await vi.advanceTimersByTimeAsync(5_100);
    expect(queue.waiting).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(queue.waiting).toHaveLength(3);
    await timer.stop();
  });

  it('goes on after errors of the store and of the queue, and logs them', async () => {
    const { store, queue, hinted } = await world(START);
    const log = keptLog();
    const claim = vi.fn(store.claim.bind(store)).mockRejectedValueOnce(new Error('Redis is away'));
    const converge = vi.fn(queue.converge).mockRejectedValueOnce(new Error('Redis is away'));
    const timer = startDueTimer({ store: { claim }, queue: { converge }, log });
    await vi.advanceTimersByTimeAsync(6_000);
    expect(log.errors).toHaveLength(2);
    expect(hinted()).toEqual([machine(1)]);
    await timer.stop();
  });

  it('has machines looked at past a queue that takes no hints, fails, or never answers', async () => {
    for (const converge of [
      async () => {
        throw new Error('NOPERM');
      },
      () => new Promise<void>(() => {}),
    ]) {
      const { store } = await world(Date.now());
      const direct = vi.fn();
      const timer = startDueTimer({ store, queue: { converge }, log: QUIET, direct });
      await vi.advanceTimersByTimeAsync(2_000);
      expect(direct.mock.calls).toEqual([[machine(1)]]);
      await timer.stop();
    }
  });

  it('has machines looked at past a queue that swallows hints', async () => {
    const { store } = await world(START);
    const direct = vi.fn();
    const timer = startDueTimer({ store, queue: { converge: async () => {} }, log: QUIET, direct });
    await vi.advanceTimersByTimeAsync(14_900);
    expect(direct).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(direct.mock.calls).toEqual([[machine(1)]]);
    await timer.stop();
  });

  it('stops when it is told to, also in its sleep', async () => {
    const { store, queue } = await world(START + 3_600_000);
    const claim = vi.fn(store.claim.bind(store));
    const timer = startDueTimer({ store: { claim }, queue, log: QUIET });
    await vi.advanceTimersByTimeAsync(0);
    await timer.stop();
    const calls = claim.mock.calls.length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(claim.mock.calls).toHaveLength(calls);
  });
});
