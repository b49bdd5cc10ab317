import { hash } from 'node:crypto';
import type { Facts } from '../audit/facts.ts';
import { isSealed, type KeyOf, openedPeople } from '../audit/sealed.ts';

interface PeopleParts {
  /** Whose parts are not what was hashed. */
  readonly changed: readonly string[];
  /** Whose were taken away. */
  readonly gone: readonly string[];
  /** How many nobody here can read: whether they are what was hashed is not known. */
  readonly sealed: number;
}

/** What became of what a record says of people. Undefined where it cannot be read, or says more than one thing of a person: readers differ in which they take. */
export function partsOf(facts: Facts, people: string, keyOf: KeyOf = () => undefined): PeopleParts | undefined {
  try {
    if (JSON.stringify(JSON.parse(people)) !== people) return undefined;
    const { people: wanted = {} } = facts as { readonly people?: Readonly<Record<string, string>> };
    const parts = Object.entries(JSON.parse(openedPeople(people, keyOf)) as Readonly<Record<string, unknown>>);
    const isRight = (id: string, text: unknown) =>
      typeof text === 'string' && hash('sha256', text, 'base64url') === wanted[id];
    const unread = (id: string, text: unknown) => typeof text === 'string' && isSealed(text) && id in wanted;
    return {
      changed: parts.flatMap(([id, text]) => (isRight(id, text) || unread(id, text) ? [] : [id])),
      gone: Object.keys(wanted).filter((id) => !parts.some(([own]) => own === id)),
      sealed: parts.filter(([id, text]) => unread(id, text)).length,
    };
  } catch {
    return undefined;
  }
}
