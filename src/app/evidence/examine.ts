import { durationText } from '../../core/language/duration.ts';
import { type Diagnosis, faultAt } from '../../core/view/doctor-page.ts';
import type { EvidenceRoom } from '../../ports/evidence-room.ts';
import type { Examiner } from '../../ports/examiner.ts';
import type { Deps } from '../deps.ts';
import { LATE_MS, type Lag, lags } from './behind.ts';

const OF = 'Audit';

/** The keys that sign the audit, and how far each sink is. */
export function evidenceExaminer(deps: Pick<Deps, 'store'>, room: EvidenceRoom): Examiner {
  return {
    async examine() {
      const what = `keys of heads and receipts (${room.keyNames.join(', ')})`;
      return [{ of: OF, what, verdict: 'fine' }, ...(await lags(deps, room)).map(sinkOf)];
    },
  };
}

function sinkOf({ name, records, waitedMs, isConfigured }: Lag): Diagnosis {
  const what = `sink ${name}`;
  if (waitedMs < LATE_MS) return { of: OF, what, verdict: 'fine' };
  const remedy = isConfigured
    ? 'The log says why it takes nothing. Nothing is deleted from Redis before it has them.'
    : `The configuration does not name it any more: \`npx jit audit forget ${name}\` if it is gone for good.`;
  return faultAt(OF, what, `It lacks ${records} records, the oldest for ${durationText(waitedMs)}.`, remedy);
}
