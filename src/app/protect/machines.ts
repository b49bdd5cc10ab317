import { sayOf } from '../../core/errors/errors.ts';
import { say } from '../../core/language/say.ts';
import type { Machine } from '../../core/machine/machine.ts';
import { heldPorts } from '../../core/policy/held.ts';
import { machinesReport, type ShownMachine } from '../../core/view/machines-page.ts';
import type { Report } from '../../core/view/report.ts';
import type { Deps } from '../deps.ts';
import { cloudFor } from '../machine/cloud.ts';
import { mayProtect, type ProtectActor } from './actor.ts';
import { survey } from './recommend.ts';

/** So many are looked at for one answer. */
const MOST = 50;
const LOOK_MS = 45_000;

/** `/jit machines`: what is protected by whom, and what is not as the configuration says. Throws `notProtector`. */
export async function machines(deps: Deps, actor: ProtectActor): Promise<Report> {
  mayProtect(deps, actor);
  const signal = AbortSignal.timeout(LOOK_MS);
  const [{ machines: all, unread }, protectors, pages] = await Promise.all([
    survey(deps, signal),
    deps.records.protectedBy(),
    deps.records.pages(),
  ]);
  const { protections = [] } = deps.rules;
  const isProtected = new Set(all.flatMap(({ machine, tab }) => (tab === 'configured' ? [machine.id] : [])));
  const meant = all
    .map(({ machine }) => ({ machine, held: heldPorts(protections, machine) }))
    .filter(({ machine, held }) => isProtected.has(machine.id) || held.length > 0)
    .toSorted((a, b) => a.machine.name.localeCompare(b.machine.name));
  const shown = await Promise.all(meant.slice(0, MOST).map((one) => look(deps, one, signal)));
  const more = meant.slice(MOST).filter(({ machine }) => isProtected.has(machine.id)).length;
  return machinesReport({ machines: shown, protectors, pages, more, unread });
}

async function look(
  deps: Deps,
  { machine, held }: { readonly machine: Machine; readonly held: ShownMachine['held'] },
  signal: AbortSignal,
): Promise<ShownMachine> {
  try {
    const { protection } = await cloudFor(deps, machine.id).look(machine.id, signal);
    return { machine, held, ports: protection?.ports ?? [] };
  } catch (error) {
    deps.log.info({ machine: machine.id, error }, 'the protection of a machine could not be read');
    return { machine, held, ports: [], fault: say`${sayOf(error, 'in the log').line}` };
  }
}
