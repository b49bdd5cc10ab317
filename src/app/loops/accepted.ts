import { JitError } from '../../core/errors/errors.ts';
import { type Instant, MINUTE_MS, SECOND_MS } from '../../core/language/instant.ts';
import type { Unfinished } from '../../ports/journal.ts';
import type { Deps } from '../deps.ts';
import { rest } from '../rest.ts';

/** Nobody waits any longer for what was accepted before, but for as long as the chat asked for: then it is said that it is not gone on with. */
const PATIENCE_MS = 5 * MINUTE_MS;
/** A delivery that ends every process which goes on with it ends no more of them. */
const MOST_TRIES = 3;
/** How often this process says that it lives: several times before it would count as dead. */
const EVERY_MS = 2 * SECOND_MS;
const AT_ONCE = 50;
/** What failed is tried again at every so many looks. */
const REST = 10;
/** One that cannot be answered, as the chat is silent, is tried again for as long. */
const KEPT_MS = 60 * MINUTE_MS;

/** What could not be done, and from when on the chat wants to be asked again, where it says so. */
type Left = Unfinished & { readonly from?: Instant };

/** Goes on with what processes had accepted that are no more: one look. Gives what could not be done, to be tried again. */
export async function goOn(deps: Deps, left: readonly Left[] = []): Promise<readonly Left[]> {
  const { journal, chats, log } = deps;
  if (!journal) return [];
  const doubtfulUntil = await lostUntil(deps);
  // It is known soon, and perhaps by others already: nothing is taken over before. That this process lives is said all the same.
  const { entries, now } = await journal.unfinished(doubtfulUntil === undefined ? 0 : AT_ONCE);
  if (doubtfulUntil === undefined) return left;
  const again: Left[] = left.filter(({ from = now }) => from > now);
  const due = [...left.filter(({ from = now }) => from <= now), ...entries];
  await Promise.all(
    due.map(async (entry) => {
      const waitedMs = entry.waitedMs ?? 0;
      const isLate = now - entry.at - waitedMs > PATIENCE_MS || entry.tries > MOST_TRIES;
      try {
        log.info({ chat: entry.chat, since: entry.at, isLate }, 'going on with what another process had accepted');
        const isDoubtful = entry.at <= doubtfulUntil ? { isDoubtful: true as const } : {};
        const how = { since: entry.at, isLate, ...isDoubtful };
        await chats.get(entry.chat)?.again?.(entry.what, how);
      } catch (error) {
        log.error({ error, chat: entry.chat }, 'what was accepted could not be gone on with');
        const waitMs = error instanceof JitError ? (error.retryAfterMs ?? 0) : 0;
        // A chat may ask for years: whoever waits is told within the hour.
        const from = Math.min(now + waitMs, entry.at + KEPT_MS);
        if (now - entry.at < KEPT_MS) return void again.push({ ...entry, from, waitedMs: waitedMs + (from - now) });
      }
      await journal.done(entry.key);
    }),
  );
  return again;
}

/** Of what was accepted until then, what came of it may be lost: Redis went back. Undefined where nobody can tell yet. */
async function lostUntil({ store }: Pick<Deps, 'store'>): Promise<Instant | undefined> {
  // Whoever was only away is shown the last commit: that settles it.
  const settled = (await store.now()).wentBack ? await store.write() : undefined;
  if (settled?.isUnsettled) return undefined;
  return settled?.wentBack ? Number.POSITIVE_INFINITY : ((await store.wentBackAt()) ?? Number.NEGATIVE_INFINITY);
}

/** This process lives as long as the work takes: others would take over what it has under way. */
async function living<T>({ journal }: Deps, work: Promise<T>): Promise<T> {
  const beat = setInterval(() => void journal?.unfinished(0).catch(() => {}), EVERY_MS);
  try {
    return await work;
  } finally {
    clearInterval(beat);
  }
}

/** Looks again and again until stopped, in every process that serves chats. */
export function startGoingOn(deps: Deps): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  const running = (async () => {
    let left: readonly Left[] = [];
    let isTold = false;
    for (let turn = 0; !signal.aborted; turn += 1) {
      try {
        const isTurn = turn % REST === 0;
        const again = await living(deps, goOn(deps, isTurn ? left : []));
        left = isTurn ? again : [...left, ...again];
        isTold = false;
      } catch (error) {
        if (!isTold) deps.log.warn({ error }, 'the journal cannot be read; it is tried again');
        isTold = true;
      }
      await rest(EVERY_MS, signal);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
