import { JitError } from '../../core/errors/errors.ts';
import type { Instant } from '../../core/language/instant.ts';
import type { MachineId } from '../../core/machine/machine.ts';
import { overAt } from '../../core/request/closing.ts';
import { isApproved, type Request } from '../../core/request/request.ts';
import type { Deps } from '../deps.ts';
import { isHere } from '../machine/theirs.ts';
import { rest } from '../rest.ts';

/** A closing that waits for longer than this may have been drawn by a process that has not got its place. */
const EVERY_MS = 2_000;
const LATE_MS = 3_000;
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
  // What has just ended is in hand.
  const waiting = overdue.filter((request) => at - (overAt(request) ?? at) >= LATE_MS && !isPutOff(request, at));
  for (const machine of new Set(waiting.map((request) => request.machine)))
    if (isHere({ clouds }, machine)) look(machine);
}

/**
 * What was tried in vain has its time. Where nothing was tried, the time to look is that of a lost hint alone, counted from when somebody saw
 * that it is over: it may have been a process that can do nothing about it.
 */
function isPutOff(request: Request, at: Instant): boolean {
  return isApproved(request) && request.trouble !== undefined && (request.lookAt ?? at) > at;
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
