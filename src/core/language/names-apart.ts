import { skeletonOf } from './look.ts';
import { tidy } from './text.ts';

/** No cloud and no chat has longer ones. */
const LONGEST_NAME = 256;
/** An instance’s id is shorter, and is shown whole. */
const LONG_ID = 32;
const BEGINNING = 8;

/** What somebody else wrote, as chats show it too: on one line, without what nobody sees or what turns the text around it. */
export function nameText(text: string): string {
  return tidy(text, LONGEST_NAME);
}

interface Named {
  readonly id: string;
  readonly name: string;
}

/**
 * Names of what is shown together. Where several have one that looks the same, each says in brackets what its id has and the
 * others’ have not: nobody closes the other `web-1`.
 */
export function namesApart(all: Iterable<Named>): (one: Named) => string {
  const alike = Map.groupBy(new Map([...all].map(({ id, name }) => [id, name])), ([, name]) => skeletonOf(name));
  const apart = new Map<string, string>();
  for (const same of alike.values()) {
    if (same.length < 2) continue;
    const marks = shortened(marksOf(same.map(([id]) => id.split(/[:/]/))));
    same.forEach(([id, name], i) => {
      apart.set(id, `${name} (${nameText(marks[i] ?? '')})`);
    });
  }
  return ({ id, name }) => apart.get(id) ?? name;
}

/** What each has that the others have not; of ids that are built in several ways, how each begins and ends, or all of it. */
function marksOf(ids: readonly (readonly string[])[]): readonly string[] {
  const isEven = ids.every(({ length }) => length === ids[0]?.length);
  if (isEven) return ids.map((own) => own.filter((part, at) => ids.some((other) => other[at] !== part)).join(' '));
  const ends = ids.map((own) => `${own[0] ?? ''} ${own.at(-1) ?? ''}`);
  return new Set(ends).size === ids.length ? ends : ids.map((own) => own.join(' '));
}

/** Of long ids, as of people in Entra, their beginnings, where these tell them apart. */
function shortened(marks: readonly string[]): readonly string[] {
  const short = marks.map((mark) => (mark.length > LONG_ID ? `${mark.slice(0, BEGINNING)}…` : mark));
  return new Set(short).size === marks.length ? short : marks;
}
