import { type GroupTable, membersOf } from '../people/groups.ts';
import { isMeant, type Person, type Subject } from '../people/person.ts';

/** Whom the file knows: its people with their groups, and what is in its groups. */
export interface Crowd {
  readonly people: readonly Person[];
  readonly table: GroupTable;
}

/** Somebody of the file, or a word for whom only a directory knows. */
type Part = Person | Subject;

/** All whom these words mean, so far as they can be told apart. */
export function partsOf(who: readonly Subject[], { people, table }: Crowd): readonly Part[] {
  const known = people.filter((person) => isMeant(person, who));
  return [...known, ...who.flatMap((word) => unknownIn(word, { people, table }))];
}

/** Are all of the part meant by these words, whatever a directory says? Absent words mean everybody. */
export function areMeant(part: Part, who: readonly Subject[] | undefined, crowd: Crowd): boolean {
  if (!who) return true;
  if (typeof part !== 'string') return isMeant(part, who);
  const words = who.flatMap((word) => [word, ...unknownIn(word, crowd)]).map(foldCase);
  return words.includes(foldCase(part));
}

/** May somebody be meant by both? Only so far as the file, or the same word, tells. */
export function mayShare(one: readonly Subject[], other: readonly Subject[], crowd: Crowd): boolean {
  const isIn = (a: readonly Subject[], b: readonly Subject[]) =>
    partsOf(a, crowd).some((part) => areMeant(part, b, crowd));
  return isIn(one, other) || isIn(other, one);
}

function unknownIn(word: Subject, { people, table }: Crowd): readonly Subject[] {
  const isKnown = (id: string) => people.some((one) => one.id === id || one.entra?.toLowerCase() === id.toLowerCase());
  if (word.startsWith('person:')) return isKnown(word.slice('person:'.length)) ? [] : [word];
  if (!word.startsWith('group:')) return [word];
  const { ids, groups } = membersOf(table, word.slice('group:'.length));
  return [...groups, ...ids.flatMap((id): Subject[] => (isKnown(id) ? [] : [`person:${id}`]))];
}

/** Directories compare names without regard to case. */
function foldCase(word: Subject): string {
  return word.toLowerCase();
}
