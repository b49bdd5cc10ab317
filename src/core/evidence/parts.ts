import { hash } from 'node:crypto';
import { factsIn, type RecordFacts } from '../audit/facts.ts';
import { namedOf } from '../audit/record.ts';
import { isSealed, type KeyOf, openedText, partsIn } from '../audit/sealed.ts';
import type { Link } from './chain.ts';

interface PeopleParts {
  /** Whose parts are not what was hashed. */
  readonly changed: readonly string[];
  /** Whose were taken away. */
  readonly gone: readonly string[];
  /** How many nobody here can read: whether they are what was hashed is not known. */
  readonly sealed: number;
}

/** What became of what a record says of people. Undefined where it cannot be read, or says more than one thing of a person: readers differ in which they take. */
export function partsOf(facts: RecordFacts, people: string, keyOf: KeyOf = () => undefined): PeopleParts | undefined {
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

/** What a record says, and what is wrong with it, in a sentence without its full stop. */
export function saidIn(
  { index, record, people }: Pick<Link, 'index' | 'record' | 'people'>,
  keyOf?: KeyOf,
): {
  readonly facts?: RecordFacts | undefined;
  readonly gone: readonly string[];
  readonly sealed: number;
  readonly wrong?: string;
} {
  const facts = factsIn(record);
  const parts = facts && partsOf(facts, people, keyOf);
  const said = { facts, gone: parts?.gone ?? [], sealed: parts?.sealed ?? 0 };
  if (!facts) return { ...said, wrong: `record ${index} cannot be read: it is none that Drawbridge wrote` };
  const isRight = parts !== undefined && parts.changed.length === 0;
  return isRight ? said : { ...said, wrong: `what record ${index} says of a person was changed` };
}
