import type { Alarms } from './app/operators/alarms.ts';
import type { LiveHouse } from './config/live.ts';
import { commas, say } from './core/language/say.ts';
import { phrased, type Saying } from './core/language/text.ts';
import { unknownAt } from './core/view/doctor-page.ts';
import type { WaitingConfiguration } from './http/status.ts';
import type { Examiner } from './ports/examiner.ts';
import type { RuleRecords } from './ports/rule-records.ts';

const RESTART = 'restart';

/** Tells operators once that a restart is needed, and once that it is not any more, whoever approved what has to wait for it. */
export async function tellRestart(alarms: Alarms, house: Pick<LiveHouse, 'waiting'>): Promise<void> {
  if (house.waiting.length === 0)
    return alarms.over({ key: RESTART, title: say`No restart is needed any more`, lines: [] });
  const title = say`drawbridge.yaml was changed where a restart is needed`;
  return alarms.raise({ key: RESTART, title, lines: [waitingText(house)] });
}

function waitingText({ waiting }: Pick<LiveHouse, 'waiting'>): Saying {
  return say`Changed, and taken up at the next start: ${commas(waiting)}.`;
}

/** What of a changed configuration does not hold yet; throws where the store cannot tell. */
export async function waitingConfiguration(
  { waiting: forRestart }: Pick<LiveHouse, 'waiting'>,
  records: Pick<RuleRecords, 'proposed'> | undefined,
): Promise<WaitingConfiguration> {
  const proposed = await records?.proposed();
  const forApproval = proposed && {
    version: proposed.code,
    since: proposed.at,
    approvals: proposed.approvedBy.length,
  };
  return { forRestart, forApproval };
}

/** Says what waits for a restart. */
export function restartExaminer(house: Pick<LiveHouse, 'waiting'>): Examiner {
  return {
    examine: async () =>
      house.waiting.length === 0
        ? []
        : [unknownAt('Drawbridge', 'configuration', phrased(waitingText(house)), 'Restart Drawbridge.')],
  };
}
