import { JitError } from '../errors/errors.ts';
import { durationText } from '../language/duration.ts';
import type { CloudName, Machine } from '../machine/machine.ts';
import { cloudOf } from '../machine/machine.ts';
import type { Person, Subject } from '../people/person.ts';
import { isMeant } from '../people/person.ts';
import type { Place } from '../people/place.ts';
import { type Port, portText, samePort } from '../rule/port.ts';
import { familyOf, isAny, prefixLength, sourceText } from '../rule/source.ts';

/** Who may ask for what, from where, for how long, and who decides. */
export interface Policy {
  readonly name: string;
  readonly who: readonly Subject[];
  readonly machines: MachinesMeant;
  /** The first is the default when somebody names no port. */
  readonly ports: readonly Port[];
  /** The shortest prefix length that is allowed, for each family. */
  readonly widest: { readonly ipv4: number; readonly ipv6: number };
  /** Written permission to open to everybody. */
  readonly anySource: boolean;
  /** Written permission to open to the whole subnet of an Azure Bastion, however wide. */
  readonly bastion: boolean;
  /** Only where open sessions are cut when a rule goes. */
  readonly cutSessions: boolean;
  readonly longestMs: number;
  readonly approvers: readonly Subject[];
  /** How many different people must approve. */
  readonly approvals: number;
  /** Written permission to extend without a decision, by so much in all. */
  readonly extendSelfUpToMs: number;
  /** How long a request waits for an answer. */
  readonly unansweredMs: number;
  readonly tell: readonly Place[];
}

/** What drawbridge.yaml rules, as far as the use cases ask. */
export interface HouseRules {
  readonly policies: readonly Policy[];
  /** Who may protect machines from chat. */
  readonly protectors: readonly Subject[];
  readonly shortestMs: number;
  readonly digest?: Digest;
}

/** When and where it is told every day what should be protected. */
export interface Digest {
  /** Minute of the day in the zone. */
  readonly atMinute: number;
  /** IANA time zone. */
  readonly zone: string;
  readonly tell: readonly Place[];
}

export interface MachinesMeant {
  readonly cloud?: CloudName;
  /** Names with `*`; a machine must match one. Empty: any name. */
  readonly names: readonly string[];
  /** All of these tags, with these values. */
  readonly tags: Readonly<Record<string, string>>;
}

export interface Wish {
  readonly person: Person;
  readonly machine: Machine;
  readonly ports: readonly Port[];
  readonly source: string;
  /** The source is the subnet of an Azure Bastion. */
  readonly isBastion: boolean;
  readonly forMs: number;
  /** Are the machine's open sessions cut when a rule goes? */
  readonly cutsSessions: boolean;
}

/** Policies under which this person may ask for this machine at all, in the file's order. */
export function policiesFor(policies: readonly Policy[], person: Person, machine: Machine): readonly Policy[] {
  return policies.filter((policy) => isMeant(person, policy.who) && meansMachine(policy.machines, machine));
}

/**
 * The first policy that allows the wish. When none does, the error says what the first one that fits the person and
 * machine has against it; no policy at all is `noPolicy`.
 */
export function judge(policies: readonly Policy[], wish: Wish): Policy {
  const meant = policiesFor(policies, wish.person, wish.machine);
  let first: JitError | undefined;
  for (const policy of meant) {
    const against = objection(policy, wish);
    if (!against) return policy;
    first ??= against;
  }
  throw first ?? new JitError('noPolicy', { machine: wish.machine.name });
}

/** What one policy has against a wish, if anything. */
export function objection(policy: Policy, wish: Wish): JitError | undefined {
  const port = wish.ports.find((asked) => !policy.ports.some((allowed) => samePort(allowed, asked)));
  if (port) {
    const allowed = policy.ports.map(portText).join(', ');
    return new JitError('policyPort', {
      policy: policy.name,
      port: portText(port),
      machine: wish.machine.name,
      allowed,
    });
  }
  if (wish.forMs > policy.longestMs) {
    const longest = durationText(policy.longestMs);
    return new JitError('policyDuration', { policy: policy.name, longest, asked: durationText(wish.forMs) });
  }
  if (policy.cutSessions && !wish.cutsSessions)
    return new JitError('policySessions', { policy: policy.name, machine: wish.machine.name });
  if (wish.isBastion) return policy.bastion ? undefined : new JitError('policyBastion', { policy: policy.name });
  if (isAny(wish.source))
    return policy.anySource ? undefined : new JitError('policyAnySource', { policy: policy.name });
  const widest = policy.widest[familyOf(wish.source)];
  if (prefixLength(wish.source) < widest) {
    return new JitError('policySource', { source: sourceText(wish.source), policy: policy.name, widest: `/${widest}` });
  }
  return undefined;
}

export function meansMachine(meant: MachinesMeant, machine: Machine): boolean {
  if (meant.cloud && meant.cloud !== cloudOf(machine.id)) return false;
  if (meant.names.length > 0 && !meant.names.some((name) => glob(name, machine.name))) return false;
  return Object.entries(meant.tags).every(([key, value]) => machine.tags[key] === value);
}

/** `*` stands for any characters; the rest is compared without regard to case. */
function glob(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'i').test(text);
}
