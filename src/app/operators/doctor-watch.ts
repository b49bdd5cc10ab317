import { HOUR_MS, MINUTE_MS } from '../../core/language/instant.ts';
import type { Diagnosis } from '../../core/view/doctor-page.ts';
import type { Deps } from '../deps.ts';
import { rest } from '../rest.ts';
import { examineAll } from './doctor.ts';

/** The first look waits until chats and clouds have been signed in to. */
const EVERY = { firstMs: MINUTE_MS, thenMs: HOUR_MS };

/** How many findings of each verdict there were. */
export type Findings = Readonly<Record<Diagnosis['verdict'], number>>;

export interface DoctorWatch {
  /** Undefined before the first look. */
  found(): Findings | undefined;
  stop(): Promise<void>;
}

/** Has the doctor look again and again, for figures alone: nobody is told, and the audit is not. */
export function watchDoctor(deps: Deps, { firstMs, thenMs } = EVERY): DoctorWatch {
  const stopping = new AbortController();
  let found: Findings | undefined;
  const running = (async () => {
    for (let waitMs = firstMs; !stopping.signal.aborted; waitMs = thenMs) {
      await rest(waitMs, stopping.signal);
      if (stopping.signal.aborted) return;
      try {
        found = counted(await examineAll(deps));
      } catch (error) {
        deps.log.warn({ error }, 'the doctor could not look; it tries again');
      }
    }
  })();
  return {
    found: () => found,
    stop() {
      stopping.abort();
      return running;
    },
  };
}

function counted(all: readonly Diagnosis[]): Findings {
  const count = (which: Diagnosis['verdict']) => all.filter(({ verdict }) => verdict === which).length;
  return { fine: count('fine'), fault: count('fault'), unknown: count('unknown') };
}
