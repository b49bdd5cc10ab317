import { createHash } from 'node:crypto';
import { JitError } from '../../core/errors/errors.ts';
import { limitsText, type ProtectAsk } from '../../core/language/grammar.ts';
import type { LockdownWay, Stay } from '../../core/machine/lockdown.ts';
import type { Machine } from '../../core/machine/machine.ts';
import { isMeant, type Person } from '../../core/people/person.ts';
import { changeReport } from '../../core/view/protect-page.ts';
import type { Report } from '../../core/view/report.ts';
import type { MachineState } from '../../ports/cloud.ts';
import type { Deps } from '../deps.ts';
import { cloudFor } from '../machine/find.ts';
import { refuseLeased } from '../machine/leased.ts';
import { isSelector, select } from '../machine/select.ts';
import { changesOf, missing, wantedBy } from './changes.ts';

/** Many machines are read before. */
const LOOK_MS = 45_000;
const PROTECT_MS = 60_000;
/** Others' rules are split and written one group after the other. */
const CLOSE_MS = 240_000;
const WAIT_MS = 20_000;

/** One machine that was protected, with what could not be closed of what others let stand open. */
export interface Done extends MachineState {
  readonly stays?: readonly Stay[];
}

/** What came of protecting: one failure leaves the others done. Or the page that shows what will change, to be confirmed. */
export type Protected =
  | {
      readonly done: readonly Done[];
      readonly failed: readonly { readonly name: string; readonly error: unknown }[];
    }
  | { readonly page: Report };

/**
 * Protects machines: at the usual ports, where they are not yet, or at those of the ask with exactly its limits; and closes
 * what others let stand open there, where the ask says so. More than one, and rules of others, are only touched when the
 * code of the page that showed the same changes comes with it. Throws `notProtector`, what `select` throws, `tooShort`,
 * `tooLong` and `cannotClose`. `person` is absent for the command line, whose user has the program's own rights.
 */
export async function protect(deps: Deps, ask: ProtectAsk, person?: Person): Promise<Protected> {
  mayProtect(deps, person);
  // What is wrong with the limits is said before anything is read.
  wantedBy(ask);
  const signal = AbortSignal.timeout(LOOK_MS);
  const machines = await select(deps, ask.which, signal);
  const page = await pageFor(deps, ask, machines, signal);
  return page ? { page } : all(deps, machines, (machine) => protectOne(deps, machine, ask));
}

/** The page that has to be seen before; undefined when it was, or nothing of it needs to be asked. */
async function pageFor(
  deps: Deps,
  ask: ProtectAsk,
  machines: readonly Machine[],
  signal: AbortSignal,
): Promise<Report | undefined> {
  const { standing, confirm } = ask;
  const isMany = machines.length > 1 || ask.which.some(isSelector);
  const how = howOf(ask);
  if (how) for (const { id, name } of machines) closerFor(deps, id, name);
  const changes = isMany || standing !== 'leave' ? await changesOf(deps, machines, ask, signal) : [];
  const isOpen = changes.some(({ plan }) => plan.remedies.length > 0);
  if (!isMany && !how && (standing === 'leave' || !isOpen)) return undefined;
  const code = createHash('sha256').update(JSON.stringify(changes)).digest('hex').slice(0, 6);
  const isChosen = standing !== undefined || !isOpen;
  if (confirm === code && isChosen) return undefined;
  return changeReport(changes, {
    command: typed(ask),
    code,
    ...(standing ? { standing } : {}),
    again: confirm !== undefined && isChosen,
  });
}

/** Throws `notProtector` for a person who is not meant by `protectors`. */
export function mayProtect(deps: Deps, person: Person | undefined): void {
  if (person && !isMeant(person, deps.rules.protectors)) throw new JitError('notProtector');
}

/** Throws `otherProduct` for a machine that is not protected, and that another product opens on request. */
export function refuseOthers({ machine, protection, otherJit }: MachineState): void {
  if (!otherJit || protection) return;
  const { by, through } = otherJit;
  throw new JitError('otherProduct', { machine: machine.name, by, through });
}

function howOf({ standing }: ProtectAsk): LockdownWay | undefined {
  return standing === 'leave' ? undefined : standing;
}

function closerFor(deps: Deps, id: Machine['id'], machine: string) {
  const { lockDown } = cloudFor(deps, id);
  if (!lockDown) throw new JitError('cannotClose', { machine });
  return lockDown;
}

function protectOne(deps: Deps, machine: Machine, ask: ProtectAsk): Promise<Done> {
  const work = async (signal: AbortSignal): Promise<Done> => {
    const how = howOf(ask);
    // What closes others' rules would close a lease that was let in between them.
    if (how) await refuseLeased(deps, machine);
    const state = await protectPorts(deps, machine, ask, signal);
    if (!how) return state;
    const ports = (state.protection?.ports ?? []).map(({ port }) => port);
    const stays = await closerFor(deps, machine.id, machine.name)(machine.id, ports, how, deps.undo, signal);
    return { ...(await cloudFor(deps, machine.id).look(machine.id, signal)), stays };
  };
  return whileProtecting(deps, machine, work, howOf(ask) ? CLOSE_MS : PROTECT_MS);
}

async function protectPorts(deps: Deps, { id }: Machine, ask: ProtectAsk, signal: AbortSignal): Promise<MachineState> {
  const cloud = cloudFor(deps, id);
  const wanted = wantedBy(ask);
  const now = await cloud.look(id, signal);
  const known = now.protection?.ports ?? [];
  if (!ask.anyway) refuseOthers(now);
  if (wanted) return cloud.protect(id, { ports: wanted }, signal);
  const ports = missing(known, ask);
  return ports.length > 0 || known.length === 0 ? cloud.protect(id, { ports }, signal) : now;
}

/** One after the other where they share what is written, all others at once. */
async function all(
  deps: Deps,
  machines: readonly Machine[],
  work: (machine: Machine) => Promise<Done>,
): Promise<Protected> {
  const done: Done[] = [];
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
  forMs = PROTECT_MS,
): Promise<T> {
  const signal = AbortSignal.timeout(forMs);
  const key = await keyOf(deps, machine);
  const ttlMs = 2 * cloudFor(deps, machine.id).limits.callMs;
  const options = { ttlMs, waitMs: WAIT_MS, closing: false, signal };
  return deps.lock.hold([`protect:${key}`], options, (held) => work(AbortSignal.any([held.signal, signal])));
}

/** The ask as it is typed, without what becomes of others' rules. */
function typed({ which, ports, anyway }: ProtectAsk): string {
  const machines = which.map((word) => (/\s/.test(word) ? `"${word}"` : word)).join(', ');
  const terms = typeof ports === 'object' ? [limitsText(ports)] : ports ? [ports] : [];
  return ['protect', machines, ...terms, ...(anyway ? ['anyway'] : [])].join(' ');
}
