import { durationText } from '../core/language/duration.ts';
import { MINUTE_MS } from '../core/language/instant.ts';
import { MOST_MOVES } from '../core/policy/moving.ts';
import { contains, isGroup, meet, parseSource } from '../core/rule/source.ts';
import type { Fault } from './fault.ts';
import type { Known } from './lenient.ts';
import { machinesFaults } from './machine-faults.ts';
import { didYouMean } from './meant.ts';
import { placeFaults, subjectFaults } from './named.ts';
import { LONGEST_MS } from './schema.ts';
import { sourceListFaults } from './sources.ts';
import { deciderFaults } from './stages.ts';

type KnownPolicy = NonNullable<NonNullable<Known['policies']>[number]>;

/** What is wrong with the policies: what they lack, names that lead nowhere, and limits that no request can keep. */
export function policyFaults(config: Known): readonly Fault[] {
  const { policies = [] } = config;
  return policies.flatMap((policy, i): readonly Fault[] => {
    if (!policy) return [];
    const path = ['policies', i];
    const isTwice = policies.slice(0, i).some((one) => one?.name !== undefined && one.name === policy.name);
    const own = policy.refuse === undefined ? permitFaults(config, policy, path) : refusalFaults(policy, path);
    return [
      ...(isTwice ? [{ path: [...path, 'name'], message: `${policy.name} is listed twice` }] : []),
      ...subjectFaults(config, policy.who, [...path, 'who']),
      ...whoFaults(policy, path),
      ...machinesFaults(config, policy.machines, [...path, 'machines']),
      ...duringFaults(policy, path),
      ...own,
    ];
  });
}

/** Who asks is somebody: a manager is one only to somebody else. */
function whoFaults({ who }: KnownPolicy, path: Fault['path']): readonly Fault[] {
  return (['manager', 'managersManager'] as const).flatMap((above) =>
    who?.includes(above)
      ? [{ path: [...path, 'who'], message: `${above} can only be an approver; name people or groups` }]
      : [],
  );
}

function duringFaults({ during }: KnownPolicy, path: Fault['path']): readonly Fault[] {
  if (!during) return [];
  const { from, until } = during;
  const at = [...path, 'during'];
  if (from === undefined && until === undefined) return [{ path: at, message: 'must have from, until, or both' }];
  const isOdd = from !== undefined && until !== undefined && from.replace('T', ' ') > until.replace('T', ' ');
  return isOdd ? [{ path: [...at, 'until'], message: `is before from (${from})` }] : [];
}

/** What says how a request is let through says nothing where none is. */
const PERMITS_ONLY = [
  'sources',
  'neverFrom',
  'widestSource',
  'approvers',
  'extend',
  'move',
  'endUnused',
] as const satisfies readonly (keyof KnownPolicy)[];

function refusalFaults(policy: KnownPolicy, path: Fault['path']): readonly Fault[] {
  const more = PERMITS_ONLY.flatMap((key) =>
    policy[key] === undefined ? [] : [{ path: [...path, key], message: 'cannot be set together with refuse' }],
  );
  return policy.refuse?.trim() === '' ? [{ path: [...path, 'refuse'], message: 'must not be empty' }, ...more] : more;
}

function permitFaults(config: Known, policy: KnownPolicy, path: Fault['path']): readonly Fault[] {
  const { tell, longest } = policy;
  const shortest = config.lease?.shortest;
  const required = (['who', 'ports'] as const).filter((key) => policy[key] === undefined);
  const isShort = longest !== undefined && shortest !== undefined && longest < shortest;
  const isLong = longest !== undefined && longest > LONGEST_MS;
  const least = `must be at least lease.shortest (${durationText(shortest ?? 0)})`;
  return [
    ...required.map((key) => ({ path: [...path, key], message: 'is missing' })),
    ...deciderFaults(config, policy, path),
    ...boundFaults(config, policy, path),
    ...ticketFaults(config, policy, path),
    ...unusedFaults(policy, path),
    ...reminderFaults(policy, path),
    ...placeFaults(config, tell, [...path, 'tell']),
    ...(isLong ? [{ path: [...path, 'longest'], message: 'must be 24h or less' }] : []),
    ...(isShort ? [{ path: [...path, 'longest'], message: least }] : []),
  ];
}

/** Flow logs come minutes late: what is sooner would be closed before they tell. */
const LEAST_UNUSED_MS = 20 * MINUTE_MS;

function unusedFaults({ endUnused, longest }: KnownPolicy, path: Fault['path']): readonly Fault[] {
  if (endUnused === undefined) return [];
  const at = [...path, 'endUnused'];
  const isSoon = endUnused < LEAST_UNUSED_MS;
  const isLate = longest !== undefined && endUnused >= longest;
  return [
    ...(isSoon
      ? [{ path: at, message: `must be at least ${durationText(LEAST_UNUSED_MS)}: flow logs come late` }]
      : []),
    ...(isLate ? [{ path: at, message: `must be shorter than longest (${durationText(longest)})` }] : []),
  ];
}

/** A ticket system that there is none of, or that is to be asked about no ticket. */
function ticketFaults({ tickets = {} }: Known, { because }: KnownPolicy, path: Fault['path']): readonly Fault[] {
  const { check, ticket } = because ?? {};
  const at = [...path, 'because', 'check'];
  if (check === undefined) return [];
  if (ticket === undefined) return [{ path: at, message: 'needs ticket: which word of the reason is one' }];
  if (Object.hasOwn(tickets, check)) return [];
  return [{ path: at, message: `no ticket system is called ${check}${didYouMean(check, Object.keys(tickets))}` }];
}

/** Reminders that nobody would get. */
function reminderFaults({ remind = [], unanswered }: KnownPolicy, path: Fault['path']): readonly Fault[] {
  const never = `is not before the request expires (unanswered: ${durationText(unanswered ?? 0)})`;
  return remind.flatMap((after, i) =>
    after !== undefined && unanswered !== undefined && after >= unanswered
      ? [{ path: [...path, 'remind', i], message: never }]
      : [],
  );
}

/** Bounds that leave nothing. */
function boundFaults(config: Known, policy: KnownPolicy, path: Fault['path']): readonly Fault[] {
  const { longest, usual, auto, hours } = policy;
  const most = (ms: number | undefined, key: readonly string[]): readonly Fault[] =>
    ms !== undefined && longest !== undefined && ms > longest
      ? [{ path: [...path, ...key], message: `must be at most longest (${durationText(longest)})` }]
      : [];
  const isEmpty = hours?.from !== undefined && hours.to === hours.from;
  return [
    ...most(usual, ['usual']),
    ...most(auto?.upTo, ['auto', 'upTo']),
    ...sourceListFaults(auto?.from, config.sources ?? {}, [...path, 'auto', 'from']),
    ...neverFaults(config, policy, path),
    ...moveFaults(config, policy, path),
    ...(isEmpty
      ? [{ path: [...path, 'hours', 'to'], message: 'must not be the same as from; a whole day is 00:00 to 24:00' }]
      : []),
  ];
}

/** Sources that are kept out, and leave none of those that are allowed. */
function neverFaults(
  { sources: names = {} }: Known,
  { neverFrom, sources }: KnownPolicy,
  path: Fault['path'],
): readonly Fault[] {
  const at = [...path, 'neverFrom'];
  const never = (neverFrom ?? []).flatMap((word) => prefixesOf(names, word));
  const allowed = (sources ?? []).flatMap((word) => prefixesOf(names, word));
  const isAll = allowed.length > 0 && allowed.every((one) => never.some((other) => contains(other, one)));
  return [
    ...sourceListFaults(neverFrom, names, at),
    ...(isAll ? [{ path: at, message: 'leaves none of the policy’s sources, so nothing could be requested' }] : []),
  ];
}

/** Sources that nobody could be moved to, or that approvers could not be shown. */
function moveFaults(
  { sources = {} }: Known,
  { move, sources: own }: KnownPolicy,
  path: Fault['path'],
): readonly Fault[] {
  const at = [...path, 'move', 'within'];
  const words = move?.within ?? [];
  const prefixes = words.map((word) => prefixesOf(sources, word));
  const allowed = own?.flatMap((word) => prefixesOf(sources, word));
  const messages = prefixes.map((all) => {
    if (all.some(isGroup)) return 'is a security group; an access is moved to an address';
    const isOutside = allowed && all.length > 0 && !all.some((one) => allowed.some((other) => meet(one, other)));
    return isOutside ? 'is outside of the policy’s sources, so nothing could be moved there' : undefined;
  });
  const isTooMany = prefixes.flat().length > MOST_MOVES;
  return [
    ...sourceListFaults(words, sources, at),
    ...messages.flatMap((message, i) => (message === undefined ? [] : [{ path: [...at, i], message }])),
    ...(isTooMany
      ? [{ path: at, message: `stands for more than ${MOST_MOVES} prefixes; approvers see each of them` }]
      : []),
  ];
}

/** What a word stands for: nothing where it is none. */
function prefixesOf(names: NonNullable<Known['sources']>, word: string | undefined): readonly string[] {
  if (word === undefined) return [];
  if (Object.hasOwn(names, word)) return (names[word] ?? []).flatMap((one) => one ?? []);
  const source = parseSource(word);
  return source === undefined ? [] : [source];
}
