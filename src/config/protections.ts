import { durationText } from '../core/language/duration.ts';
import { DAY_MS } from '../core/language/instant.ts';
import { CLOUD_NAMES, type CloudName } from '../core/machine/machine.ts';
import { SHORTEST_LIMIT_MS } from '../core/machine/protection.ts';
import { isGroup } from '../core/rule/source.ts';
import type { Fault } from './fault.ts';
import type { Known } from './lenient.ts';
import { sourceListFaults } from './sources.ts';

type KnownEntry = NonNullable<NonNullable<Known['protections']>[number]>;

/** What is wrong with the protections: names, limits, and machines that there cannot be. */
export function protectionFaults(config: Known): readonly Fault[] {
  const { protections = [], sources = {} } = config;
  return protections.flatMap((entry, i): readonly Fault[] => {
    if (!entry) return [];
    const path = ['protections', i];
    const isTwice = protections.slice(0, i).some((one) => one?.name !== undefined && one.name === entry.name);
    const { longest } = entry;
    const isOdd = longest !== undefined && (longest < SHORTEST_LIMIT_MS || longest > DAY_MS);
    return [
      ...(isTwice ? [{ path: [...path, 'name'], message: `${entry.name} is listed twice` }] : []),
      ...machinesFaults(config, entry.machines, [...path, 'machines']),
      ...portFaults(entry.ports, [...path, 'ports']),
      ...sourceListFaults(entry.sources, sources, [...path, 'sources']),
      ...groupFaults(entry.sources, sources, [...path, 'sources']),
      ...askFaults(config, entry, path),
      ...(isOdd ? [{ path: [...path, 'longest'], message: `must be ${durationText(SHORTEST_LIMIT_MS)} to 24 h` }] : []),
    ];
  });
}

/** Limits of a protection are written into the clouds as prefixes. */
function groupFaults(words: KnownEntry['sources'] = [], names: NonNullable<Known['sources']>, path: Fault['path']) {
  return words.flatMap((word, at): readonly Fault[] => {
    const own = word !== undefined && Object.hasOwn(names, word) ? (names[word] ?? []) : [];
    const isNone = !own.some((one) => one !== undefined && isGroup(one));
    return isNone ? [] : [{ path: [...path, at], message: `${word} is a security group; a protection takes none` }];
  });
}

/** A page that nobody gets is a page that nobody sees. */
function askFaults({ places = {} }: Known, { standing, ask = [] }: KnownEntry, path: Fault['path']): readonly Fault[] {
  const unknown = ask.flatMap((place, i) =>
    place !== undefined && !Object.hasOwn(places, place)
      ? [{ path: [...path, 'ask', i], message: `no place is called ${place}` }]
      : [],
  );
  if (standing === 'lockdown' && ask.length === 0)
    return [{ path: [...path, 'standing'], message: 'lockdown needs ask: a place that gets the pages to agree to' }];
  if (standing !== 'lockdown' && ask.length > 0)
    return [...unknown, { path: [...path, 'ask'], message: 'is used with standing: lockdown only' }];
  return unknown;
}

function machinesFaults(config: Known, machines: KnownEntry['machines'], path: Fault['path']): readonly Fault[] {
  if (!machines) return [];
  const { cloud, account, subscription, region, group, names = [], tags = {} } = machines;
  const clouds: ReadonlyMap<string, CloudName> = new Map([
    ...(cloud ? [['cloud', cloud] as const] : []),
    ...(account === undefined ? [] : [['account', 'aws'] as const]),
    ...(subscription === undefined ? [] : [['subscription', 'azure'] as const]),
    ...(group === undefined ? [] : [['group', 'azure'] as const]),
  ]);
  const meant = [...new Set(clouds.values())];
  if (meant.length > 1)
    return [{ path, message: `no machine can be meant: ${[...clouds.keys()].join(' and ')} name different clouds` }];
  if (meant.length === 0 && region === undefined && names.length === 0 && Object.keys(tags).length === 0)
    return [{ path, message: 'must select machines by names ("*" for all), tags, region, or cloud' }];
  const [only] = meant;
  if (only && !config[only]) return [{ path, message: `${CLOUD_NAMES[only]} is not configured` }];
  return siteFaults(config, machines, path);
}

/** Accounts and subscriptions that Drawbridge does not serve. Those of an organization are known to AWS alone. */
function siteFaults(
  { aws, azure }: Known,
  { account, subscription }: NonNullable<KnownEntry['machines']>,
  path: Fault['path'],
): readonly Fault[] {
  const isServed = aws?.organization || aws?.accounts?.some((one) => one?.id === undefined || one.id === account);
  const isKnown = azure?.subscriptions?.some(
    (one) => one?.id === undefined || one.id.toLowerCase() === subscription?.toLowerCase(),
  );
  return [
    ...(account === undefined || isServed
      ? []
      : [{ path: [...path, 'account'], message: `no account with the ID ${account} is configured` }]),
    ...(subscription === undefined || isKnown
      ? []
      : [{ path: [...path, 'subscription'], message: `no subscription with the ID ${subscription} is configured` }]),
  ];
}

/** Defender knows a port by its number, whatever the protocol. */
function portFaults(list: KnownEntry['ports'] = [], path: Fault['path']): readonly Fault[] {
  const numbers = list.map((port) => port?.number);
  const twice = numbers.find((number, i) => number !== undefined && numbers.indexOf(number) !== i);
  return twice === undefined ? [] : [{ path, message: `port ${twice} is listed twice` }];
}
