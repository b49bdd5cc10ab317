import { isGivenUp, JitError } from '../../core/errors/errors.ts';
import type { Instant } from '../../core/language/instant.ts';
import { say } from '../../core/language/say.ts';
import { cloudOf } from '../../core/machine/machine.ts';
import { againstProtection } from '../../core/machine/protection.ts';
import type { Person } from '../../core/people/person.ts';
import { ownersTags } from '../../core/policy/approval.ts';
import { judge } from '../../core/policy/judge.ts';
import type { Policy } from '../../core/policy/policy.ts';
import { isGroup, namedSourceText } from '../../core/rule/source.ts';
import type { MachineState } from '../../ports/cloud.ts';
import { cloudFor } from '../machine/cloud.ts';
import { absent, againstIdentity, againstName, againstWay } from './against.ts';
import type { Case } from './case.ts';
import { type Decisions, decisions, NOTHING_DECIDED } from './decisions.ts';
import type { Judging } from './judging.ts';
import { againstTickets } from './tickets.ts';

/** What came of it. Either list refuses: the one because somebody or something says no, the other because nobody can tell. */
export interface Judgement extends Omit<Decisions, 'against'> {
  readonly unsatisfied: readonly JitError[];
  readonly failed: readonly JitError[];
  /** As they are now; absent when they are gone. */
  readonly requester?: Person;
  /** Absent when it is gone or could not be read. */
  readonly state?: MachineState;
  /** Of a security group, whom it lets in, in a sentence. */
  readonly bearers?: string;
  /** Those that it is judged by, in the order of the file. */
  readonly policies: readonly Policy[];
}

/** What was judged, with nothing against it. */
export interface AllowedCase extends Judgement {
  readonly requester: Person;
  readonly state: MachineState;
}

/**
 * The one analysis that asking, approving, extending and opening run: person, machine and its identity, policies,
 * protection, entitlement, approvers, as all of them are now. It keeps every reason. `read` looks at the machine, where
 * that was done already, or is done for several.
 */
export async function analyse(
  deps: Judging,
  asked: Case,
  signal: AbortSignal,
  read = () => cloudFor(deps, asked.machine).look(asked.machine, signal),
): Promise<Judgement> {
  const asking = await settled(deps.directory.byId(asked.requester.id));
  const requester = 'value' in asking && !asking.value?.disabled ? asking.value : undefined;
  const [{ at: now }, seen, bearing, entitled, reviewing] = await Promise.all([
    deps.store.now(),
    settled(lookAt(asked, read)),
    settled(bearers(deps, asked, signal)),
    settled(requester && deps.clouds.get(cloudOf(asked.machine))?.mayRequest?.(requester, asked.machine, signal)),
    settled(Promise.all(asked.approvedBy.map(({ id }) => deps.directory.byId(id)))),
  ]);
  const state = 'value' in seen ? seen.value : undefined;
  const ruling =
    requester && state
      ? judge(deps.rules.policies, wishOf(asked, requester, state, now), deps.rules.refusals)
      : undefined;
  const policies = ruling?.policies ?? [];
  const reviewers = 'value' in reviewing ? reviewing.value : undefined;
  const { approvedBy, askedAt = now, askedBy, hurried } = asked;
  const reviews = approvedBy.map((one, i) => reviewed(one, reviewers?.[i], now));
  const tags = state ? ownersTags(state.machine, policies) : {};
  const about = { policies, chains: ruling?.chains ?? [], tags, reviews, now, askedAt, askedBy, hurried };
  const deciding = await settled(requester ? decisions(deps, { ...about, requester }, signal) : NOTHING_DECIDED);
  const { against: undecided, ...decided } = 'value' in deciding ? deciding.value : NOTHING_DECIDED;
  const against = [
    ...(asked.isUnsealed ? [new JitError('notOurs')] : []),
    ...('error' in asking ? [asking.error] : absent(asked, asking.value)),
    ...('error' in reviewing ? [reviewing.error] : []),
    ...('error' in deciding ? [deciding.error] : []),
    ...('error' in seen ? [seen.error] : []),
    ...('error' in bearing ? [bearing.error] : []),
    ...(state ? [...againstIdentity(asked, state), ...(state.against ?? [])] : []),
    ...againstName(asked, deps.rules.sources),
    ...(ruling?.against ?? []),
    ...(state && policies.length > 0 ? againstProtection(state.protection, asked.machineName, asked) : []),
    ...(policies.length > 0 ? againstWay(asked, state) : []),
    ...asked.ports.flatMap((port) => state?.keptOut?.(port, asked.source) ?? []),
    ...('error' in entitled ? [entitled.error] : []),
    ...(await againstTickets(deps, policies, asked.because, signal)),
    ...undecided,
  ];
  return {
    unsatisfied: against.filter((error) => !cannotTell(error)),
    failed: against.filter(cannotTell),
    ...(requester ? { requester } : {}),
    ...(state ? { state } : {}),
    ...('value' in bearing && bearing.value !== undefined ? { bearers: bearing.value } : {}),
    policies,
    ...decided,
    // Of those nobody can tell of, no approval is void, and none counts: `failed` has why.
    ...(reviewers ? {} : { missing: [], voided: [] }),
  };
}

function reviewed({ id, name, at, stepUp }: Case['approvedBy'][number], person: Person | undefined, now: Instant) {
  // Whoever approves now is asked for more once everything else allows it.
  return { id, name, at: at ?? now, person, stepUp: at === undefined ? ('signIn' as const) : stepUp };
}

/** Throws every reason against it, the first one in front; what says no goes before what cannot be told. */
export function mustBeAllowed(judgement: Judgement): AllowedCase {
  const [first, ...others] = [...judgement.unsatisfied, ...judgement.failed];
  if (first) throw first.with(others);
  const { requester, state } = judgement;
  if (!requester || !state) throw new Error('judged without a requester or a machine');
  return { ...judgement, requester, state };
}

function wishOf(asked: Case, person: Person, state: MachineState, now: Instant) {
  const { ports, source, sourceName, bastion, forMs, since, because } = asked;
  const from = asked.from ?? asked.startsAt;
  const { cutsSessions = false, sessionsStay } = cutting(source, state);
  const { machine } = state;
  return {
    person,
    ...(asked.askedBy ? { isOnBehalf: true } : {}),
    machine,
    ports,
    source,
    isBastion: bastion !== undefined,
    forMs,
    cutsSessions,
    now,
    ...(because === undefined ? {} : { because }),
    ...(from === undefined ? {} : { from }),
    ...(sessionsStay === undefined ? {} : { sessionsStay }),
    ...(sourceName === undefined ? {} : { sourceName }),
    ...(since === undefined ? {} : { since }),
  };
}

/** Can sessions be cut? Those of a group are not told from others: its members may have changed since. */
export function cutting(source: string, state: MachineState): Pick<MachineState, 'cutsSessions' | 'sessionsStay'> {
  return isGroup(source) ? { sessionsStay: 'they come from whoever bears a security group' } : state;
}

/** Whom a group lets in, as its cloud tells. Throws `groupOfOtherCloud`, `groupElsewhere`. */
async function bearers(deps: Judging, asked: Case, signal: AbortSignal): Promise<string | undefined> {
  if (!isGroup(asked.source)) return undefined;
  const cloud = cloudFor(deps, asked.machine);
  if (!cloud.bearers)
    throw new JitError('groupOfOtherCloud', { source: namedSourceText(asked), machine: asked.machineName });
  return cloud.bearers(asked.machine, asked.source, signal);
}

async function lookAt({ machineName }: Case, read: () => Promise<MachineState>): Promise<MachineState> {
  try {
    return await read();
  } catch (error) {
    const isGone = error instanceof JitError && error.code === 'machineGone';
    throw isGone ? new JitError('machineGone', { machine: machineName }, { cause: error }) : error;
  }
}

/** Nobody knows: it is a no, and may be a yes later. */
export function cannotTell({ kind }: JitError): boolean {
  return kind === 'unjudged' || kind === 'busy' || kind === 'bug';
}

type Settled<T> = { readonly value: T } | { readonly error: JitError };

/** A refusal is one reason among others. What is none, or no time limit, is a bug of ours, and goes on. */
async function settled<T>(work: T | Promise<T>): Promise<Settled<T>> {
  try {
    return { value: await work };
  } catch (error) {
    if (error instanceof JitError) return { error };
    if (isGivenUp(error)) return { error: new JitError('cloudSilent', { cloud: say`The cloud` }, { cause: error }) };
    throw error;
  }
}
