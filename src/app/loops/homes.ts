import { setTimeout as pause } from 'node:timers/promises';
import { JitError } from '../../core/errors/errors.ts';
import { inStep } from '../../core/language/in-step.ts';
import { SECOND_MS } from '../../core/language/instant.ts';
import type { Deps } from '../deps.ts';

/** What changes meanwhile is drawn in one go. */
const EVERY_MS = 3 * SECOND_MS;
/** With it, a hundred pages a minute: as much as Slack allows (Tier 4). */
const AT_ONCE = 5;

/** One round: some pages of each chat are drawn. Those of a chat that takes no more wait; gives for how long. */
export async function drawHomes({ chats, homes, log }: Deps): Promise<number> {
  let waitMs = 0;
  for (const [name, chat] of homes ? chats : []) {
    if (!chat.drawHome || !homes) continue;
    const users = await homes.take(name, AT_ONCE);
    for (const [i, user] of users.entries()) {
      try {
        await chat.drawHome(user);
      } catch (error) {
        log.warn({ error, chat: name }, 'a page could not be drawn');
        if (!isBusy(error)) continue;
        await homes.changed(name, users.slice(i));
        waitMs = Math.max(waitMs, error.retryAfterMs ?? 0);
        break;
      }
    }
  }
  return waitMs;
}

function isBusy(error: unknown): error is JitError {
  return error instanceof JitError && error.kind === 'busy';
}

/** Draws pages until stopped, in every process that serves chats. */
export function startHomes(deps: Deps): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  const running = (async () => {
    while (!signal.aborted) {
      const waitMs = await drawHomes(deps).catch((error: unknown) => {
        deps.log.warn({ error }, 'whose page is out of date could not be read');
        return 0;
      });
      await pause(inStep(EVERY_MS + waitMs, performance.now()), undefined, { signal }).catch(() => {});
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
