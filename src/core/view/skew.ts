import { type Instant, SECOND_MS } from '../language/instant.ts';
import type { Diagnosis } from './doctor-page.ts';

/** A service tells its time to the second, and some time before its answer is here. */
const SKEW_MS = 2 * SECOND_MS;

/** Whether a cloud's clock agrees with this computer's; without a time of its own nobody can tell. */
export function clockOf(of: string, theirs: Instant | undefined, ours: Instant): Diagnosis {
  const what = 'clock';
  if (theirs === undefined)
    return { of, what, verdict: 'unknown', means: 'It told no time.', remedy: 'Run `npx jit doctor` again.' };
  const ahead = theirs - ours;
  if (Math.abs(ahead) <= SKEW_MS) return { of, what, verdict: 'fine' };
  const far = `${Math.round(Math.abs(ahead) / SECOND_MS)} s ${ahead > 0 ? 'ahead of' : 'behind'}`;
  return {
    of,
    what,
    verdict: 'fault',
    means: `It is ${far} this computer's.`,
    remedy: "Synchronize this computer's clock with NTP.",
  };
}
