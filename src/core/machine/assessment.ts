import { portText } from '../rule/port.ts';
import { byReach, comersText, isLoud, reachOf } from '../rule/reach.ts';
import type { StandingRule } from '../rule/rule.ts';
import type { Machine } from './machine.ts';

/** Microsoft's three answers to “should this machine have just-in-time access?”, and that nobody can tell. */
export type Verdict = 'healthy' | 'unhealthy' | 'notApplicable' | 'unknown';

/** The tabs of Microsoft's page: under protection, could be, could not be. */
export type Tab = 'configured' | 'notConfigured' | 'unsupported';

export interface Assessment {
  readonly verdict: Verdict;
  /** Why, each in words for people. */
  readonly reasons: readonly string[];
  readonly tab: Tab;
  /** What keeps ports of a protected machine open all the same, in words. For Microsoft it is healthy. */
  readonly stillOpen?: readonly string[];
  /** All of that lets in known networks and members of groups alone: nobody from the Internet. */
  readonly opensToFew?: true;
}

export interface AssessedMachine extends Assessment {
  readonly machine: Machine;
  /** What the cloud's own product says of it, where it has an opinion. */
  readonly opinion?: Opinion;
}

export interface Opinion {
  /** `Defender`. */
  readonly by: string;
  readonly verdict: Verdict;
}

/** What has to be known of an Azure VM. */
export interface AzureFacts {
  readonly cloud: 'azure';
  /** Is just-in-time access on for it? */
  readonly isProtected: boolean;
  /** Is there a network security group on its subnet or interface? */
  readonly hasGroup: boolean;
  /** Rules of these groups that allow a management port. */
  readonly groupAllows: readonly StandingRule[];
  /** Groups and subnets in front of it that could not be read. */
  readonly unread?: readonly string[];
  /** The firewall that its traffic comes through. */
  readonly firewall?: FirewallFacts;
  /** What opens the ports of a protected machine in effect, leases aside; the management ports of one that nothing guards. */
  readonly standing?: readonly StandingRule[];
}

export interface FirewallFacts {
  readonly name: string;
  /** Its rules that allow a management port of the machine. */
  readonly allows: readonly StandingRule[];
  /** What of its rules could not be read. */
  readonly unread?: readonly string[];
}

/** What has to be known of an EC2 instance. */
export interface AwsFacts {
  readonly cloud: 'aws';
  readonly isProtected: boolean;
  /** Rules of its security groups that allow a management port. */
  readonly groupAllows: readonly StandingRule[];
  /** What of their sources could not be read. */
  readonly unread?: readonly string[];
  /** What opens the ports of a protected machine in effect, leases aside. */
  readonly standing?: readonly StandingRule[];
}

/**
 * Should this machine be put under protection? Microsoft's decision, question by question in the order of its diagrams
 * (Defender for Cloud, “Understanding just-in-time VM access”), one for Azure and one for AWS.
 */
export function assess(facts: AzureFacts | AwsFacts): Assessment {
  return facts.cloud === 'azure' ? assessAzure(facts) : assessAws(facts);
}

function assessAzure(facts: AzureFacts): Assessment {
  const { isProtected, hasGroup, groupAllows, unread = [], firewall, standing = [] } = facts;
  if (isProtected) return protectedBut(standing);
  if (!hasGroup && !firewall) {
    const reasons = ['It has no network security group and no firewall in front of it.', ...openings(standing)];
    return { verdict: 'notApplicable', reasons, tab: 'unsupported' };
  }
  if (groupAllows.length + (firewall?.allows.length ?? 0) === 0 && unread.length > 0)
    return unprotected('unknown', [`Drawbridge cannot tell: it could not read the ${unread.join(' or the ')}.`]);
  if (hasGroup && groupAllows.length === 0)
    return unprotected('healthy', ['Its network security groups allow no management port.']);
  if (!firewall) return unprotected('unhealthy', openings(groupAllows));
  return firewall.allows.length > 0
    ? unprotected('unhealthy', openings([...groupAllows, ...firewall.allows]))
    : unprotected('healthy', [`The firewall ${firewall.name} lets no management port through.`]);
}

/** There is no “not applicable” on AWS: every instance has a security group. */
function assessAws({ isProtected, groupAllows, unread = [], standing = [] }: AwsFacts): Assessment {
  if (isProtected) return protectedBut(standing);
  const fromAnywhere = groupAllows.filter((way) => reachOf(way) === 'everybody');
  if (fromAnywhere.length > 0) return unprotected('unhealthy', openings(fromAnywhere));
  return unread.length > 0
    ? unprotected('unknown', [`Drawbridge cannot tell: it could not read ${unread.join(' or ')}.`])
    : unprotected('healthy', ['Its security groups open no management port to any address.']);
}

function protectedBut(standing: readonly StandingRule[]): Assessment {
  const stillOpen = openings(standing);
  const reasons = ['It is protected.'];
  if (stillOpen.length === 0) return { verdict: 'healthy', reasons, tab: 'configured' };
  const few = standing.some(isLoud) ? {} : { opensToFew: true as const };
  return { verdict: 'healthy', reasons, tab: 'configured', stillOpen, ...few };
}

function unprotected(verdict: Verdict, reasons: readonly string[]): Assessment {
  return { verdict, reasons, tab: 'notConfigured' };
}

/** One sentence for each rule, whatever number of ports it opens; the widest first. */
function openings(ways: readonly StandingRule[]): readonly string[] {
  return [...Map.groupBy(ways.toSorted(byReach), ({ source, through }) => `${source}|${through}`).values()].flatMap(
    (same) => {
      const [first] = same;
      if (!first) return [];
      const ports = [...new Set(same.map(({ port }) => portText(port)))];
      if (first.source === '')
        return [`Drawbridge cannot tell whether ${ports.join(', ')} can be reached: ${first.through}.`];
      // A group is no address: it is called what it is.
      const who = reachOf(first) === 'group' ? comersText(first) : first.source;
      return [`${ports.join(', ')} ${ports.length > 1 ? 'are' : 'is'} open to ${who} through ${first.through}.`];
    },
  );
}
