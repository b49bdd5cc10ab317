import { expect, it, onTestFinished, vi } from 'vitest';
import { goOn, startGoingOn } from '../../src/app/loops/accepted.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { MINUTE_MS } from '../../src/core/language/instant.ts';
import type { Again, Chat } from '../../src/ports/chat.ts';
import type { Store } from '../../src/ports/store.ts';
import { memoryJournal } from '../memory/journal.ts';
import { world } from './fixtures.ts';

/** What a process accepted that died, as another one goes on with it. */
async function after(ms: number, again: (what: string, how: Again) => Promise<void>) {
  const { deps } = world();
  let at = 1_000_000;
  const dead = memoryJournal(() => at);
  await dead.accept({ chat: 'slack', key: 'one', ttlMs: 600_000, what: 'approve it' });
  dead.die();
  at += ms;
  const journal = dead.another();
  const slack = { ...deps.chats.get('slack'), chat: 'slack', again } as Chat;
  return { deps: { ...deps, journal, chats: new Map([['slack', slack]] as const) }, journal };
}

it('is done once, as of when it was accepted', async () => {
  const done: unknown[] = [];
  const { deps, journal } = await after(20_000, async (...what) => void done.push(what));
  expect(await goOn(deps)).toEqual([]);
  expect(await goOn(deps)).toEqual([]);
  expect(done).toEqual([['approve it', { since: 1_000_000, isLate: false }]]);
  expect(journal.kept()).toEqual([]);
});

it('is told and not done when nobody waits for it any more', async () => {
  const hows: boolean[] = [];
  const { deps, journal } = await after(60 * MINUTE_MS - 1, async (_, { isLate }) => void hows.push(isLate));
  await goOn(deps);
  expect([hows, journal.kept()]).toEqual([[true], []]);
});

it('is told and not done when it ended as many processes as may be', async () => {
  const hows: boolean[] = [];
  const { deps, journal } = await after(20_000, async (_, { isLate }) => void hows.push(isLate));
  let last = journal;
  for (let dies = 0; dies < 3; dies += 1) {
    await last.unfinished(10);
    last.die();
    last = last.another();
  }
  await goOn({ ...deps, journal: last });
  expect(hows).toEqual([true]);
});

it('is in doubt where it was accepted before Redis went back, and waits where nobody can tell', async () => {
  const hows: Again[] = [];
  let isUnsettled = true;
  const went = async (at: number | undefined) => {
    const { deps, journal } = await after(20_000, async (_, how) => void hows.push(how));
    const changed: Partial<Store> = {
      now: async () => ({ ...(await deps.store.now()), ...(isUnsettled ? { wentBack: true } : {}) }),
      write: async () => ({ ...(await deps.store.write()), wentBack: true, isUnsettled: true }),
      wentBackAt: async () => at,
    };
    const store = new Proxy(deps.store, {
      get(target, name) {
        const method: unknown = Reflect.get(changed, name) ?? Reflect.get(target, name);
        return typeof method === 'function' ? method.bind(target) : method;
      },
    });
    await goOn({ ...deps, store });
    return journal.kept();
  };
  expect([await went(undefined), hows]).toEqual([['approve it'], []]);
  isUnsettled = false;
  for (const at of [undefined, 999_999, 1_000_001]) expect(await went(at)).toEqual([]);
  expect(hows.map(({ isDoubtful }) => isDoubtful)).toEqual([undefined, undefined, true]);
});

it('is tried again where the chat is silent, and given up when that lasts', async () => {
  const silent = () => Promise.reject(new Error('the chat is silent'));
  const soon = await after(20_000, silent);
  const [left, ...more] = await goOn(soon.deps);
  expect([left?.key, more, soon.journal.kept()]).toEqual(['one', [], ['approve it']]);
  const late = await after(61 * MINUTE_MS, silent);
  expect([await goOn(late.deps), late.journal.kept()]).toEqual([[], []]);
});

it('is tried again when the chat says, and not before', async () => {
  const tried: unknown[] = [];
  const { deps } = await after(20_000, async (what) => {
    tried.push(what);
    if (tried.length === 1) throw new JitError('chatSilent', { chat: 'Teams' }, { retryAfterMs: 90_000 });
  });
  const { now } = await deps.journal.unfinished(0);
  const [left, ...more] = await goOn(deps);
  expect([left?.from, more]).toEqual([now + 90_000, []]);
  expect(await goOn(deps, left ? [left] : [])).toEqual([left]);
  expect(tried).toHaveLength(1);
  expect(await goOn(deps, left ? [{ ...left, from: now }] : [])).toEqual([]);
  expect(tried).toHaveLength(2);
});

it('is left alone no longer than an hour after it was accepted, whatever the chat asks for', async () => {
  const { deps } = await after(20_000, async () => {
    throw new JitError('chatSilent', { chat: 'Teams' }, { retryAfterMs: 999_999_999_000 });
  });
  const { now } = await deps.journal.unfinished(0);
  const [left] = await goOn(deps);
  expect((left?.from ?? 0) - now).toBe(60 * MINUTE_MS - 20_000);
});

it('is not late for the time that the chat wanted to be left alone', async () => {
  const hows: boolean[] = [];
  const { deps, journal } = await after(8 * MINUTE_MS, async (_, { isLate }) => {
    hows.push(isLate);
    if (hows.length === 1) throw new JitError('chatSilent', { chat: 'Teams' }, { retryAfterMs: 4 * MINUTE_MS });
  });
  const { entries, now } = await journal.unfinished(10);
  const [entry] = entries.map((one) => ({ ...one, waitedMs: 7 * MINUTE_MS }));
  if (!entry) throw new Error('nothing is left');
  const [left] = await goOn(deps, [entry]);
  expect(left).toMatchObject({ from: now + 4 * MINUTE_MS, waitedMs: 11 * MINUTE_MS });
  if (!left) throw new Error('it was not left');
  // When that is over, and when nobody has waited for it for long.
  await goOn(deps, [{ ...left, at: left.at - 4 * MINUTE_MS, from: now }]);
  await goOn(deps, [{ ...left, at: left.at - 9 * MINUTE_MS, from: now }]);
  expect(hows).toEqual([false, false, true]);
});

it('does not let its process count as dead while it takes long', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  let finish = () => {};
  const ended = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const { deps, journal } = await after(20_000, () => ended);
  const looks = vi.spyOn(journal, 'unfinished');
  const loop = startGoingOn(deps);
  await vi.waitFor(() => expect(looks).toHaveBeenCalledTimes(1));
  await vi.advanceTimersByTimeAsync(10_000);
  expect(looks).toHaveBeenCalledTimes(6);
  const stopped = loop.stop();
  finish();
  await stopped;
  expect(journal.kept()).toEqual([]);
});
