import { DescribeManagedPrefixListsCommand, type SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { LockdownWay } from '../../../src/core/machine/lockdown.ts';
import type { Port } from '../../../src/core/rule/port.ts';
import type { Onboarding } from '../ec2/onboarding.ts';
import { mostRules } from '../ec2/quotas.ts';
import { bearsMark } from '../ec2/rule.ts';
import type { Site } from '../ec2/sites.ts';
import { TAG, tagsOf } from '../ec2/tags.ts';
import { isCopied } from './copied.ts';
import { type Peer, permissionIn, permissionKey, without } from './permission.ts';
import type { OpenGroup } from './survey.ts';

/** What rules count for IPv4 and for IPv6: each family has the whole quota. */
type Count = readonly [number, number];

/**
 * "AWS-managed prefix lists", by the ends of their names: what each counts for. DescribeManagedPrefixLists does not show it.
 */
const WEIGHTS: readonly (readonly [RegExp, number])[] = [
  [/\.(?:s3|dynamodb)$/, 1],
  [/\.ec2-instance-connect$/, 2],
  [/\.groundstation$/, 5],
  [/\.s3express$/, 6],
  [/\.vpc-lattice$/, 10],
  [/\.route53-healthchecks$/, 25],
  [/\.cloudfront\.origin-facing$/, 55],
];

/** Rules of one group that go together, and how many come in their place. */
interface Step {
  readonly rules: readonly SecurityGroupRule[];
  readonly pieces: ReadonlyMap<string, Peer>;
}

/**
 * Why a group, or the copy of it, has no room for what closing these ports makes of its rules; undefined where it has, so
 * that none of it is begun that cannot be ended.
 */
export async function whyNoRoom(
  work: Onboarding,
  open: OpenGroup,
  ports: readonly Port[],
  how: LockdownWay,
): Promise<string | undefined> {
  const { aws, site, signal } = work;
  const steps = stepsOf(open.rules, ports);
  const copied = isCopied(open, how, aws.installation);
  if (!copied && steps.every(({ pieces }) => pieces.size === 0)) return undefined;
  const weights = await weightsOf(site, open.all, signal);
  if (typeof weights === 'string') return weights;
  const now = open.all.map((rule) => weighed(permissionIn(rule).peer, weights));
  // A quota that cannot be read is the usual one, or as much as is there already.
  const most = (await mostRules(aws, site, signal)) ?? Math.max(60, larger(sum(now)));
  const inCopy = larger(
    sum(open.all.filter((rule) => !bearsMark(rule)).flatMap((rule) => remainder(rule, ports, weights))),
  );
  const needed = copied ? inCopy : peak(open.all, steps, weights);
  if (needed <= most) return undefined;
  const isHelped = !copied && open.others.length > 0 && inCopy <= most;
  const who = copied ? 'a copy' : 'the group';
  return `${who} would need ${needed} rules, and AWS allows ${most}: raise the quota${isHelped ? ', or choose `copying`' : ''}`;
}

/** In the order in which they are made: what frees room comes first. */
function stepsOf(rules: readonly SecurityGroupRule[], ports: readonly Port[]): readonly Step[] {
  return inOrder([...Map.groupBy(rules, originOf).values()], ports).map((together) => {
    const pieces = together.flatMap((rule) => without(permissionIn(rule), ports));
    return { rules: together, pieces: new Map(pieces.map((piece) => [permissionKey(piece), piece.peer])) };
  });
}

/**
 * Rules, or groups of them that are pieces of one rule, so that what becomes fewest comes first; of the same growth what
 * counts for more, which is then not there any more when others stand twice.
 */
export function inOrder(
  together: readonly (readonly SecurityGroupRule[])[],
  ports: readonly Port[],
): readonly (readonly SecurityGroupRule[])[] {
  const growth = (rules: readonly SecurityGroupRule[]) =>
    rules.reduce((grown, rule) => grown + without(permissionIn(rule), ports).length - 1, 0);
  const lists = (rules: readonly SecurityGroupRule[]) => rules.filter(({ PrefixListId }) => PrefixListId).length;
  return together.toSorted((a, b) => growth(a) - growth(b) || lists(b) - lists(a));
}

/** The same for the pieces that were made of one rule. */
export function originOf({ Tags, SecurityGroupRuleId = '' }: SecurityGroupRule): string {
  return tagsOf(Tags)[TAG.undo] ?? SecurityGroupRuleId;
}

/** What comes stands beside what it comes in place of, until that goes. */
function peak(all: readonly SecurityGroupRule[], steps: readonly Step[], weights: Weights): number {
  const there = new Map(all.map((rule) => [permissionKey(permissionIn(rule)), permissionIn(rule).peer]));
  let most = 0;
  for (const { rules, pieces } of steps) {
    for (const [key, peer] of pieces) there.set(key, peer);
    if (pieces.size > 0) most = Math.max(most, larger(sum([...there.values()].map((peer) => weighed(peer, weights)))));
    for (const rule of rules) {
      const key = permissionKey(permissionIn(rule));
      if (!pieces.has(key)) there.delete(key);
    }
  }
  return most;
}

function remainder(rule: SecurityGroupRule, ports: readonly Port[], weights: Weights): readonly Count[] {
  return without(permissionIn(rule), ports).map(({ peer }) => weighed(peer, weights));
}

type Weights = ReadonlyMap<string, Count>;

/** A reference to a group counts for both families, a prefix list for all that it may hold ("Amazon VPC quotas"). */
function weighed({ kind, value }: Peer, weights: Weights): Count {
  if (kind === 'group') return [1, 1];
  if (kind === 'prefixList') return weights.get(value) ?? [1, 1];
  return kind === 'ipv4' ? [1, 0] : [0, 1];
}

function sum(counts: readonly Count[]): Count {
  return [counts.reduce((all, [four]) => all + four, 0), counts.reduce((all, [, six]) => all + six, 0)];
}

function larger([four, six]: Count): number {
  return Math.max(four, six);
}

/** What the prefix lists of rules count for, read only where there are any; or why that cannot be told. */
async function weightsOf(
  site: Site,
  rules: readonly SecurityGroupRule[],
  signal: AbortSignal,
): Promise<Weights | string> {
  const ids = [...new Set(rules.flatMap(({ PrefixListId }) => PrefixListId ?? []))];
  if (ids.length === 0) return new Map();
  const Filters = [{ Name: 'prefix-list-id', Values: ids }];
  const { PrefixLists = [] } = await site.call(signal, (ec2, options) =>
    ec2.send(new DescribeManagedPrefixListsCommand({ Filters, MaxResults: 100 }), options),
  );
  const weights = new Map<string, Count>();
  for (const { PrefixListId = '', PrefixListName = '', AddressFamily, MaxEntries } of PrefixLists) {
    const count = MaxEntries ?? WEIGHTS.find(([name]) => name.test(PrefixListName))?.[1];
    if (count !== undefined) weights.set(PrefixListId, AddressFamily === 'IPv6' ? [0, count] : [count, 0]);
  }
  const unknown = ids.filter((id) => !weights.has(id));
  return unknown.length === 0
    ? weights
    : `how many rules the prefix list ${unknown.join(', ')} counts for cannot be told; take its rule out first`;
}
