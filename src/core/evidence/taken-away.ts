import type { RecordFacts } from '../audit/facts.ts';
import { type Instant, MINUTE_MS } from '../language/instant.ts';
import { tidy } from '../language/text.ts';

const ERASED = /^what is said of (.+)$/s;
const [MOST_NAMED, LONGEST_ID] = [3, 60];
/** What was said while it began goes, too. */
const BEGINNING_MS = MINUTE_MS;

/** What the audit says where somebody is erased. */
export function erasedText(person: string): string {
  return `what is said of ${person}`;
}

/** Who was erased, of an entry that says so. */
function erasedIn({ event, outcome, why }: RecordFacts): string | undefined {
  return event === 'erase' && outcome !== 'refused' ? ERASED.exec(String(why))?.[1] : undefined;
}

/**
 * Parts about people that are not there. That they can be taken away and all still verifies is what they are apart for: so can whoever writes
 * the files. An entry says of whom that was meant.
 */
export function takenAway() {
  const gone = new Map<string, { parts: number; last: Instant }>();
  const erased = new Map<string, Instant>();
  return {
    /** A record, in its place; `ids` are those whose parts it lacks. */
    take({ at }: { readonly at: Instant }, facts: RecordFacts, ids: readonly string[]): void {
      for (const id of ids) {
        const { parts = 0, last = at } = gone.get(id) ?? {};
        gone.set(id, { parts: parts + 1, last: Math.max(last, at) });
      }
      const person = erasedIn(facts);
      if (person !== undefined) erased.set(person, Math.max(at, erased.get(person) ?? at));
    },
    parts(): number {
      return [...gone.values()].reduce((sum, { parts }) => sum + parts, 0);
    },
    /** Those of whom no entry says it; undefined where there are none. */
    unsaid(): string | undefined {
      const all = [...gone].filter(
        ([id, { last }]) => last > (erased.get(id) ?? Number.NEGATIVE_INFINITY) + BEGINNING_MS,
      );
      if (all.length === 0) return undefined;
      const parts = all.reduce((sum, [, one]) => sum + one.parts, 0);
      const who = all.length === 1 ? '1 person' : `${all.length} people`;
      const ids = all.slice(0, MOST_NAMED).map(([id]) => tidy(id, LONGEST_ID));
      const named = all.length > MOST_NAMED ? [...ids, '…'] : ids;
      return `of ${who} (${named.join(', ')}), ${parts} ${parts === 1 ? 'part is' : 'parts are'} not here, and no entry says that they were erased: it was never brought here (\`people: none\`), or somebody who can write here took it away`;
    },
  };
}
