import { createHash } from 'node:crypto';
import { JitError } from '../../core/errors/errors.ts';
import { limitsText, type ProtectAsk } from '../../core/language/grammar.ts';
import type { LockdownWay, Stay } from '../../core/machine/lockdown.ts';
import type { Machine } from '../../core/machine/machine.ts';
import { isMeant, type Person } from '../../core/people/person.ts';
import type { Port } from '../../core/rule/port.ts';
import { changeReport } from '../../core/view/protect-page.ts';
import type { Report } from '../../core/view/report.ts';
import type { MachineState } from '../../ports/cloud.ts';
import type { Deps } from '../deps.ts';
import { cloudFor } from '../machine/cloud.ts';
import { refuseLeased } from '../machine/leased.ts';
import { changesOf, missing, wantedBy } from './changes.ts';
import { isSelector, select } from './select.ts';

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
  return page ? { page } : all(deps, machines, ask);
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
    const asked = { machine: machine.id, ports, how };
    const stays = await closerFor(deps, machine.id, machine.name)(asked, deps.undo, signal);
    return { ...(await cloudFor(deps, machine.id).look(machine.id, signal)), stays };
  };
  return howOf(ask)
    ? whileProtecting(deps, machine, work, { forMs: CLOSE_MS, locksDown: true })
    : whileProtecting(deps, machine, work);
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
async function all(deps: Deps, machines: readonly Machine[], ask: ProtectAsk): Promise<Protected> {
  const done: Done[] = [];
  const failed: { name: string; error: unknown }[] = [];
  const locksDown = howOf(ask) !== undefined;
  const keyed = await Promise.all(
    machines.map(async (machine) => {
      const keys = await keysOf(deps, machine, locksDown).catch(() => [machine.id]);
      // The last names what most machines share.
      return { machine, key: keys.at(-1) };
    }),
  );
  const rows = [...Map.groupBy(keyed, ({ key }) => key).values()].map(async (row) => {
    for (const { machine } of row) {
      try {
        done.push(await protectOne(deps, machine, ask));
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

/** What is written for a machine, and where others' rules are edited what it shares with other machines. */
async function keysOf(deps: Deps, { id }: Machine, locksDown: boolean): Promise<readonly string[]> {
  const cloud = cloudFor(deps, id);
  const own = await cloud.protectKey(id, AbortSignal.timeout(PROTECT_MS));
  const shared = locksDown ? cloud.lockdownKey?.(id) : undefined;
  return shared === undefined || shared === own ? [own] : [own, shared];
}

/** Two people may protect, or stop protecting, at once, on two replicas, and machines share what is written for them. */
export async function whileProtecting<T>(
  deps: Deps,
  machine: Machine,
  work: (signal: AbortSignal) => Promise<T>,
  { forMs = PROTECT_MS, locksDown = false } = {},
): Promise<T> {
  const signal = AbortSignal.timeout(forMs);
  return holding(deps, machine, await keysOf(deps, machine, locksDown), { signal, work });
}

/**
 * Puts back what was closed for a machine at these ports, or all, under the lock of what it shares: for whoever holds that of
 * the machine. Where others share it, nothing is waited for when no undo record says that something was closed.
 */
export async function putBackFor(
  deps: Deps,
  machine: Machine,
  signal: AbortSignal,
  ports?: readonly Port[],
): Promise<readonly string[]> {
  const cloud = cloudFor(deps, machine.id);
  const { putBack } = cloud;
  if (!putBack) return [];
  const shared = cloud.lockdownKey?.(machine.id);
  const which = { machine: machine.id, ...(ports ? { ports } : {}) };
  const work = (held: AbortSignal) => putBack(which, deps.undo, held);
  if (shared === undefined) return work(signal);
  const isClosed = (await deps.undo.all(cloud.cloud)).length > 0;
  return isClosed ? holding(deps, machine, [shared], { signal, work }) : [];
}

interface Holding<T> {
  readonly signal: AbortSignal;
  readonly work: (signal: AbortSignal) => Promise<T>;
}

function holding<T>(deps: Deps, { id }: Machine, keys: readonly string[], { signal, work }: Holding<T>): Promise<T> {
  const ttlMs = 2 * cloudFor(deps, id).limits.callMs;
  const options = { ttlMs, waitMs: WAIT_MS, closing: false, signal };
  const names = keys.map((key) => `protect:${key}`);
  return deps.lock.hold(names, options, (held) => work(AbortSignal.any([held.signal, signal])));
}

/** The ask as it is typed, without what becomes of others' rules. */
function typed({ which, ports, anyway }: ProtectAsk): string {
  const machines = which.map((word) => (/\s/.test(word) ? `"${word}"` : word)).join(', ');
  const terms = typeof ports === 'object' ? [limitsText(ports)] : ports ? [ports] : [];
  return ['protect', machines, ...terms, ...(anyway ? ['anyway'] : [])].join(' ');
}
