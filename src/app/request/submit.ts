import { JitError } from '../../core/errors/errors.ts';
import { BASTION, pinned } from '../../core/language/asked-source.ts';
import { durationText } from '../../core/language/duration.ts';
import type { Ask } from '../../core/language/grammar.ts';
import { DAY_MS, HOUR_MS } from '../../core/language/instant.ts';
import { servedAddresses } from '../../core/machine/address.ts';
import type { Machine } from '../../core/machine/machine.ts';
import { match } from '../../core/machine/match.ts';
import { unprotected } from '../../core/machine/protection.ts';
import type { Person } from '../../core/people/person.ts';
import { FLOOD_LIMITS, MOST_PLACES, tooMany } from '../../core/policy/floods.ts';
import { coverage } from '../../core/policy/judge.ts';
import { type Policy, policiesFor } from '../../core/policy/policy.ts';
import { asked } from '../../core/request/life.ts';
import { type Pending, type Request, requestId } from '../../core/request/request.ts';
import { type Port, samePort } from '../../core/rule/port.ts';
import { parseSource } from '../../core/rule/source.ts';
import type { Bastion } from '../../ports/bastions.ts';
import type { Cloud, MachineState } from '../../ports/cloud.ts';
import type { Sender } from '../../ports/inbox.ts';
import type { Deps } from '../deps.ts';
import { answerInTime, cloudFor } from '../machine/cloud.ts';
import { change, commit, hint } from '../machine/commit.ts';
import { inventory } from '../machine/inventory.ts';
import { analyse, cutting, mustBeAllowed } from './judgement.ts';
import { byPolicy, placesFor } from './places.ts';
import { mustHaveRoom } from './room.ts';

/** What is asked for when nobody says how long. */
const USUAL_MS = HOUR_MS;

/**
 * Takes an ask from a known person, judges it, and commits a pending request. A repeated delivery gives the request that
 * the first one made. Throws what stands against it, in words for the person.
 */
export async function submit(deps: Deps, person: Person, ask: Ask, sender: Sender): Promise<Request> {
  const key = `${sender.chat}:${sender.key}`;
  const before = await madeBefore(deps, key);
  if (before) return before;
  const most = deps.rules.floods ?? FLOOD_LIMITS;
  await mustHaveRoom(deps);
  const request = await requestFrom(deps, person, ask, sender);
  const said = { next: request, event: 'asked', by: person.id, text: request.justification };
  const [saved] = await deps.store.save([{ ...change(deps, undefined, said), key, most }]);
  if (saved === 'full') await mustNotFlood(deps, person, request);
  if (saved !== 'saved') {
    // The same delivery came twice at once, and the other one won; or, very rarely, the id was taken.
    const winner = await madeBefore(deps, key);
    if (winner) return winner;
    throw new JitError('stale');
  }
  const now = request.escalatesAt === request.askedAt ? await letIn(deps, request) : request;
  await hint(deps, [now]);
  return now;
}

/** Without a decision, as its policies say. Where that does not come off, the due index finds it, and it is judged again. */
async function letIn(deps: Deps, request: Pending): Promise<Request> {
  try {
    return await commit(deps, request.id, (before, { at }) =>
      before.status === 'pending' ? byPolicy(before, at) : undefined,
    );
  } catch (error) {
    deps.log.warn(
      { request: request.id, error },
      'a policy lets this in without a decision, and that was not kept yet',
    );
    return request;
  }
}

/** The request that this ask would make, with every default filled in and nothing against it. */
async function requestFrom(deps: Deps, person: Person, ask: Ask, sender: Sender): Promise<Pending> {
  const signal = answerInTime();
  const machine = match(await inventory(deps, signal), ask.machine);
  const meant = policiesFor(deps.rules.policies, person, machine);
  if (meant.length === 0) throw new JitError('noPolicy', { machine: machine.name });
  await mustNotFlood(deps, person, { machine: machine.id, machineName: machine.name });

  const bastion = isAzureBastion(deps, ask, machine) ? await bastionOf(deps, machine, signal) : undefined;
  const word = bastion?.prefix ?? ask.source ?? (await usualSource(deps, person, machine));
  if (word === undefined) throw new JitError('missingSource');
  const state = await cloudFor(deps, machine.id).look(machine.id, signal);
  const from = pinned(
    word,
    deps.rules.sources,
    state.addresses?.map(({ address }) => address),
  );
  const ports = ask.ports.length > 0 ? ask.ports : usualPorts(meant, state);
  const what = {
    requester: { id: person.id, name: person.name },
    machine: machine.id,
    machineName: machine.name,
    location: machine.location,
    ports,
    ...from,
    ...(bastion ? { bastion: bastion.name } : {}),
    forMs: ask.forMs ?? usualMs(meant, ports),
    ...(state.identity === undefined ? {} : { identity: state.identity }),
  };
  mustBeLongEnough(deps, what.forMs);
  const because = ask.justification;
  const allowed = mustBeAllowed(await analyse(deps, { ...what, because, approvedBy: [] }, signal, async () => state));
  const { policies, approvers, quorum, missing, escalatesAt } = allowed;
  const { at: askedAt } = await deps.store.now();
  const all = placesFor(deps, person, allowed, sender);
  const left = all.length - MOST_PLACES;
  const warnings = [
    ...(state.warnings ?? []),
    ...(allowed.bearers === undefined ? [] : [allowed.bearers]),
    ...(left > 0 ? [`Cards go to ${MOST_PLACES} places at most: ${left} approvers or channels more get none.`] : []),
  ];
  return asked({
    ...what,
    id: requestId(deps.random(7)),
    askedAt,
    justification: ask.justification,
    policies: policies.map(({ name }) => name),
    asked: approvers.map(({ id, name }) => ({ id, name })),
    places: all.slice(0, MOST_PLACES),
    answerBy: askedAt + Math.min(...policies.map(({ unansweredMs }) => unansweredMs)),
    quorum,
    ...(missing.length === 0 ? { escalatesAt: askedAt } : escalatesAt === undefined ? {} : { escalatesAt }),
    standing: state.standing.filter(({ port }) => ports.some((one) => samePort(one, port))),
    ...(state.addresses ? { addresses: servedAddresses(what.source, ports, state.addresses) } : {}),
    ...sessionsOf(cutting(what.source, state), cloudFor(deps, machine.id), policies),
    ...(warnings.length > 0 ? { warnings } : {}),
  });
}

/** Before anything slow is asked; that it holds for those that come at once, too, is seen to by the script of the commit. */
async function mustNotFlood(
  deps: Deps,
  person: Person,
  { machine, machineName }: Pick<Request, 'machine' | 'machineName'>,
): Promise<void> {
  const refusal = tooMany(await deps.store.counts(person.id, machine), deps.rules.floods ?? FLOOD_LIMITS, machineName);
  if (refusal) throw refusal;
}

/** A cloud that has to be told to cut sessions is told where a policy of the request wants it. */
function sessionsOf(
  { cutsSessions, sessionsStay }: ReturnType<typeof cutting>,
  { cut }: Cloud,
  policies: readonly Policy[],
) {
  const isWanted = !cut || policies.some((policy) => policy.cutSessions);
  if (cutsSessions && isWanted) return { cutsSessions: true };
  const why = cutsSessions ? 'no policy of this request has `cutSessions`' : sessionsStay;
  return why === undefined ? {} : { sessionsStay: why };
}

function mustBeLongEnough({ rules: { shortestMs } }: Deps, forMs: number): void {
  if (forMs < shortestMs)
    throw new JitError('tooShort', { asked: durationText(forMs), shortest: durationText(shortestMs) });
}

/** What is asked from when nobody says: a canonical prefix, or a name that still stands for something. */
export async function usualSource(deps: Deps, person: Person, machine: Machine): Promise<string | undefined> {
  const last = await deps.store.lastSource(person.id, machine.id);
  return last !== undefined && (deps.rules.sources.has(last) || parseSource(last)) ? last : person.address;
}

/** The word means an Azure Bastion wherever there may be one; in other clouds it may be a name like others. */
function isAzureBastion(deps: Deps, { source }: Ask, machine: Machine): boolean {
  const { bastion } = cloudFor(deps, machine.id);
  return source === BASTION && (bastion !== undefined || !deps.rules.sources.has(BASTION));
}

/** What was approved stays: a Bastion that moves to another subnet afterwards needs a new request. */
function bastionOf(deps: Deps, machine: Machine, signal: AbortSignal): Promise<Bastion> {
  const cloud = cloudFor(deps, machine.id);
  if (!cloud.bastion) throw new JitError('noBastion', { machine: machine.name });
  return cloud.bastion(machine.id, signal);
}

async function madeBefore(deps: Deps, key: string): Promise<Request | undefined> {
  const id = await deps.store.madeBy(key);
  return id === undefined ? undefined : (await deps.store.load(id)).request;
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
function usualMs(policies: readonly Policy[], ports: readonly Port[]): number {
  const own = coverage(policies).filter(({ port }) => ports.some((one) => samePort(one, port)));
  return Math.min(
    ...own.map(({ policy: { usualMs: usual = USUAL_MS, longestMs } }) => Math.min(usual, longestMs)),
    DAY_MS,
  );
}
