import { JitError } from '../../core/errors/errors.ts';
import { BASTION, pinned } from '../../core/language/asked-source.ts';
import type { Ask } from '../../core/language/command.ts';
import { DAY_MS, HOUR_MS, type Instant } from '../../core/language/instant.ts';
import { startOf } from '../../core/language/start-ask.ts';
import type { Machine } from '../../core/machine/machine.ts';
import { unprotected } from '../../core/machine/protection.ts';
import type { Person } from '../../core/people/person.ts';
import { coverage } from '../../core/policy/judge.ts';
import { type Policy, policiesFor } from '../../core/policy/policy.ts';
import type { Who } from '../../core/request/review.ts';
import { type Port, samePort } from '../../core/rule/port.ts';
import { parseSource } from '../../core/rule/source.ts';
import type { Bastion } from '../../ports/bastions.ts';
import type { MachineState } from '../../ports/cloud.ts';
import type { Deps } from '../deps.ts';
import { cloudFor } from '../machine/cloud.ts';
import { machineMeant } from '../machine/meant.ts';
import type { Beneficiary } from './beneficiary.ts';

/** What is asked for when nobody says how long. */
const USUAL_MS = HOUR_MS;

/** The machine that is meant, which somebody may ask for at all. Throws `noPolicy`, and what `match` throws. */
export async function machineFor(
  deps: Deps,
  { person, askedBy }: Beneficiary,
  typed: string,
  signal: AbortSignal,
): Promise<Machine> {
  // Of others, nothing is told that no policy lets one request for them.
  const isTheirs = (one: Machine) => {
    const policies = policiesFor(deps.rules.policies, person, one);
    return policies.length > 0 && (!askedBy || policies.every(({ onBehalf }) => onBehalf));
  };
  const machine = await machineMeant(deps, typed, isTheirs, signal);
  const [policy] = policiesFor(deps.rules.policies, person, machine);
  if (!policy) throw new JitError('noPolicy', { machine: machine.name });
  if (!isTheirs(machine)) throw new JitError('policyOnBehalf', { policy: policy.name, name: person.name });
  return machine;
}

/** What somebody asks for on a machine, before it is known whether they may. */
export type AskedOn = Omit<Ask, 'machine' | 'justification'> & {
  readonly machine: Machine;
  /** Who asks, where it is not for themselves. */
  readonly askedBy?: Who;
};

/** What an ask means, with every default filled in, and the machine as it is. */
export async function askedFor(deps: Deps, person: Person, ask: AskedOn, signal: AbortSignal) {
  const { machine } = ask;
  const meant = policiesFor(deps.rules.policies, person, machine);
  const bastion = isAzureBastion(deps, ask) ? await bastionOf(deps, machine, signal) : undefined;
  const word = bastion?.prefix ?? ask.source ?? (await usualSource(deps, person, machine));
  if (word === undefined)
    throw ask.askedBy ? new JitError('sourceOfOther', { name: person.name }) : new JitError('missingSource');
  const state = await cloudFor(deps, machine.id).look(machine.id, signal);
  const from = pinned(
    word,
    deps.rules.sources,
    state.addresses?.map(({ address }) => address),
  );
  const startsAt = ask.startsAt ?? (ask.start === undefined ? undefined : await startFor(deps, person, ask.start));
  const ports = ask.ports.length > 0 ? ask.ports : usualPorts(meant, state);
  const what = {
    requester: { id: person.id, name: person.name },
    ...(ask.askedBy ? { askedBy: ask.askedBy } : {}),
    machine: machine.id,
    machineName: machine.name,
    location: machine.location,
    ports,
    ...from,
    ...(bastion ? { bastion: bastion.name } : {}),
    forMs: lengthOf(ask, startsAt) ?? usualMs(meant, ports),
    ...(startsAt === undefined ? {} : { startsAt }),
    ...(ask.until ? { endBy: ask.until.at } : {}),
    ...(state.identity === undefined ? {} : { identity: state.identity }),
  };
  return { what, state };
}

/** An end by the clock is counted from the start. Throws `endsBeforeStart` where it is no later. */
function lengthOf({ forMs, until }: AskedOn, startsAt: Instant | undefined): number | undefined {
  if (!until || startsAt === undefined) return forMs;
  if (until.at <= startsAt) throw new JitError('endsBeforeStart', { word: until.said });
  return until.at - startsAt;
}

async function startFor(deps: Deps, person: Person, typed: string): Promise<Instant> {
  return startOf(typed, (await deps.store.now()).at, person.zone ?? 'UTC');
}

/** What is asked from when nobody says: a canonical prefix, or a name that still stands for something. */
export async function usualSource(deps: Deps, person: Person, machine: Machine): Promise<string | undefined> {
  const last = await deps.store.lastSource(person.id, machine.id);
  return last !== undefined && (deps.rules.sources.has(last) || parseSource(last)) ? last : person.address;
}

/** The word means an Azure Bastion wherever there may be one; in other clouds it may be a name like others. */
function isAzureBastion(deps: Deps, { source, machine }: AskedOn): boolean {
  const { bastion } = cloudFor(deps, machine.id);
  return source === BASTION && (bastion !== undefined || !deps.rules.sources.has(BASTION));
}

/** What was approved stays: a Bastion that moves to another subnet afterwards needs a new request. */
function bastionOf(deps: Deps, machine: Machine, signal: AbortSignal): Promise<Bastion> {
  const cloud = cloudFor(deps, machine.id);
  if (!cloud.bastion) throw new JitError('noBastion', { machine: machine.name });
  return cloud.bastion(machine.id, signal);
}

/** The first port that a policy lists and that is protected. */
function usualPorts(policies: readonly Policy[], { machine, protection }: MachineState): readonly Port[] {
  const ports = policies.flatMap((policy) => policy.ports);
  const usual = ports.find((port) => protection?.ports.some((own) => samePort(own.port, port)));
  if (usual) return [usual];
  const [first] = ports;
  throw first ? unprotected(machine.name, first, protection) : new JitError('noPolicy', { machine: machine.name });
}

/** An hour, or the longest that the policies of these ports allow. */
export function usualMs(policies: readonly Policy[], ports: readonly Port[]): number {
  const own = coverage(policies).filter(({ port }) => ports.some((one) => samePort(one, port)));
  return Math.min(
    ...own.map(({ policy: { usualMs: usual = USUAL_MS, longestMs } }) => Math.min(usual, longestMs)),
    DAY_MS,
  );
}
