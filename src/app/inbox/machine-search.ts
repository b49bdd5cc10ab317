import type { Machine } from '../../core/machine/machine.ts';

/** Compares ten times as fast as `localeCompare`, which makes one anew: an inventory may have ten thousand names. */
const NAMES = new Intl.Collator('en');
/** So many searches in one list are remembered: whoever types asks at each letter, and begins as others did. */
const MOST_REMEMBERED = 50;

/** Those that are called so, and those that are found by something else; each in the order of their names. */
interface Matches {
  readonly called: readonly Machine[];
  readonly others: readonly Machine[];
}

/** What a list is searched by, for as long as it is kept. */
interface Searched {
  readonly texts: ReadonlyMap<Machine, Text>;
  /** By what was typed. */
  readonly remembered: Map<string, Matches>;
}

interface Text {
  readonly name: string;
  /** Its name, id, location, and tags (`env=prod`). */
  readonly all: string;
}

const SEARCHED = new WeakMap<readonly Machine[], Searched>();

/** The machines of a list in which each typed word is found. What was typed before, and goes on so, is searched in what that found. */
export function searched(list: readonly Machine[], typed: string): Matches {
  const words = typed.toLowerCase().split(/\s+/);
  const key = words.join(' ');
  const { texts, remembered } = searchedIn(list);
  const known = remembered.get(key);
  if (known) return known;
  const before = longestOf(remembered, key);
  const [called, others]: [Machine[], Machine[]] = [[], []];
  for (const machine of before ? [...before.called, ...before.others] : list) {
    const { name = '', all = '' } = texts.get(machine) ?? {};
    if (isIn(name, words)) called.push(machine);
    else if (isIn(all, words)) others.push(machine);
  }
  const found = { called: called.sort(byName), others: others.sort(byName) };
  const [oldest] = remembered.keys();
  if (remembered.size >= MOST_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
  remembered.set(key, found);
  return found;
}

export function byName(a: Machine, b: Machine): number {
  return NAMES.compare(a.name, b.name);
}

function searchedIn(list: readonly Machine[]): Searched {
  const known = SEARCHED.get(list);
  if (known) return known;
  const texts = new Map(list.map((machine) => [machine, textOf(machine)]));
  const made = { texts, remembered: new Map<string, Matches>() };
  SEARCHED.set(list, made);
  return made;
}

function textOf({ name, id, location, tags }: Machine): Text {
  const tagged = Object.entries(tags).map(([key, value]) => `${key}=${value}`);
  return { name: name.toLowerCase(), all: [name, id, location, ...tagged].join('\n').toLowerCase() };
}

/** What was found for the longest part that it begins with: all that is found now is among that. */
function longestOf(remembered: ReadonlyMap<string, Matches>, key: string): Matches | undefined {
  for (let length = key.length - 1; length > 0; length -= 1) {
    const found = remembered.get(key.slice(0, length));
    if (found) return found;
  }
  return undefined;
}

function isIn(text: string, words: readonly string[]): boolean {
  return words.every((word) => text.includes(word));
}
