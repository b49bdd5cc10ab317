import type { Instant } from '../language/instant.ts';
import type { Person, Subject } from '../people/person.ts';
import type { Place } from '../people/place.ts';

/** Who has to approve a changed configuration. */
export interface RuleChanges {
  readonly owners: readonly Subject[];
  readonly approvals: number;
  readonly tell: readonly Place[];
}

/** A configuration that waits for its owners. */
export interface ProposedRules {
  /** Of what it says: the same for the same rules. */
  readonly code: string;
  /** The file. */
  readonly text: string;
  readonly at: Instant;
  /** What differs, a line each. */
  readonly differences: readonly string[];
}

export interface ApprovedRules {
  readonly code: string;
  readonly text: string;
  readonly at: Instant;
  /** Nobody for the first one. */
  readonly by: readonly Pick<Person, 'id' | 'name'>[];
}

type Sections = Readonly<Record<string, unknown>>;

/** What differs between two configurations, in few words: sections, and what is called otherwise in lists of things with names. */
export function differencesOf(before: Sections, after: Sections): readonly string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => {
    const [own, other] = [before[key], after[key]];
    return JSON.stringify(own) === JSON.stringify(other) ? [] : [`${key}: ${partsText(named(own), named(other))}`];
  });
}

/** By name, where a section has names. */
function named(section: unknown): ReadonlyMap<string, string> {
  if (typeof section !== 'object' || section === null) return new Map();
  if (!Array.isArray(section))
    return new Map(Object.entries(section).map(([name, part]) => [name, JSON.stringify(part)]));
  return new Map(
    section.flatMap((one: unknown) => {
      if (typeof one !== 'object' || one === null) return [[String(one), '']];
      const { name, id = name } = one as { readonly name?: unknown; readonly id?: unknown };
      return id === undefined ? [] : [[typeof id === 'string' ? id : JSON.stringify(id), JSON.stringify(one)]];
    }),
  );
}

function partsText(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string {
  const added = [...after.keys()].filter((name) => !before.has(name));
  const gone = [...before.keys()].filter((name) => !after.has(name));
  const other = [...after].flatMap(([name, text]) => (before.has(name) && before.get(name) !== text ? [name] : []));
  const said = [
    ...(added.length > 0 ? [`new ${some(added)}`] : []),
    ...(gone.length > 0 ? [`gone ${some(gone)}`] : []),
    ...(other.length > 0 ? [`changed ${some(other)}`] : []),
  ];
  return said.join('; ') || 'another order, or another value';
}

const MOST = 8;

function some(names: readonly string[]): string {
  return names.length > MOST ? `${names.slice(0, MOST).join(', ')} and ${names.length - MOST} more` : names.join(', ');
}
