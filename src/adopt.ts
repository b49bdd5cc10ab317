import { createHash } from 'node:crypto';
import { note } from './app/audit/act.ts';
import type { Alarms } from './app/operators/alarms.ts';
import type { Composed } from './compose.ts';
import type { Read } from './config/load.ts';
import { configVersion } from './config/version.ts';
import { JitError } from './core/errors/errors.ts';
import { say } from './core/language/say.ts';
import { tellRestart } from './restart.ts';

/** Takes up a configuration that was read again, or proposes it; false where it cannot be, which the operators' places are told once. */
export type Adopt = (read: Read, text: string) => Promise<boolean>;

const MOST_FAULTS = 10;

/** A bad file never takes the place of a good one. What was decided stays decided; what is judged again is judged by the new one. */
export function adopting({ house, deps, keeper }: Pick<Composed, 'house' | 'deps' | 'keeper'>, alarms: Alarms): Adopt {
  const key = 'configuration';
  return async (read, text) => {
    if ('config' in read && (await keeper.propose(read.config, text))) {
      await alarms.over({
        key,
        title: say`drawbridge.yaml is right again`,
        lines: [say`It waits for its owners: \`/jit rules\`.`],
      });
      deps.log.warn({}, 'drawbridge.yaml was changed, and waits for its owners');
      return true;
    }
    const faults = 'faults' in read ? read.faults : await house.adopt(read.config).then(() => [], faultsIn);
    const running = configVersion(house.config);
    if (faults.length > 0) {
      deps.log.error({ faults, config: running }, 'drawbridge.yaml has errors, and is not taken up');
      const shown = faults.length > MOST_FAULTS ? [...faults.slice(0, MOST_FAULTS), '…'] : faults;
      const title = say`drawbridge.yaml has errors, and is not taken up`;
      const goesOn = say`Version ${running} goes on. The file is tried again every minute.`;
      await alarms.raise({
        key,
        title,
        lines: [...shown.map((fault) => say`${fault}`), goesOn],
        is: sameFor([text, running, ...faults.map(placeOf)]),
      });
      return false;
    }
    const { waiting } = house;
    deps.log.info({ config: running, ...(waiting.length > 0 ? { waiting } : {}) }, 'drawbridge.yaml was read again');
    await note(deps, {
      event: 'configure',
      outcome: 'done',
      by: 'configuration',
      as: 'program',
      why: `version ${running}`,
    });
    await alarms.over({ key, title: say`drawbridge.yaml is right again`, lines: [say`Version ${running} is in use.`] });
    await tellRestart(alarms, house);
    return true;
  };
}

/** Why something is away is said in other words each time; where it is wanted stays. */
function placeOf(fault: string): string {
  return fault.split(':')[0] ?? '';
}

/** The same in every process that reads the same file and finds the same in it. */
function sameFor(said: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, 16);
}

/** What could not be had here: a secret, a file. What is none of ours goes on. */
function faultsIn(error: unknown): readonly string[] {
  if (error instanceof JitError) return [error.text];
  throw error;
}
