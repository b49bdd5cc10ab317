import { hash } from 'node:crypto';
import type { Facts } from '../audit/facts.ts';
import { namedOf } from '../audit/record.ts';
import { isSealed, type KeyOf, openedText, partsIn } from '../audit/sealed.ts';

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
  const read = partsIn(people);
  if (!read || JSON.stringify(read) !== people) return undefined;
  const wanted = namedOf(facts);
  const parts = Object.entries(read).map(([id, text]) => [id, openedText(text, id, keyOf)] as const);
  const isRight = (id: string, text: string) => hash('sha256', text, 'base64url') === wanted[id];
  const isUnread = (id: string, text: string) => isSealed(text) && Object.hasOwn(wanted, id);
  return {
    changed: parts.flatMap(([id, text]) => (isRight(id, text) || isUnread(id, text) ? [] : [id])),
    gone: Object.keys(wanted).filter((id) => !Object.hasOwn(read, id)),
    sealed: parts.filter(([id, text]) => isUnread(id, text)).length,
  };
}
