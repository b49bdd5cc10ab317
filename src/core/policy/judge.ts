import { JitError } from '../errors/errors.ts';
import { durationText } from '../language/duration.ts';
import { DAY_MS, type Instant } from '../language/instant.ts';
import { type Port, portText, samePort, uniquePorts } from '../rule/port.ts';
import { contains, familyOf, isAny, isGroup, meet, namedSourceText, prefixLength } from '../rule/source.ts';
import { factsFor } from './condition.ts';
import { duringText, isDuring, touches } from './during.ts';
import { every, type Holds, isUnknown } from './holds.ts';
import { hoursText } from './hours.ts';
import { beginOf, chainsOf, isOutside, lackOfReason, spanOf } from './needs.ts';
import { covers, type Policy, type Refusal } from './policy.ts';
import type { Chain } from './stage.ts';
import type { Wish } from './wish.ts';

/** So far ahead a request may start where its policies do not say. */
const USUAL_AHEAD_MS = 7 * DAY_MS;

/** What the policies say of a wish. */
export interface Ruling {
  /** Those of all its ports, each once, in the order of the file: it needs what each of them needs. */
  readonly policies: readonly Policy[];
  /** The stages that each of them demands; none where it lets this in without a decision. */
  readonly chains: readonly Chain[];
  /** Every reason against it, one of each sort; it is allowed when there is none. */
  readonly against: readonly JitError[];
}

/**
 * Judges a wish. What is refused is refused whatever policies say. The policy of a port is the first of the file whose people,
 * machines, time and ports cover it; whatever else is asked for is judged by it, and never leads to another: so asking for
 * more never needs less. Where nobody can tell whether one covers it, no later one is taken instead.
 */
export function judge(policies: readonly Policy[], wish: Wish, refusals: readonly Refusal[] = []): Ruling {
  const refused = againstRefusals(refusals, wish);
  const begin = beginOf(wish);
  // NB. A thousand policies may be looked at, and few cover: nothing is made for those that do not.
  const covering: { readonly policy: Policy; readonly answer: Holds }[] = [];
  for (const policy of policies) {
    const answer =
      (policy.during === undefined || isDuring(policy.during, begin)) && covers(policy, wish.person, wish.machine);
    if (answer !== false) covering.push({ policy, answer });
  }
  const meant = covering.map(({ policy }) => policy);
  if (meant.length === 0 || wish.ports.length === 0)
    return {
      policies: [],
      chains: [],
      against: [...refused, new JitError('noPolicy', { machine: wish.machine.name })],
    };
  const chosen = coverage(meant).filter((one) => wish.ports.some((asked) => samePort(asked, one.port)));
  const needed = covering.filter(({ policy }) => chosen.some((one) => one.policy === policy));
  const sure = needed.flatMap(({ policy, answer }) => (answer === true ? [policy] : []));
  const unsure = needed.find(({ answer }) => isUnknown(answer));
  const objections = [
    unsure && unknownCover(unsure.policy, unsure.answer),
    onBehalf(sure, wish),
    condition(sure, wish, begin),
    port(meant, wish),
    duration(sure, wish),
    ahead(sure, wish),
    hours(sure, wish),
    reason(sure, wish),
    sessions(sure, wish),
    never(sure, wish),
    source(sure, wish),
  ];
  return {
    policies: sure,
    chains: chainsOf(sure, wish),
    against: [...refused, ...objections.flatMap((error) => error || [])],
  };
}

/** What is refused whatever policies say. */
export function againstRefusals(refusals: readonly Refusal[], wish: Wish): readonly JitError[] {
  return refusals.flatMap((one) => againstRefusal(one, wish) ?? []);
}

function onBehalf(needed: readonly Policy[], { person, isOnBehalf }: Wish): JitError | undefined {
  const policy = isOnBehalf ? needed.find((one) => !one.onBehalf) : undefined;
  return policy && new JitError('policyOnBehalf', { policy: policy.name, name: person.name });
}

/** By what each policy demands in an expression, the first one that is not met. */
function condition(needed: readonly Policy[], { person, machine }: Wish, begin: Instant): JitError | undefined {
  for (const { name, when } of needed) {
    const answer = when?.holds(factsFor(person, machine, begin)) ?? true;
    if (isUnknown(answer)) return new JitError('conditionUnknown', { policy: name, what: answer.unknown });
    if (!answer) return new JitError('policyCondition', { policy: name, condition: when?.text ?? '' });
  }
  return undefined;
}

/** A refusal that touches any of the time that is asked for. */
function againstRefusal(refusal: Refusal, wish: Wish): JitError | undefined {
  const { now, ports } = wish;
  const isThere = touches(refusal.during, { from: now, until: spanOf(wish).until });
  const hasPort = !refusal.ports || ports.some((asked) => refusal.ports?.some((one) => samePort(one, asked)));
  const answer = every([isThere, hasPort, covers(refusal, wish.person, wish.machine)]);
  if (isUnknown(answer)) return unknownCover(refusal, answer);
  if (!answer) return undefined;
  const when = refusal.during ? `It holds ${duringText(refusal.during)}.` : 'Nobody can approve it.';
  return new JitError('policyRefuses', { policy: refusal.name, reason: refusal.reason.replace(/\.$/, ''), when });
}

function unknownCover({ name }: Policy | Refusal, answer: Holds): JitError {
  return new JitError('coverUnknown', { policy: name, what: isUnknown(answer) ? answer.unknown : '' });
}

/** Every port that these policies allow, with the first of them that does: they are the same person's and machine's. */
export function coverage(policies: readonly Policy[]): readonly { readonly port: Port; readonly policy: Policy }[] {
  const first = new Map<string, { readonly port: Port; readonly policy: Policy }>();
  for (const policy of policies) {
    for (const one of policy.ports) {
      const key = portText(one);
      if (!first.has(key)) first.set(key, { port: one, policy });
    }
  }
  return [...first.values()];
}

function port(meant: readonly Policy[], { ports, machine }: Wish): JitError | undefined {
  const allowed = uniquePorts(meant.flatMap((policy) => policy.ports));
  const none = ports.find((asked) => !allowed.some((one) => samePort(one, asked)));
  if (!none) return undefined;
  const words = { port: portText(none), machine: machine.name, allowed: allowed.map(portText).join(', ') };
  const left = ports.filter((asked) => allowed.some((one) => samePort(one, asked)));
  const instead = left.length > 0 ? left : allowed.slice(0, 1);
  return new JitError('policyPort', words, { choices: instead.length > 0 ? [instead.map(portText).join(', ')] : [] });
}

/** By the shortest time of all: what it says would pass does. */
function duration(needed: readonly Policy[], { forMs, since }: Wish): JitError | undefined {
  const [policy] = needed.toSorted((a, b) => a.longestMs - b.longestMs);
  if (!policy || forMs <= policy.longestMs) return undefined;
  const longest = durationText(policy.longestMs);
  if (since === undefined)
    return new JitError(
      'policyDuration',
      { policy: policy.name, longest, asked: durationText(forMs) },
      { choices: [longest] },
    );
  return new JitError('policyExtension', { policy: policy.name, longest, until: { at: since + policy.longestMs } });
}

/** By the one that lets it start least far ahead. */
function ahead(needed: readonly Policy[], { from, now }: Wish): JitError | undefined {
  const most = ({ aheadMs = USUAL_AHEAD_MS }: Policy) => aheadMs;
  const [policy] = needed.toSorted((a, b) => most(a) - most(b));
  if (!policy || from === undefined || from - now <= most(policy)) return undefined;
  return new JitError('policyAhead', { policy: policy.name, most: durationText(most(policy)) });
}

/** Outside its hours, a policy that names nobody to decide then refuses. */
function hours(needed: readonly Policy[], wish: Wish): JitError | undefined {
  const { from, until } = spanOf(wish);
  const policy = needed.find((one) => one.hours && !one.hours.outside && isOutside(one, from, until));
  return policy?.hours && new JitError('policyHours', { policy: policy.name, hours: hoursText(policy.hours) });
}

function reason(needed: readonly Policy[], { because }: Wish): JitError | undefined {
  if (because === undefined) return undefined;
  for (const { name, because: rule } of needed) {
    const lack = rule && lackOfReason(rule, because);
    if (lack !== undefined) return new JitError('policyReason', { policy: name, lack });
  }
  return undefined;
}

function sessions(needed: readonly Policy[], { cutsSessions, sessionsStay, machine }: Wish): JitError | undefined {
  const policy = needed.find((one) => one.cutSessions && !cutsSessions);
  const why = sessionsStay === undefined ? '' : `: ${sessionsStay}`;
  return policy && new JitError('policySessions', { policy: policy.name, machine: machine.name, why });
}

/** May anybody at all ask from this source under the policy, or from a part of one that it lists? */
export function allowsSource(policy: Policy, from: string): boolean {
  if (policy.neverFrom?.some((one) => contains(one.source, from))) return false;
  if (policy.sources) return policy.sources.some((one) => contains(one.source, from));
  if (isGroup(from)) return allowsGroups(policy);
  return policy.anySource || prefixLength(from) >= policy.widest[familyOf(from)];
}

/** Nobody knows how many bear a group: it must be written that it, or any source, may be let in. */
function allowsGroups({ sources, anySource }: Policy): boolean {
  return sources !== undefined || anySource;
}

/** By what a policy keeps out, however the source is named: where they only meet, a part of it would be let in. */
function never(needed: readonly Policy[], wish: Wish): JitError | undefined {
  for (const { name, neverFrom = [] } of needed) {
    const kept = neverFrom.find((one) => meet(one.source, wish.source));
    if (kept)
      return new JitError('policyNeverFrom', {
        policy: name,
        never: namedSourceText(kept),
        source: namedSourceText(wish),
      });
  }
  return undefined;
}

/** By the narrowest source of all. */
function source(needed: readonly Policy[], wish: Wish): JitError | undefined {
  if (wish.isBastion) {
    const without = needed.find((policy) => !policy.bastion);
    return without && new JitError('policyBastion', { policy: without.name });
  }
  const elsewhere = needed.find(({ sources }) => sources?.every((one) => !contains(one.source, wish.source)));
  if (elsewhere) return otherSource(elsewhere, wish);
  if (isGroup(wish.source)) {
    const unwritten = needed.find((policy) => !allowsGroups(policy));
    return unwritten && new JitError('policyGroup', { source: namedSourceText(wish), policy: unwritten.name });
  }
  const family = familyOf(wish.source);
  const [policy] = needed.filter((one) => !one.anySource).toSorted((a, b) => b.widest[family] - a.widest[family]);
  if (!policy) return undefined;
  if (isAny(wish.source)) return new JitError('policyAnySource', { policy: policy.name });
  const widest = policy.widest[family];
  if (prefixLength(wish.source) >= widest) return undefined;
  return new JitError('policySource', { source: namedSourceText(wish), policy: policy.name, widest: `/${widest}` });
}

function otherSource({ name, sources = [] }: Policy, wish: Wish): JitError {
  const allowed = sources.map(namedSourceText).join(', ');
  const choices = sources.flatMap(({ sourceName }) => sourceName ?? []);
  return new JitError('policyOtherSource', { source: namedSourceText(wish), policy: name, allowed }, { choices });
}
