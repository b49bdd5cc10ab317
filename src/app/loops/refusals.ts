import { setTimeout as pause } from 'node:timers/promises';
import { inStep } from '../../core/language/in-step.ts';
import type { Deps } from '../deps.ts';

/** Tells refusals that were counted and are not in the audit yet, again and again, and once more at the end. */
export function startRefusals({ audit, log }: Pick<Deps, 'audit' | 'log'>, everyMs: number): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const settle = (isEnd: boolean) =>
    audit.settle?.(isEnd).catch((error: unknown) => {
      log.warn({ error }, 'refusals could not be summed up in the audit; they are counted on');
    });
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await settle(false);
      await pause(inStep(everyMs, performance.now()), undefined, { signal: stopping.signal }).catch(() => {});
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await running;
      await settle(true);
    },
  };
}
