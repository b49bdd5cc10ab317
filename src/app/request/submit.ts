import { JitError } from '../../core/errors/errors.ts';
import { durationText } from '../../core/language/duration.ts';
import { type Ask, BASTION } from '../../core/language/grammar.ts';
import { HOUR_MS } from '../../core/language/instant.ts';
import type { Machine } from '../../core/machine/machine.ts';
import { match } from '../../core/machine/match.ts';
import type { Person } from '../../core/people/person.ts';
import { uniquePlaces } from '../../core/people/place.ts';
import { approversFor } from '../../core/policy/approval.ts';
import { judge, type Policy, policiesFor } from '../../core/policy/policy.ts';
import { asked } from '../../core/request/life.ts';
import { type Request, requestId } from '../../core/request/request.ts';
import { type Port, portText, samePort, uniquePorts } from '../../core/rule/port.ts';
import { contains, isAny, sourceText } from '../../core/rule/source.ts';
import type { Bastion } from '../../ports/bastions.ts';
import type { MachineState } from '../../ports/cloud.ts';
import type { Sender } from '../../ports/inbox.ts';
import type { Deps } from '../deps.ts';
import { answerInTime, cloudFor, mustBeEntitled } from '../machine/cloud.ts';
import { hint } from '../machine/commit.ts';
import { inventory } from '../machine/inventory.ts';

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

  const signal = answerInTime();
  const machine = match(await inventory(deps, signal), ask.machine);
  const meant = policiesFor(deps.rules.policies, person, machine);
  if (meant.length === 0) throw new JitError('noPolicy', { machine: machine.name });

  const bastion = ask.source === BASTION ? await bastionOf(deps, machine, signal) : undefined;
  const source =
    bastion?.prefix ?? ask.source ?? (await deps.store.lastSource(person.id, machine.id)) ?? person.address;
  if (source === undefined) throw new JitError('missingSource');
  const state = await cloudFor(deps, machine.id).look(machine.id, signal);
  const ports = ask.ports.length > 0 ? ask.ports : usualPorts(meant, state);
  const forMs = ask.forMs ?? Math.min(USUAL_MS, ...meant.map((policy) => policy.longestMs));
  if (forMs < deps.rules.shortestMs) {
    throw new JitError('tooShort', { asked: durationText(forMs), shortest: durationText(deps.rules.shortestMs) });
  }
  const policy = judge(deps.rules.policies, {
    person,
    machine,
    ports,
    source,
    isBastion: bastion !== undefined,
    forMs,
    cutsSessions: state.cutsSessions === true,
  });
  checkProtection(state, { machine, ports, source, forMs });

  await mustBeEntitled(deps, person, machine.id, signal);

  const approvers = await whoMayApprove(deps, person, policy);
  if (approvers.length < policy.approvals) throw new JitError('noApprover', { policy: policy.name });
  const { at: askedAt } = await deps.store.now();
  const request = asked({
    id: requestId(deps.random(7)),
    askedAt,
    requester: { id: person.id, name: person.name },
    machine: machine.id,
    machineName: machine.name,
    ports,
    source,
    ...(bastion ? { bastion: bastion.name } : {}),
    forMs,
    justification: ask.justification,
    policies: [policy.name],
    asked: approvers.map(({ id, name }) => ({ id, name })),
    places: placesFor(deps, person, approvers, policy, sender),
    answerBy: askedAt + policy.unansweredMs,
    standing: state.standing,
    ...(state.cutsSessions ? { cutsSessions: true } : {}),
  });
  const audit = {
    at: askedAt,
    request: request.id,
    version: 1,
    event: 'asked',
    by: person.id,
    text: request.justification,
  };
  const [saved] = await deps.store.save([{ next: request, from: 0, audit, key }]);
  if (saved !== 'saved') {
    // The same delivery came twice at once, and the other one won; or, very rarely, the id was taken.
    const winner = await madeBefore(deps, key);
    if (winner) return winner;
    throw new JitError('stale');
  }
  await hint(deps, [request]);
  return request;
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
  const guarded = protection?.ports.map(({ port }) => port) ?? [];
  const usual = policies
    .flatMap((policy) => policy.ports)
    .find((port) => guarded.some((other) => samePort(other, port)));
  if (usual) return [usual];
  const wanted = policies[0]?.ports[0];
  throw unprotected(machine, wanted ? portText(wanted) : '22', guarded);
}

function unprotected(machine: Machine, port: string, guarded: readonly Port[]): JitError {
  const list = guarded.length > 0 ? uniquePorts(guarded).map(portText).join(', ') : 'none';
  return new JitError('notProtected', { port, machine: machine.name, protected: list });
}

/** Judged when it is asked and again when it is approved: the protection may have changed. */
export function checkProtection(
  { protection }: MachineState,
  wish: { readonly machine: Machine; readonly ports: readonly Port[]; readonly source: string; readonly forMs: number },
): void {
  for (const port of wish.ports) {
    const guard = protection?.ports.find((guarded) => samePort(guarded.port, port));
    if (!guard) throw unprotected(wish.machine, portText(port), protection?.ports.map((guarded) => guarded.port) ?? []);
    if (
      guard.sources.length > 0 &&
      !guard.sources.some((allowed) => isAny(allowed) || contains(allowed, wish.source))
    ) {
      const allowed = guard.sources.join(', ');
      throw new JitError('protectedSource', {
        machine: wish.machine.name,
        source: sourceText(wish.source),
        port: portText(port),
        allowed,
      });
    }
    if (wish.forMs > guard.longestMs) {
      throw new JitError('protectedDuration', {
        machine: wish.machine.name,
        port: portText(port),
        longest: durationText(guard.longestMs),
      });
    }
  }
}

async function whoMayApprove(deps: Deps, requester: Person, policy: Policy): Promise<readonly Person[]> {
  const people = new Map<string, Person>();
  for (const subject of policy.approvers) {
    if (subject === 'manager') {
      const manager = requester.manager === undefined ? undefined : await deps.directory.byId(requester.manager);
      if (manager) people.set(manager.id, manager);
      continue;
    }
    const name = subject.slice(subject.indexOf(':') + 1);
    const found = subject.startsWith('group:') ? await deps.directory.members(name) : [await deps.directory.byId(name)];
    for (const person of found) if (person) people.set(person.id, person);
  }
  return approversFor([...people.values()], requester, policy);
}

/** The channels that the policy tells, each approver's own chat, and the requester's, where the request was made if it can be. */
function placesFor(deps: Deps, person: Person, approvers: readonly Person[], policy: Policy, sender: Sender) {
  const own = deps.directory.reach(person);
  const requesters = own.find((place) => place.chat === sender.chat) ?? own[0];
  const approversOwn = approvers.flatMap((approver) => deps.directory.reach(approver).slice(0, 1));
  return uniquePlaces([...policy.tell, ...approversOwn, ...(requesters ? [requesters] : [])]);
}
