import { BASTION, TAKEN_WORDS } from '../core/language/asked-source.ts';
import { familyOf, isGroup, parseSource, prefixLength, sourceText } from '../core/rule/source.ts';
import type { Fault } from './fault.ts';
import { sourceFault } from './fields.ts';
import type { Known } from './lenient.ts';
import { notCalled } from './meant.ts';

/** The shortest prefixes that a name may stand for: a private network of the largest sort, and less than any registry's own. */
const WIDEST = { ipv4: 8, ipv6: 16 };

/** What is wrong with the names of sources, and with the sources that policies allow. */
export function sourceFaults({ sources = {}, policies = [] }: Known): readonly Fault[] {
  const faults = Object.entries(sources).flatMap(([name, prefixes = []]): Fault[] => {
    // In AWS, where such a group is, the word has no other meaning.
    const isOwn = name === BASTION && prefixes.every((one) => one !== undefined && isGroup(one));
    const message = isOwn ? undefined : nameFault(name);
    const wide = prefixes.flatMap((prefix, i) => widthFault(prefix, ['sources', name, i]));
    return [...(message ? [{ path: ['sources', name], message }] : []), ...wide];
  });
  const named = policies.flatMap((policy, i) => {
    const path = ['policies', i, 'sources'];
    const both =
      policy?.sources && policy.anySource ? [{ path, message: 'cannot be set together with anySource' }] : [];
    return [...both, ...sourceListFaults(policy?.sources, sources, path)];
  });
  return [...faults, ...named];
}

/** What is wrong with a list of sources: names that are none, and prefixes that are too wide. */
export function sourceListFaults(
  words: readonly (string | undefined)[] = [],
  names: NonNullable<Known['sources']>,
  path: Fault['path'],
): readonly Fault[] {
  return words.flatMap((word, at): readonly Fault[] => {
    if (word === undefined || Object.hasOwn(names, word)) return [];
    const prefix = parseSource(word);
    const message = word.includes('/') ? sourceFault(word) : undefined;
    if (message !== undefined) return [{ path: [...path, at], message }];
    if (prefix) return widthFault(prefix, [...path, at]);
    return [
      {
        path: [...path, at],
        message: notCalled('source', word, Object.keys(names), ', and it is no address or prefix'),
      },
    ];
  });
}

function nameFault(name: string): string | undefined {
  if (TAKEN_WORDS.includes(name)) return 'has another meaning in commands; choose another name';
  if (parseSource(name) || /^[\d.:/]+$/.test(name))
    return 'looks like an address; the name comes first, as in office: [203.0.113.0/24]';
  return /^[a-z][a-z0-9-]{0,39}$/.test(name)
    ? undefined
    : 'must be a name of at most 40 lowercase letters, digits, and dashes that begins with a letter';
}

function widthFault(prefix: string | undefined, path: Fault['path']): readonly Fault[] {
  if (prefix === undefined || isGroup(prefix)) return [];
  const widest = WIDEST[familyOf(prefix)];
  if (prefixLength(prefix) >= widest) return [];
  return [{ path, message: `${sourceText(prefix)} is too wide for a source; it must be /${widest} or narrower` }];
}
