import type { GroupTable } from '../core/people/groups.ts';
import { allowsSource } from '../core/policy/judge.ts';
import { fallsOf } from '../core/policy/leaving.ts';
import { overlaps } from '../core/policy/overlap.ts';
import { isGroup, namedSourceText } from '../core/rule/source.ts';
import { glassWarnings, refusedWarnings } from './break-glass-warnings.ts';
import { IAP } from './built-in-sources.ts';
import type { Fault } from './fault.ts';
import { groupTable, houseRules, peopleOf } from './house.ts';
import { peopleWarnings } from './people-faults.ts';
import type { Config } from './schema.ts';
import { decidedByFile, stuckWarnings } from './stuck.ts';
import { twiceWarnings } from './twice.ts';
import { unitWarnings } from './unit-warnings.ts';
import { unusedWarnings } from './unused-warnings.ts';

/**
 * What is right, and may not be meant so: policies that come too late in the file, sources that nobody can request from, and what is
 * believed instead of read.
 */
export function warningsOf(config: Config): readonly Fault[] {
  const { policies, refusals = [], sources, breakGlass = [] } = houseRules(config);
  const people = peopleOf(config);
  const crowd = { people, table: groupTable(config) };
  const places = config.policies.flatMap(({ refuse }, i) => (refuse === undefined ? [i] : []));
  const late = overlaps(policies, crowd, refusals).map(
    ({ at, say }): Fault => ({ path: ['policies', places[at] ?? at], message: say }),
  );
  const falling = fallsOf(policies, people).map(({ from, to, without }): Fault => {
    const at = policies.indexOf(to);
    const message = `whoever leaves a group that \`${from.name}\` names gets more by \`${to.name}\`, which comes later; \`${from.name}\` is stricter: ${without.join(', ')}`;
    return { path: ['policies', places[at] ?? at], message };
  });
  const negating = policies.flatMap(({ when }, at): readonly Fault[] => {
    const message =
      'whoever leaves a group may get more by this condition; say what groups let in, not what they keep out';
    return when?.negatesGroups ? [{ path: ['policies', places[at] ?? at, 'when'], message }] : [];
  });
  const refused = [...sources].flatMap(([sourceName, prefixes]) =>
    prefixes.flatMap((source): readonly Fault[] => {
      // Nobody wrote that name, so nothing needs to allow it.
      if (sourceName === IAP.name && source === IAP.prefix) return [];
      if ([...policies, ...breakGlass].some((policy) => allowsSource(policy, source))) return [];
      const message = `no policy allows a request from ${namedSourceText({ source, sourceName })}; list it in the \`sources\` of a policy, or set \`${isGroup(source) ? 'anySource' : 'widestSource'}\``;
      return [{ path: ['sources', sourceName], message }];
    }),
  );
  const unmanaged: Fault = {
    path: ['azure', 'networkManagers'],
    message:
      'rules of network managers that may not be read are taken not to be there; if there are some, what is open may be called closed',
  };
  return [
    ...peopleWarnings(config),
    ...late,
    ...stuckWarnings(config),
    ...twiceWarnings(config),
    ...unitWarnings(config),
    ...unusedWarnings(config),
    ...falling,
    ...emptyGroups(config),
    ...groupCircles(config),
    ...negating,
    ...glassWarnings(breakGlass, people, decidedByFile(config)),
    ...refusedWarnings(breakGlass, refusals, crowd),
    ...refused,
    ...(config.azure?.networkManagers === 'none' ? [unmanaged] : []),
    ...defenderInChina(config),
  ];
}

/**
 * Where nothing can be opened, as the service is gone ("Support matrices for Defender for Cloud", note 3). A warning, as a fault
 * would keep the program from closing what is open in other clouds.
 */
function defenderInChina({ azure }: Config): readonly Fault[] {
  if (azure?.cloud !== 'china') return [];
  const { backend, subscriptions } = azure;
  const message =
    'Microsoft retired Defender for Cloud in Azure in China on 18 August 2026, so nothing can be opened; set `nsg`';
  const own = subscriptions.flatMap((one, i): readonly Fault[] =>
    one.backend === 'defender' ? [{ path: ['azure', 'subscriptions', i, 'backend'], message }] : [],
  );
  const isUsual = backend === 'defender' && subscriptions.some((one) => one.backend === undefined);
  return isUsual ? [{ path: ['azure', 'backend'], message }, ...own] : own;
}

/** Groups of the file that let nobody in, and nobody decide. */
function emptyGroups({ groups }: Config): readonly Fault[] {
  return Object.entries(groups).flatMap(([group, members]) =>
    members.length === 0 ? [{ path: ['groups', group], message: 'nobody is in this group' }] : [],
  );
}

/** Groups of the file that contain each other, over however many: each circle is told once. */
function groupCircles(config: Config): readonly Fault[] {
  const table = groupTable(config);
  const told = new Set<string>();
  return [...table.keys()].flatMap((group): readonly Fault[] => {
    const way = told.has(group) ? [] : wayBack(table, group);
    for (const name of way) told.add(name);
    const message = `contains itself: ${way.join(' → ')}; whoever is in one of them is in all`;
    return way.length > 0 ? [{ path: ['groups', group], message }] : [];
  });
}

/** From a group through those that it contains to itself; empty where none leads there. */
function wayBack(table: GroupTable, group: string): readonly string[] {
  const nested = (name: string) => (table.get(name) ?? []).flatMap((member) => /^group:(.+)$/.exec(member)?.[1] ?? []);
  const before = new Map(nested(group).map((name) => [name, group]));
  // A name that is set while they are gone through comes up as well.
  for (const [name] of before) for (const inner of nested(name)) if (!before.has(inner)) before.set(inner, name);
  const way = [group];
  for (let at = before.get(group); at !== undefined && at !== group; at = before.get(at)) way.unshift(at);
  return before.has(group) ? [group, ...way] : [];
}
