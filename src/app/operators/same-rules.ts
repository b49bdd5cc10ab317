import { JitError } from '../../core/errors/errors.ts';
import { type Diagnosis, faultAt, unknownAt } from '../../core/view/doctor-page.ts';
import type { Examiner } from '../../ports/examiner.ts';
import type { LiveProcess, ProcessRecords } from '../../ports/processes.ts';
import type { Store } from '../../ports/store.ts';

const MOST_SHOWN = 5;
const MOST_COUNTED = 1_000;

/**
 * Which of those that live may decide otherwise than this one? One of an older version does not say which rules it has, and is
 * taken to have others unless its whole configuration is the same.
 */
function others(live: readonly LiveProcess[], own: Pick<LiveProcess, 'rules' | 'config'>): readonly LiveProcess[] {
  return live.filter(({ rules, config }) => config !== own.config && (rules === undefined || rules !== own.rules));
}

/** Throws `rulesDiffer` while processes live that judge by other rules than this one: nobody can tell whose count. */
export async function mustAgree(processes: ProcessRecords, own: Pick<LiveProcess, 'rules' | 'config'>): Promise<void> {
  if (others(await processes.live(), own).length > 0) throw new JitError('rulesDiffer');
}

/** Which configuration each process has that lives, and whether they judge alike; or that none lives, and what that leaves open. */
export function processExaminer(processes: ProcessRecords, store: Pick<Store, 'find'>): Examiner {
  return {
    async examine() {
      const live = await processes.live();
      const [first] = live;
      if (!first) return [noneLives((await store.find({ by: 'state', which: 'open' }, MOST_COUNTED)).length)];
      const differ = others(live, first);
      if (differ.length === 0) return [...Map.groupBy(live, ({ config }) => config)].map(fine);
      const shown = live.slice(0, MOST_SHOWN).map(({ host, config }) => `${host} has configuration ${config}`);
      const more = live.length > shown.length ? `, and ${live.length - shown.length} more have others or the same` : '';
      return [
        faultAt(
          'Drawbridge',
          'processes',
          `They judge by different rules, so nothing is opened or extended: ${shown.join(', ')}${more}.`,
          'Give all of them the same drawbridge.yaml; while a change is rolled out this is usual.',
        ),
      ];
    },
  };
}

/** Before the first start that is as it should be. Once something is open, nobody closes it. */
function noneLives(open: number): Diagnosis {
  const [of, what] = ['Drawbridge', 'processes'];
  if (open === 0) return unknownAt(of, what, 'None runs, so nothing is opened.', 'Start one: `npx jit start`.');
  const those = open === 1 ? '1 access is open, which nobody closes' : `${open} accesses are open, which nobody closes`;
  return faultAt(of, what, `None runs, and ${those}.`, 'Start one: `npx jit start`. It closes at once what is over.');
}

function fine([config, those]: readonly [string, readonly LiveProcess[]]): Diagnosis {
  return { of: 'Drawbridge', what: `configuration ${config} (${those.length} live)`, verdict: 'fine' };
}
