import { MINUTE_MS } from '../../core/language/instant.ts';
import { say } from '../../core/language/say.ts';
import type { Deps } from '../deps.ts';
import { Alarms } from '../operators/alarms.ts';
import { rest } from '../rest.ts';

/** Tells operators once this process trusts the store's clock no more: what was approved waits, and nobody would know for how long. */
export async function clockTrusted({ store, log }: Pick<Deps, 'store' | 'log'>, alarms: Alarms): Promise<void> {
  // A store that is away is told elsewhere.
  const now = await store.now().catch(() => undefined);
  if (!now || now.trusted) return;
  log.error(
    { at: now.at },
    'this process opens nothing: it does not trust the clock of Redis until it is started again',
  );
  await alarms.raise({
    key: 'clock',
    isLoud: true,
    title: say`Nothing is opened: the clock of Redis jumped`,
    lines: [
      say`What is open closes all the same.`,
      say`If the computer of Drawbridge slept or was paused, start Drawbridge again. Otherwise set the clock of the Redis server right first; if it had been ahead, the log names the key to delete.`,
    ],
  });
}

/** Looks every minute, in every process: each compares the clock with its own. */
export function startClockWatch(deps: Deps): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const alarms = new Alarms(deps);
  const running = (async () => {
    while (!stopping.signal.aborted) {
      // Whatever fails here is tried again, and ends no process.
      await clockTrusted(deps, alarms).catch((error: unknown) => {
        deps.log.error({ error }, 'the clock of Redis could not be looked at');
      });
      await rest(MINUTE_MS, stopping.signal);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
