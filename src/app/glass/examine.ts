import { durationText } from '../../core/language/duration.ts';
import { MINUTE_MS } from '../../core/language/instant.ts';
import { isOverdue } from '../../core/request/reviewing.ts';
import { type Diagnosis, faultAt } from '../../core/view/doctor-page.ts';
import type { Deps } from '../deps.ts';
import { owedReviews } from './reviews.ts';

const OF = 'Break-glass';
/** It is renewed every minute; this is longer than a restart takes. */
const STALE_MS = 10 * MINUTE_MS;

/** What is wrong with breaking glass, for the doctor: reviews that nobody did, who may as it was kept here, and who hears of it. */
export async function examineGlass(deps: Deps): Promise<readonly Diagnosis[]> {
  const { rules } = deps;
  const [owed, { at }] = await Promise.all([owedReviews(deps), deps.store.now()]);
  if (!rules.breakGlass && owed.length === 0) return [];
  const late = owed.filter((request) => isOverdue(request, at)).length;
  const overdue = faultAt(
    OF,
    'reviews',
    late === 1 ? 'One is overdue.' : `${late} are overdue.`,
    '`/jit reviews` lists them, and who may do them.',
  );
  const alone = faultAt(
    OF,
    'alarms',
    'It is told in chats alone: when they are down, nobody hears of it.',
    'Set `alarms.mails` or `alarms.webhooks`.',
  );
  return [
    late > 0 ? overdue : { of: OF, what: 'reviews', verdict: 'fine' },
    (deps.ways ?? []).length > 0 ? { of: OF, what: 'alarms', verdict: 'fine' } : alone,
    ...(rules.glassKeys ? [await snapshotOf(deps, at)] : []),
  ];
}

async function snapshotOf({ offline }: Deps, at: number): Promise<Diagnosis> {
  const what = 'snapshot on this computer';
  const remedy = 'It is renewed every minute where Drawbridge runs; its log says why it is not, or look there.';
  const known = await offline?.snapshot.read().catch(() => undefined);
  if (!known) return faultAt(OF, what, 'There is none, or none that this installation signed.', remedy);
  const age = at - known.at;
  return age > STALE_MS
    ? faultAt(OF, what, `It is ${durationText(age)} old.`, remedy)
    : { of: OF, what, verdict: 'fine' };
}
