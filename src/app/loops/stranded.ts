import { JitError } from '../../core/errors/errors.ts';
import { cloudOf, type MachineId } from '../../core/machine/machine.ts';
import type { Deps } from '../deps.ts';
import { rest } from '../rest.ts';

/** A closing that waits for longer than this may have been drawn by a process that has not got its place. */
const EVERY_MS = 2_000;
const MOST = 500;

type StrandedDeps = Pick<Deps, 'store' | 'clouds' | 'mustAgree' | 'log'>;

/**
 * While processes live that go by different configurations, as in a deploy, the queue may give a closing to one that has not got its account,
 * time after time. So each looks at what is overdue in the places that it has, past the queue.
 */
export async function lookAtStranded(
  { store, clouds, mustAgree }: Omit<StrandedDeps, 'log'>,
  look: (machine: MachineId) => void,
): Promise<void> {
  const overdue = await store.overdue(MOST);
  if (overdue.length === 0 || !(await doDiffer(mustAgree))) return;
  const { at } = await store.now();
  // What was tried in vain has its time.
  const waiting = overdue.filter((request) => !('lookAt' in request) || (request.lookAt ?? at) <= at);
  for (const machine of new Set(waiting.map((request) => request.machine))) if (isHere(clouds, machine)) look(machine);
}

async function doDiffer(mustAgree: Deps['mustAgree']): Promise<boolean> {
  try {
    await mustAgree?.();
    return false;
  } catch (error) {
    if (error instanceof JitError && error.code === 'rulesDiffer') return true;
    throw error;
  }
}

function isHere(clouds: Deps['clouds'], machine: MachineId): boolean {
  const cloud = clouds.get(cloudOf(machine));
  if (!cloud) return false;
  try {
    cloud.mustHave?.(machine);
    return true;
  } catch {
    return false;
  }
}

/** Looks again and again, in every process that works. */
export function startStranded(deps: StrandedDeps, look: (machine: MachineId) => void): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await lookAtStranded(deps, look).catch((error: unknown) => {
        deps.log.warn({ error }, 'what is overdue could not be looked at past the queue; it is tried again');
      });
      await rest(EVERY_MS, stopping.signal);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
