import { durationText } from '../../core/language/duration.ts';
import { type Diagnosis, faultAt, meaningOf, unknownAt } from '../../core/view/doctor-page.ts';
import type { EvidenceRoom } from '../../ports/evidence-room.ts';
import type { Examiner } from '../../ports/examiner.ts';
import type { Deps } from '../deps.ts';
import { LATE_MS, type Lag, lags } from './behind.ts';

const OF = 'Audit';

/** The keys that sign the audit, and how far each sink is. */
export function evidenceExaminer(deps: Pick<Deps, 'store'>, room: EvidenceRoom): Examiner {
  return {
    async examine(_places, signal) {
      const what = `keys of heads and receipts (${room.keyNames.join(', ')})`;
      const states = (await lags(deps, room)).map(sinkOf);
      return [{ of: OF, what, verdict: 'fine' }, ...states, ...(await placesOf(room, signal))];
    },
  };
}

/** Sinks that can look at the place where they keep it. */
async function placesOf({ sinks }: EvidenceRoom, signal: AbortSignal): Promise<readonly Diagnosis[]> {
  const found = sinks.map(async (sink): Promise<Diagnosis | undefined> => {
    if (!sink.examine) return undefined;
    const what = `place of the sink ${sink.name}`;
    const remedy = 'docs/audit.md says what it must be like, and which rights Drawbridge needs there.';
    try {
      const wrong = await sink.examine(signal);
      if (typeof wrong === 'object') return unknownAt(OF, what, wrong.cannotTell, remedy);
      return wrong === undefined ? { of: OF, what, verdict: 'fine' } : faultAt(OF, what, wrong, remedy);
    } catch (error) {
      return unknownAt(OF, what, meaningOf(error), remedy);
    }
  });
  return (await Promise.all(found)).flatMap((one) => one ?? []);
}

function sinkOf({ name, records, waitedMs, isConfigured, isBestEffort }: Lag): Diagnosis {
  const what = `sink ${name}`;
  if (waitedMs < LATE_MS) return { of: OF, what, verdict: 'fine' };
  const remedy = isConfigured
    ? `The log says why it takes nothing. ${isBestEffort ? 'It is best effort: nothing waits for it.' : 'Nothing is deleted from Redis before it has them.'}`
    : `The configuration does not name it any more: \`npx jit audit forget ${name}\` if it is gone for good.`;
  return faultAt(OF, what, `It lacks ${records} records, the oldest for ${durationText(waitedMs)}.`, remedy);
}
