import { durationText } from '../language/duration.ts';
import { type Port, portText, samePort } from '../rule/port.ts';
import { contains, namedSourceText } from '../rule/source.ts';
import { decidersOf } from './approval.ts';
import { areMeant, type Crowd, mayShare, partsOf } from './crowd.ts';
import { hoursText } from './hours.ts';
import { containsMachines, mayShareMachines } from './machines.ts';
import type { Policy, Refusal } from './policy.ts';
import { isSteppedUp } from './step-up.ts';

/** What somebody who wrote two policies may not expect of their order. */
export interface Overlap {
  /** The place of the later policy in the file. */
  readonly at: number;
  /** `never`: the later one never applies. `stricter`: it does not apply where both cover, and asks for more there. */
  readonly kind: 'never' | 'stricter';
  readonly say: string;
}

/**
 * Policies that come too late: those that earlier ones cover wholly, and those that are stricter than an earlier one which
 * covers some of the same. Who is meant is looked up among the people of the file; whom a directory knows are meant where the same words,
 * or a group that holds them, stand in both. Which machines there are is not known.
 */
export function overlaps(
  policies: readonly Policy[],
  crowd: Crowd,
  refusals: readonly Refusal[] = [],
): readonly Overlap[] {
  const always = refusals.filter(({ during }) => !during);
  return policies.flatMap((later, at): Overlap[] => {
    const before = [...always, ...policies.slice(0, at).filter(({ during }) => !during)];
    const whole = before.length > 0 ? coveredBy(before, later, crowd) : [];
    if (whole.length > 0) {
      const names = whole.map(({ name }) => `\`${name}\``).join(', ');
      const say = `\`${later.name}\` never applies: ${names} ${whole.length > 1 ? 'cover' : 'covers'} it first`;
      return [{ at, kind: 'never', say }];
    }
    return policies.slice(0, at).flatMap((earlier): Overlap[] => {
      const shared = later.ports.filter((port) => hasPort(earlier.ports, port)).map(portText);
      const than = stricterThan(later, earlier);
      const isShared = shared.length > 0 && than.length > 0 && mayShare(earlier.who, later.who, crowd);
      if (!isShared || !mayShareMachines(earlier.machines, later.machines)) return [];
      const ports = `port${shared.length > 1 ? 's' : ''} ${shared.join(', ')}`;
      const say = `\`${earlier.name}\` comes first for ${ports} wherever both apply, and \`${later.name}\` is stricter: ${than.join(', ')}`;
      return [{ at, kind: 'stricter', say }];
    });
  });
}

/** The earlier policies that leave nothing of this one; none when something is left. */
function coveredBy(before: readonly (Policy | Refusal)[], later: Policy, crowd: Crowd): readonly (Policy | Refusal)[] {
  const covering = new Set<Policy | Refusal>();
  for (const part of partsOf(later.who, crowd)) {
    for (const port of later.ports) {
      const first = before.find(
        (one) =>
          areMeant(part, one.who, crowd) &&
          (!one.ports || hasPort(one.ports, port)) &&
          containsMachines(one.machines, later.machines),
      );
      if (!first) return [];
      covering.add(first);
    }
  }
  return [...covering];
}

function hasPort(ports: readonly Port[], port: Port): boolean {
  return ports.some((one) => samePort(one, port));
}

/** What the one asks for more than the other, in words; empty when nothing. */
export function stricterThan(one: Policy, other: Policy): readonly string[] {
  const { ipv4, ipv6 } = one.widest;
  const isNarrower = ipv4 > other.widest.ipv4 || ipv6 > other.widest.ipv6;
  return [
    ...(one.longestMs < other.longestMs
      ? [`longest ${durationText(one.longestMs)} instead of ${durationText(other.longestMs)}`]
      : []),
    ...(approvalsOf(one) > approvalsOf(other)
      ? [`${approvalsOf(one)} approvals instead of ${approvalsOf(other)}`]
      : []),
    ...(other.auto && !one.auto ? ['not without a decision'] : []),
    ...(other.anySource && !one.anySource ? ['not from everywhere'] : []),
    ...(isNarrower && !one.anySource && !other.anySource ? [`sources of /${ipv4} and /${ipv6} at the widest`] : []),
    ...(one.sources && !allWithin(other.sources, one.sources)
      ? [`only from ${one.sources.map(namedSourceText).join(' or ')}`]
      : []),
    ...(one.neverFrom && !allWithin(one.neverFrom, other.neverFrom ?? [])
      ? [`never from ${one.neverFrom.map(namedSourceText).join(' or ')}`]
      : []),
    ...(other.bastion && !one.bastion ? ['not through Azure Bastion'] : []),
    ...demandsMore(one, other),
    ...(one.cutSessions && !other.cutSessions ? ['only where open sessions are cut'] : []),
    ...(other.moveWithin && !one.moveWithin ? ['no move to another address'] : []),
    ...(one.extendSelfUpToMs < other.extendSelfUpToMs ? ['less extension without a decision'] : []),
    ...(decidersOf([other]).some((approver) => !decidersOf([one]).includes(approver)) ? ['other approvers'] : []),
  ];
}

/** What else it wants of whoever requests, of the time, and of whoever approves. */
function demandsMore(one: Policy, other: Policy): readonly string[] {
  const { ticket, check, leastLetters = 0 } = one.because ?? {};
  return [
    ...(ticket && ticket.text !== other.because?.ticket?.text ? ['a ticket in the reason'] : []),
    ...(check !== undefined && check !== other.because?.check ? ['a ticket that is open'] : []),
    ...(leastLetters > (other.because?.leastLetters ?? 0) ? ['a longer reason'] : []),
    ...(one.hours && !one.hours.outside && !other.hours ? [`only within ${hoursText(one.hours)}`] : []),
    ...(one.when && one.when.text !== other.when?.text ? ['a condition'] : []),
    ...(isSteppedUp(other.stepUp, one.stepUp) ? [] : [`stepUp ${one.stepUp}`]),
    ...((one.endUnusedMs ?? Infinity) < (other.endUnusedMs ?? Infinity) ? ['closed if unused'] : []),
    ...(one.noDelegation && !other.noDelegation ? ['no delegates'] : []),
  ];
}

function approvalsOf({ stages }: Policy): number {
  return stages.flatMap(({ seats }) => seats).length;
}

/** Does everything that the inner ones allow lie within the outer ones? Absent: any source. */
function allWithin(inner: Policy['sources'], outer: NonNullable<Policy['sources']>): boolean {
  return inner?.every(({ source }) => outer.some((one) => contains(one.source, source))) ?? false;
}
