import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { NotifyHint } from '../../src/ports/queue.ts';
import { Soon } from '../../src/queue/soon.ts';

const sent: string[] = [];
const send = async (hints: readonly NotifyHint[]) => {
  sent.push(...hints.map(({ id, version }) => `${id} ${version}`));
};

beforeEach(() => {
  sent.length = 0;
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('lets go at once what nothing follows', () => {
  const soon = new Soon();
  expect(soon.take([{ id: 'a', version: 1 }], send)).toEqual([{ id: 'a', version: 1 }]);
  expect(vi.getTimerCount()).toBe(0);
});

it('holds a state for a second, and gives it then', async () => {
  const soon = new Soon();
  expect(soon.take([{ id: 'a', version: 2, soon: true }], send)).toEqual([]);
  await vi.advanceTimersByTimeAsync(999);
  expect(sent).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(sent).toEqual(['a 2']);
});

it('drops a state when a later one comes, and holds that of others', async () => {
  const soon = new Soon();
  const both = ['a', 'b'].map((id) => ({ id, version: 2, soon: true as const }));
  expect(soon.take(both, send)).toEqual([]);
  expect(soon.take([{ id: 'a', version: 4 }], send)).toEqual([{ id: 'a', version: 4 }]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(sent).toEqual(['b 2']);
});

it('gives one that is held again a second from then', async () => {
  const soon = new Soon();
  soon.take([{ id: 'a', version: 2, soon: true }], send);
  await vi.advanceTimersByTimeAsync(600);
  soon.take([{ id: 'a', version: 3, soon: true }], send);
  await vi.advanceTimersByTimeAsync(600);
  expect(sent).toEqual([]);
  await vi.advanceTimersByTimeAsync(400);
  expect(sent).toEqual(['a 3']);
});

it('gives all that is held when the process ends', async () => {
  const soon = new Soon();
  soon.take([{ id: 'a', version: 2, soon: true }], send);
  await soon.flush();
  expect(sent).toEqual(['a 2']);
  expect(vi.getTimerCount()).toBe(0);
});

it('holds no more than so many', () => {
  const soon = new Soon();
  const many = Array.from({ length: 20_001 }, (_, i) => ({ id: `r${i}`, version: 2, soon: true as const }));
  expect(soon.take(many, send)).toHaveLength(1);
  expect(soon.take([{ id: 'z', version: 2, soon: true }], send)).toHaveLength(1);
});
