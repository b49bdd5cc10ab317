import { createHash } from 'node:crypto';
import { type Change, changeReport } from '../core/change.ts';
import { JitError, sayOf } from '../core/errors.ts';
import { limitsText, type ProtectAsk } from '../core/grammar.ts';
import type { Machine } from '../core/machine.ts';
import { isMeant, type Person } from '../core/person.ts';
import { samePort } from '../core/port.ts';
import { type ProtectedPort, sameProtection, USUAL_PORTS, withLimits } from '../core/protection.ts';
import type { Report } from '../core/report.ts';
import type { MachineState } from '../ports/cloud.ts';
import type { Deps } from './deps.ts';
import { cloudFor } from './find.ts';
import { isSelector, select } from './select.ts';

/** Many machines are read before. */
const LOOK_MS = 45_000;
const PROTECT_MS = 60_000;
const WAIT_MS = 20_000;

/** What came of protecting: one failure leaves the others done. Or the page that shows what will change, to be confirmed. */
export type Protected =
  | {
      readonly done: readonly MachineState[];
      readonly failed: readonly { readonly name: string; readonly error: unknown }[];
    }
  | { readonly page: Report };

/**
 * Protects machines: at the usual ports, where they are not yet, or at those of the ask with exactly its limits. More than
 * one is done only when the code of the page that showed the same changes comes with it. Throws `notProtector`, what
 * `select` throws, and `tooShort` and `tooLong`. `person` is absent for the command line, whose user has the program's own
 * rights.
 */
export async function protect(deps: Deps, ask: ProtectAsk, person?: Person): Promise<Protected> {
  mayProtect(deps, person);
  const { which, ports = 'usual', confirm } = ask;
  const wanted = ports === 'usual' ? undefined : withLimits(ports);
  const signal = AbortSignal.timeout(LOOK_MS);
  const machines = await select(deps, which, signal);
  if (machines.length > 1 || which.some(isSelector)) {
    const changes = await Promise.all(machines.map((machine) => changeOf(deps, machine, wanted, signal)));
    const code = createHash('sha256').update(JSON.stringify(changes)).digest('hex').slice(0, 6);
    if (confirm !== code)
      return { page: changeReport(changes, `${typed(ask)} confirm ${code}`, confirm !== undefined) };
  }
  return all(deps, machines, (machine) => protectOne(deps, machine, wanted));
}

/** Throws `notProtector` for a person who is not meant by `protectors`. */
export function mayProtect(deps: Deps, person: Person | undefined): void {
  if (person && !isMeant(person, deps.rules.protectors)) throw new JitError('notProtector');
}

function protectOne(deps: Deps, machine: Machine, wanted: readonly ProtectedPort[] | undefined): Promise<MachineState> {
  return whileProtecting(deps, machine, async (signal) => {
    const cloud = cloudFor(deps, machine.id);
    if (wanted) return cloud.protect(machine.id, { ports: wanted }, signal);
    const now = await cloud.look(machine.id, signal);
    const known = now.protection?.ports ?? [];
    const ports = missing(known);
    return ports.length > 0 || known.length === 0 ? cloud.protect(machine.id, { ports }, signal) : now;
  });
}

function missing(known: readonly ProtectedPort[]): readonly ProtectedPort[] {
  return USUAL_PORTS.filter(({ port }) => !known.some((one) => samePort(one.port, port)));
}

/** What protecting would change, read now. */
async function changeOf(
  deps: Deps,
  machine: Machine,
  wanted: readonly ProtectedPort[] | undefined,
  signal: AbortSignal,
): Promise<Change> {
  try {
    const { protection, standing } = await cloudFor(deps, machine.id).look(machine.id, signal);
    const known = protection?.ports ?? [];
    const ports = wanted ? wanted.filter((port) => !known.some((one) => sameProtection(one, port))) : missing(known);
    const open = standing.filter(({ port }) => ports.some((one) => samePort(one.port, port)));
    return { machine, ports, open };
  } catch (error) {
    return { machine, ports: [], open: [], fault: sayOf(error, 'in the log').text };
  }
}

/** One after the other where they share what is written, all others at once. */
async function all(
  deps: Deps,
  machines: readonly Machine[],
  work: (machine: Machine) => Promise<MachineState>,
): Promise<Protected> {
  const done: MachineState[] = [];
  const failed: { name: string; error: unknown }[] = [];
  const keyed = await Promise.all(
    machines.map(async (machine) => ({ machine, key: await keyOf(deps, machine).catch(() => machine.id) })),
  );
  const rows = [...Map.groupBy(keyed, ({ key }) => key).values()].map(async (row) => {
    for (const { machine } of row) {
      try {
        done.push(await work(machine));
      } catch (error) {
        deps.log.warn({ machine: machine.id, error }, 'a machine could not be protected');
        failed.push({ name: machine.name, error });
      }
    }
  });
  await Promise.all(rows);
  const [first] = failed;
  if (first && machines.length === 1) throw first.error;
  return { done: done.sort((a, b) => a.machine.name.localeCompare(b.machine.name)), failed };
}

function keyOf(deps: Deps, { id }: Machine): Promise<string> {
  return cloudFor(deps, id).protectKey(id, AbortSignal.timeout(PROTECT_MS));
}

/** Two people may protect, or stop protecting, at once, on two replicas, and machines share what is written for them. */
export async function whileProtecting<T>(
  deps: Deps,
  machine: Machine,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const signal = AbortSignal.timeout(PROTECT_MS);
  const key = await keyOf(deps, machine);
  const ttlMs = 2 * cloudFor(deps, machine.id).limits.callMs;
  const options = { ttlMs, waitMs: WAIT_MS, closing: false, signal };
  return deps.lock.hold([`protect:${key}`], options, (held) => work(AbortSignal.any([held.signal, signal])));
}

/** The ask as it is typed. */
function typed({ which, ports = 'usual' }: ProtectAsk): string {
  const machines = which.map((word) => (/\s/.test(word) ? `"${word}"` : word)).join(', ');
  return `protect ${machines} ${ports === 'usual' ? ports : limitsText(ports)}`;
}
