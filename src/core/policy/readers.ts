import { isMeant, type Person, type Subject } from '../people/person.ts';

/** Who may read what is somebody else's: everything, or requests that were judged by one of these policies. */
export interface Readers {
  readonly who: readonly Subject[];
  readonly policies?: readonly string[];
}

/** What one person may read. */
export interface ReadingRight {
  readonly person: string;
  readonly isAll: boolean;
  /** Otherwise what is their own, and what is of these policies. */
  readonly policies: ReadonlySet<string>;
}

/** `security` reads everything: it may close it. */
export function readingRight(
  person: Person,
  { readers = [], security }: { readonly readers?: readonly Readers[]; readonly security: readonly Subject[] },
): ReadingRight {
  const own = readers.filter(({ who }) => isMeant(person, who));
  return {
    person: person.id,
    isAll: isMeant(person, security) || own.some(({ policies }) => policies === undefined),
    policies: new Set(own.flatMap(({ policies = [] }) => policies)),
  };
}
