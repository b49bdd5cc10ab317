import { JitError } from '../errors/errors.ts';
import { familyOf, type NamedSource, parseSource, type SourceNames, sourceText, twoReadings } from '../rule/source.ts';
import { tidy } from './text.ts';

/** `from bastion`. */
export const BASTION = 'bastion';

/** Words that mean something else where a source may stand: no source can be called so. */
export const TAKEN_WORDS: readonly string[] = [
  BASTION,
  ...['any', 'anywhere', 'all', 'everywhere'],
  ...['for', 'from', 'because', 'port', 'ports', 'and', 'or'],
  ...['usual', 'closing', 'lockdown', 'copying', 'leaving', 'anyway', 'confirm'],
];

/** An address or prefix in its canonical form, the name of a source, or `bastion`. `malformedSource`, `sourceTwoWays`, `unknownSource`. */
export function readAskedSource(word: string, names: SourceNames): string {
  const typed = nameIn(word);
  return typed === BASTION || names.has(typed) ? typed : readSource(word, names);
}

/** The prefixes that an address, a prefix or a name stands for. `malformedSource`, `sourceTwoWays`, `unknownSource`. */
export function readSources(word: string, names: SourceNames): readonly string[] {
  return names.get(nameIn(word)) ?? [readSource(word, names)];
}

/**
 * What a word of `readAskedSource` stands for now, at a machine that has addresses like these, where they are known: of a name
 * that has both families only the machine's own can be meant. `severalPrefixes`; `unknownSource` for a name that was taken out since.
 */
export function pinned(word: string, names: SourceNames, addresses: readonly string[] = []): NamedSource {
  const all = names.get(word);
  if (!all) return { source: readSource(word, names) };
  const own = all.filter((prefix) => addresses.some((address) => familyOf(address) === familyOf(prefix)));
  const prefixes = own.length > 0 ? own : all;
  const [source, ...more] = prefixes;
  if (source === undefined || more.length > 0)
    throw new JitError('severalPrefixes', {
      name: word,
      prefixes: prefixes.map((one) => `\`${sourceText(one)}\``).join(', '),
    });
  return { source, sourceName: word };
}

function nameIn(word: string): string {
  return word.trim().toLowerCase();
}

function readSource(word: string, names: SourceNames): string {
  const source = parseSource(word);
  const either = twoReadings(word);
  if (either) throw new JitError('sourceTwoWays', { word: tidy(word, 60), ...either });
  if (source) return source;
  if (names.size === 0) throw new JitError('malformedSource', { word: tidy(word, 60) });
  throw new JitError('unknownSource', { word: tidy(word, 60), names: [...names.keys()].join(', ') });
}
