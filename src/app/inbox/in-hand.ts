import { JitError } from '../../core/errors/errors.ts';
import { MINUTE_MS } from '../../core/language/instant.ts';
import type { Journal } from '../../ports/journal.ts';

/**
 * So many deliveries one process has in hand at most, of all chats together: what is accepted waits in memory until its turn comes, and
 * whoever waits behind a thousand others is told sooner to try again.
 */
const MOST_IN_HAND = 1_000;
/** Nobody waits any longer: what was neither done nor left by then was ended elsewhere, or never will be. */
const FORGOTTEN_MS = 60 * MINUTE_MS;

/**
 * The journal of a process that has only so much in hand: what was accepted, and is neither done nor left. More is not accepted
 * (`tooMuchToKeep`), but what closes, and what is in hand already. What is refused was never seen: sent again, it is new.
 */
export function inHand(
  journal: Journal,
  most = MOST_IN_HAND,
  monotonic: () => number = () => performance.now(),
): Journal & Required<Pick<Journal, 'inHand'>> {
  /** Since when, the oldest first. */
  const keys = new Map<string, number>();
  const forget = (at: number) => {
    for (const [key, since] of keys) {
      if (at - since <= FORGOTTEN_MS) return;
      keys.delete(key);
    }
  };
  return {
    async accept(incoming) {
      const { key, onlyCloses = false } = incoming;
      if (keys.has(key)) return journal.accept(incoming);
      const at = monotonic();
      forget(at);
      if (keys.size >= most && !onlyCloses) throw new JitError('tooMuchToKeep');
      // Counted before it is known to be kept: what comes in the same moment is not more.
      keys.set(key, at);
      try {
        const accepted = await journal.accept(incoming);
        if (!accepted.isNew) keys.delete(key);
        return accepted;
      } catch (error) {
        keys.delete(key);
        throw error;
      }
    },
    done(key, answer) {
      keys.delete(key);
      return journal.done(key, answer);
    },
    leave(key, waitMs) {
      keys.delete(key);
      return journal.leave(key, waitMs);
    },
    unfinished: (limit) => journal.unfinished(limit),
    inHand: () => keys.size,
  };
}
