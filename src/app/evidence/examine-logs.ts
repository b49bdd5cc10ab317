import { SECOND_MS } from '../../core/language/instant.ts';
import { type Diagnosis, meaningOf, unknownAt } from '../../core/view/doctor-page.ts';
import type { Examiner } from '../../ports/examiner.ts';
import type { Deps } from '../deps.ts';
import { withLogs } from './cloud-logs.ts';

/** Logs that are tried; each takes some seconds. */
const MOST = 20;
const TRIED_MS = 10 * SECOND_MS;
const WHAT = 'log of changes';
const REMEDY =
  'Assign “Drawbridge operator (activity log)” of manifests/azure at the subscription, or ReadEventHistory of manifests/aws/roles.yaml to the operator; or set `audit.cloudLogs: false`.';

/** Whether the clouds' own logs can be read. Without that nobody can tell what was changed past Drawbridge. */
export function logExaminer({ clouds, store }: Pick<Deps, 'clouds' | 'store'>): Examiner {
  return {
    async examine(_, signal) {
      const { at } = await store.now();
      const period = { from: at - TRIED_MS, to: at };
      const found: Diagnosis[] = [];
      for (const [, cloud] of withLogs(clouds))
        for (const { name: of } of (await cloud.logs(signal)).slice(0, MOST)) {
          try {
            await cloud.written(of, period, signal);
            found.push({ of, what: WHAT, verdict: 'fine' });
          } catch (error) {
            signal.throwIfAborted();
            found.push(unknownAt(of, WHAT, meaningOf(error), REMEDY));
          }
        }
      return found;
    },
  };
}
