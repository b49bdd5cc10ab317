import { LONGEST_REASON } from '../core/language/terms.ts';
import { tidy } from '../core/language/text.ts';
import { fileGroups, type GroupTable } from '../core/people/groups.ts';
import type { Person } from '../core/people/person.ts';
import { type Place, placeKey } from '../core/people/place.ts';
import type { Auto, ReasonRule } from '../core/policy/bounds.ts';
import type { DrillRules } from '../core/policy/drill.ts';
import type { BreakGlass, Digest, HouseRules, Policy, ProtectionEntry, Refusal } from '../core/policy/policy.ts';
import type { RuleChanges } from '../core/policy/rule-change.ts';
import { type NamedSource, parseSource, type SourceNames } from '../core/rule/source.ts';
import { conditionOf, isLike } from './condition.ts';
import { duringOf } from './during.ts';
import { hoursOf, workOf } from './hours.ts';
import { machinesOf } from './machines.ts';
import type { Config } from './schema.ts';
import { oneStage, stageOf } from './stage.ts';

/** The shortest prefix lengths where a policy says none. */
const ONE_ADDRESS = { ipv4: 32, ipv6: 128 };
const AS_WIDE_AS_LISTED = { ipv4: 1, ipv6: 1 };

/** The people of the file, each with their groups and the managers above their own. */
export function peopleOf(config: Config): readonly Person[] {
  const managers = new Map(config.people.map(({ id, manager }) => [id, manager]));
  const table = groupTable(config);
  return config.people.map(({ work, ...person }) => ({
    ...person,
    ...(work ? { work: workOf(work) } : {}),
    ...aboveOf(managers, person.id),
    groups: fileGroups(table, [person.id, ...(person.entra ? [person.entra.toLowerCase()] : [])], []),
  }));
}

/** The groups of the file with what is in them. */
export function groupTable({ groups }: Pick<Config, 'groups'>): GroupTable {
  return new Map(Object.entries(groups));
}

/** From the manager's manager upwards. A circle ends it: with the person's own id, where they are part of it. */
export function aboveOf(
  managers: ReadonlyMap<string, string | undefined>,
  id: string,
): { readonly above?: readonly string[] } {
  const chain: string[] = [];
  for (let at = managers.get(id); at !== undefined && !chain.includes(at); at = managers.get(at)) {
    chain.push(at);
    if (at === id) break;
  }
  return chain.length > 1 ? { above: chain.slice(1) } : {};
}

/** What the names of sources stand for, each prefix once. */
export function sourceNames({ sources }: Config): SourceNames {
  return new Map(Object.entries(sources).map(([name, prefixes]) => [name, [...new Set(prefixes)]]));
}

/** The rules of the house in the core's words. */
export function houseRules(config: Config): HouseRules {
  const refusals = config.policies.flatMap((policy) => refusalOf(config, policy) ?? []);
  return {
    policies: config.policies.flatMap((policy) => (policy.refuse === undefined ? [policyOf(config, policy)] : [])),
    ...(refusals.length > 0 ? { refusals } : {}),
    ...(config.breakGlass.length > 0 ? { breakGlass: config.breakGlass.map((rule) => glassOf(config, rule)) } : {}),
    ...glassKeysOf(config),
    protectors: config.protectors,
    security: config.security,
    ...(config.language === 'en' ? {} : { language: config.language }),
    ...(config.readers.length > 0 ? { readers: config.readers } : {}),
    leaver: config.leaver,
    shortestMs: config.lease.shortest,
    floods: { person: config.requests.perPerson, machine: config.requests.perMachine, all: config.requests.total },
    cards: { most: config.requests.cardsPerApprover, withinMs: config.requests.cardsWithin },
    ...(config.cards.tags.length > 0 ? { cardTags: config.cards.tags } : {}),
    sources: sourceNames(config),
    ...hearingsOf(config),
    ...(config.operators.length > 0 ? { operators: config.operators.flatMap((place) => placeOf(config, place)) } : {}),
    ...(config.protections.length > 0
      ? { protections: config.protections.map((entry) => protectionOf(config, entry)) }
      : {}),
    ...(config.policyChanges ? { policyChanges: changesOf(config, config.policyChanges) } : {}),
    ...(config.drill ? { drill: drillOf(config.drill) } : {}),
    ...(config.digest ? { digest: digestOf(config, config.digest) } : {}),
  };
}

function changesOf(config: Config, { owners, approvals, tell }: NonNullable<Config['policyChanges']>): RuleChanges {
  return { owners, approvals, tell: tell.flatMap((place) => placeOf(config, place)) };
}

function drillOf({ tag, port, source, length, every }: NonNullable<Config['drill']>): DrillRules {
  return { tags: tag, port, source, forMs: length, everyMs: every };
}

function digestOf(config: Config, { at, zone, tell }: NonNullable<Config['digest']>): Digest {
  return { atMinute: at, zone, tell: tell.flatMap((place) => placeOf(config, place)) };
}

function refusalOf(config: Config, policy: Config['policies'][number]): Refusal | undefined {
  const { name, who, ports, during, refuse } = policy;
  if (refuse === undefined) return undefined;
  return {
    name,
    ...(who ? { who } : {}),
    machines: machinesOf(config.machines, policy.machines),
    ...(ports ? { ports } : {}),
    ...(during ? { during: duringOf(during) } : {}),
    reason: tidy(refuse, LONGEST_REASON),
  };
}

function policyOf(config: Config, policy: Config['policies'][number]): Policy {
  const { name, who = [], ports = [], approvers = [], approvals = 1, anySource, bastion, cutSessions } = policy;
  return {
    name,
    who,
    machines: machinesOf(config.machines, policy.machines),
    ...(policy.during ? { during: duringOf(policy.during) } : {}),
    ports,
    ...(policy.sources ? { sources: policy.sources.flatMap((word) => namedSources(config, word)) } : {}),
    ...(policy.neverFrom ? { neverFrom: policy.neverFrom.flatMap((word) => namedSources(config, word)) } : {}),
    widest: policy.widestSource ?? (policy.sources ? AS_WIDE_AS_LISTED : ONE_ADDRESS),
    anySource,
    bastion,
    cutSessions,
    longestMs: policy.longest,
    ...(policy.onBehalf ? { onBehalf: true as const } : {}),
    ...(policy.ahead === undefined ? {} : { aheadMs: policy.ahead }),
    ...(policy.usual === undefined ? {} : { usualMs: policy.usual }),
    ...(policy.hours ? { hours: hoursOf(policy.hours) } : {}),
    ...(policy.because ? { because: reasonRule(policy.because) } : {}),
    ...(policy.auto ? { auto: autoOf(config, policy.auto) } : {}),
    ...(policy.when === undefined ? {} : { when: conditionOf(policy.when) }),
    ...(policy.stepUp ? { stepUp: policy.stepUp } : {}),
    stages: policy.stages?.map(stageOf) ?? [oneStage(approvers, approvals)],
    ...(policy.move ? { moveWithin: policy.move.within.flatMap((word) => namedSources(config, word)) } : {}),
    ...(policy.endUnused === undefined ? {} : { endUnusedMs: policy.endUnused }),
    extendSelfUpToMs: policy.extend?.upTo ?? 0,
    ...(policy.extend?.times === undefined ? {} : { extendSelfTimes: policy.extend.times }),
    ...(policy.remind ? { remindMs: policy.remind } : {}),
    ...(policy.delegation ? {} : { noDelegation: true as const }),
    unansweredMs: policy.unanswered,
    tell: policy.tell.flatMap((place) => placeOf(config, place)),
  };
}

/** None where nobody has a key. */
function glassKeysOf({ people, breakGlassOffline }: Config): Pick<HouseRules, 'glassKeys'> {
  const keys = new Map(people.flatMap(({ id, breakGlassKeys }) => (breakGlassKeys ? [[id, breakGlassKeys]] : [])));
  return keys.size === 0 ? {} : { glassKeys: { keys, oldestMs: breakGlassOffline.oldest } };
}

/** A policy in which nobody decides. */
function glassOf(config: Config, rule: Config['breakGlass'][number]): BreakGlass {
  const { name, who, ports, sources, bastion, upTo, tell, review } = rule;
  return {
    name,
    who,
    machines: machinesOf(config.machines, rule.machines),
    ports,
    ...(sources ? { sources: sources.flatMap((word) => namedSources(config, word)) } : {}),
    widest: sources ? AS_WIDE_AS_LISTED : ONE_ADDRESS,
    anySource: false,
    bastion,
    cutSessions: false,
    longestMs: upTo,
    stages: [],
    extendSelfUpToMs: 0,
    unansweredMs: 0,
    tell: tell.flatMap((place) => placeOf(config, place)),
    review: {
      by: review.by,
      withinMs: review.within,
      ...(review.then ? { later: review.then } : {}),
      isBar: review.overdue === 'refuse',
    },
  };
}

type Given = Config['policies'][number];

function reasonRule({ ticket, letters, check }: NonNullable<Given['because']>): ReasonRule {
  return {
    ...(ticket === undefined ? {} : { ticket: { text: ticket, isIn: (word: string) => isLike(word, ticket) } }),
    ...(letters === undefined ? {} : { leastLetters: letters }),
    ...(check === undefined ? {} : { check }),
  };
}

function autoOf(config: Config, { from, upTo }: NonNullable<Given['auto']>): Auto {
  return { upToMs: upTo, ...(from ? { from: from.flatMap((word) => namedSources(config, word)) } : {}) };
}

function protectionOf(config: Config, entry: Config['protections'][number]): ProtectionEntry {
  const sources = (entry.sources ?? []).flatMap((word) => namedSources(config, word).map(({ source }) => source));
  const limits = { sources: [...new Set(sources)], longestMs: entry.longest };
  return {
    name: entry.name,
    machines: machinesOf(config.machines, entry.machines),
    ports: entry.ports.map((port) => ({ port, ...limits })),
    ...(entry.standing === 'lockdown'
      ? { lockdown: { ask: entry.ask.flatMap((place) => placeOf(config, place)) } }
      : {}),
  };
}

/** What a policy's source stands for: a name, an address or a prefix. */
function namedSources({ sources }: Config, word: string): readonly NamedSource[] {
  const named = Object.hasOwn(sources, word) ? sources[word] : undefined;
  if (named) return named.map((source) => ({ source, sourceName: word }));
  const source = parseSource(word);
  return source === undefined ? [] : [{ source }];
}

/** Of those that do not hear everything. */
function hearingsOf(config: Config): Pick<HouseRules, 'hearings'> {
  const quiet = Object.entries(config.places).flatMap(([name, { hears }]) =>
    hears === 'all' ? [] : placeOf(config, name).map((place) => [placeKey(place), hears] as const),
  );
  return quiet.length > 0 ? { hearings: new Map(quiet) } : {};
}

function placeOf(config: Config, name: string): Place[] {
  const where = config.places[name];
  if (!where) return [];
  return 'slack' in where
    ? [{ chat: 'slack', kind: 'channel', id: where.slack }]
    : [{ chat: 'teams', kind: 'channel', id: where.teams }];
}
