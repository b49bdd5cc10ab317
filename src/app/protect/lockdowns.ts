import { JitError } from '../../core/errors/errors.ts';
import type { CloudName, Machine } from '../../core/machine/machine.ts';
import { type ListedLockdown, lockdownsReport } from '../../core/view/lockdowns-page.ts';
import type { Report } from '../../core/view/report.ts';
import type { UndoRecord } from '../../ports/undo.ts';
import type { Deps } from '../deps.ts';
import { answerInTime } from '../machine/cloud.ts';
import { inventory } from '../machine/inventory.ts';
import { mayProtect, type ProtectActor } from './actor.ts';

/** Everything that lockdowns closed and that has an undo record, also for machines that are gone. Throws `notProtector`. */
export async function lockdowns(deps: Deps, actor: ProtectActor): Promise<Report> {
  mayProtect(deps, actor);
  const records = (await Promise.all([...deps.clouds.keys()].map((cloud) => deps.undo.all(cloud)))).flat();
  const names = await namesOf(deps);
  return lockdownsReport(records.map((record) => listed(deps, record, names)));
}

/** Names of machines as far as they can be read: records are listed all the same. */
async function namesOf(deps: Deps): Promise<ReadonlyMap<string, Machine> | undefined> {
  try {
    const { all, unread } = await inventory(deps, answerInTime());
    return unread.length > 0 ? undefined : new Map(all.map((machine) => [machine.id, machine]));
  } catch (error) {
    deps.log.warn({ error }, 'machines could not be read for the list of lockdowns');
    return undefined;
  }
}

function listed(deps: Deps, record: UndoRecord, names: ReadonlyMap<string, Machine> | undefined): ListedLockdown {
  const { id, unsigned } = record;
  const sign = unsigned === undefined ? {} : { unsigned };
  try {
    const closed = deps.clouds.get(record.cloud as CloudName)?.closedIn?.(record);
    if (!closed) return { id, ...sign, what: record.at, ports: [], machines: [] };
    const machines = closed.machines.map((machine) => {
      const known = names?.get(machine)?.name;
      return known ?? (names ? `${machine.slice(machine.lastIndexOf(':') + 1)} (gone)` : machine);
    });
    return { id, ...sign, what: closed.what, ports: closed.ports, machines };
  } catch (error) {
    if (!(error instanceof JitError)) throw error;
    return { id, ...sign, what: `${record.at}: ${error.say}`, ports: [], machines: [] };
  }
}
