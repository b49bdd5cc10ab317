import { describe, expect, it } from 'vitest';
import { inHand } from '../../src/app/inbox/in-hand.ts';
import { memoryJournal } from '../memory/journal.ts';

function made(most = 2) {
  const kept = memoryJournal(() => 0);
  const clock = { now: 0 };
  const journal = inHand(kept, most, () => clock.now);
  const accept = (key: string, onlyCloses = false) =>
    journal.accept({ chat: 'slack', key, ttlMs: 1_000, what: key, onlyCloses });
  return { kept, clock, journal, accept };
}

const BUSY = { code: 'tooMuchToKeep' };

describe('what a process has in hand', () => {
  it('is so much at most: what comes then is refused and nothing is kept of it, but what closes', async () => {
    const { kept, journal, accept } = made();
    await accept('a');
    await accept('b');
    await expect(accept('c')).rejects.toMatchObject(BUSY);
    await accept('closes', true);
    expect([journal.inHand(), kept.kept()]).toEqual([3, ['a', 'b', 'closes']]);
    await journal.done('a');
    await expect(accept('c')).rejects.toMatchObject(BUSY);
    await journal.leave('b');
    // It was not seen: sent again, it is new.
    expect(await accept('c')).toEqual({ isNew: true });
    expect(journal.inHand()).toBe(2);
  });

  it('is counted before it is kept, so that what comes in one moment is not more', async () => {
    const { journal, accept } = made();
    const all = await Promise.allSettled(['a', 'b', 'c', 'd'].map((key) => accept(key)));
    expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected']);
    expect(journal.inHand()).toBe(2);
  });

  it('does not grow by what was seen before, or could not be kept, and answers that as ever', async () => {
    const { kept, journal, accept } = made();
    await accept('a');
    await journal.done('a', 'answered');
    expect(await accept('a')).toEqual({ isNew: false, answer: 'answered' });
    kept.keepAtMost(0);
    await expect(accept('b')).rejects.toMatchObject(BUSY);
    expect(journal.inHand()).toBe(0);
    kept.keepAtMost(9);
    await accept('b');
    await accept('c');
    // What is in hand comes again: that is not more.
    expect(await accept('c')).toEqual({ isNew: false });
    expect(journal.inHand()).toBe(2);
  });

  it('forgets after an hour what nothing was heard of: another process may have ended it', async () => {
    const { clock, journal, accept } = made();
    await accept('a');
    clock.now = 1_800_000;
    await accept('b');
    clock.now = 3_600_000;
    await expect(accept('c')).rejects.toMatchObject(BUSY);
    clock.now += 1;
    expect(await accept('c')).toEqual({ isNew: true });
    expect(journal.inHand()).toBe(2);
    await expect(accept('d')).rejects.toMatchObject(BUSY);
  });
});
