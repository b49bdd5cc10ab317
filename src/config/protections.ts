import { durationText } from '../core/language/duration.ts';
import { DAY_MS } from '../core/language/instant.ts';
import { SHORTEST_LIMIT_MS } from '../core/machine/protection.ts';
import { isGroup } from '../core/rule/source.ts';
import type { Fault } from './fault.ts';
import type { Known } from './lenient.ts';
import { machinesFaults } from './machine-faults.ts';
import { placeFaults } from './named.ts';
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
  const unknown = placeFaults({ places }, ask, [...path, 'ask']);
  if (standing === 'lockdown' && ask.length === 0)
    return [{ path: [...path, 'standing'], message: 'lockdown needs ask: a place that gets the pages to agree to' }];
  if (standing !== 'lockdown' && ask.length > 0)
    return [...unknown, { path: [...path, 'ask'], message: 'is used with standing: lockdown only' }];
  return unknown;
}

/** Defender knows a port by its number, whatever the protocol. */
function portFaults(list: KnownEntry['ports'] = [], path: Fault['path']): readonly Fault[] {
  const numbers = list.map((port) => port?.number);
  const twice = numbers.find((number, i) => number !== undefined && numbers.indexOf(number) !== i);
  return twice === undefined ? [] : [{ path, message: `port ${twice} is listed twice` }];
}
