import type { RecordFacts } from '../audit/facts.ts';
import type { Instant } from '../language/instant.ts';
import { tidy } from '../language/text.ts';
import { erasedId } from '../people/erased-id.ts';
import { readErasure, type SignedErasure } from './erasure.ts';
import type { AuditFault } from './fault.ts';
import type { keyTimes } from './key-times.ts';
import type { NoteVerifier } from './note.ts';

const ERASED = /^what is said of (.+)$/s;
const [MOST_NAMED, LONGEST_ID] = [3, 60];

/** What the audit says where somebody is erased. */
export function erasedText(person: string): string {
  return `what is said of ${person}`;
}

/** Who was erased, of an entry that says so. */
function erasedIn({ event, outcome, why }: RecordFacts): string | undefined {
  return event === 'erase' && outcome !== 'refused' ? ERASED.exec(String(why))?.[1] : undefined;
}

type Where = Pick<AuditFault, 'file' | 'line'> & { readonly index: number };

interface Missing {
  readonly id: string;
  readonly parts: number;
  /** Up to when it is signed that they were erased: these parts are of later. */
  readonly erased?: Instant;
  readonly claim?: Where;
}

interface Looked {
  /** When keys may sign. */
  readonly times: Pick<ReturnType<typeof keyTimes>, 'against'>;
  /** Whose records they are, where a signed head says it. */
  readonly installation: string | undefined;
  readonly isPart: boolean;
}

/**
 * Parts about people that are not there. That they can be taken away and all still verifies is what they are apart for: so can whoever writes
 * the files. What Drawbridge signed says of whom that was meant, in an entry, or beside the files; an entry alone can be written by whoever writes to
 * Redis. `beside`: notes that stand there.
 */
export function takenAway(verifiers: readonly NoteVerifier[], beside: readonly string[] = []) {
  const gone = new Map<string, Instant[]>();
  const signed: SignedErasure[] = [];
  const claims = new Map<string, Where>();
  const read = (notes: readonly unknown[]) => {
    for (const note of notes) {
      const one = typeof note === 'string' ? readErasure(note, verifiers) : undefined;
      if (one) signed.push(one);
    }
  };
  read(beside);

  /** Of each person, how many parts are missing that nothing signed says were erased, and whether an entry alone says so. */
  const missing = ({ times, installation }: Looked): readonly Missing[] => {
    const until = new Map<string, Instant>();
    for (const one of signed)
      if (times.against(one.by, one.until) === undefined && (installation ?? one.installation) === one.installation)
        until.set(one.id, Math.max(one.until, until.get(one.id) ?? one.until));
    return [...gone].flatMap(([id, ats]) => {
      const erased = until.get(erasedId(id));
      const parts = ats.filter((at) => erased === undefined || at > erased).length;
      const claim = erased === undefined ? claims.get(id) : undefined;
      return parts === 0
        ? []
        : [{ id, parts, ...(erased === undefined ? {} : { erased }), ...(claim ? { claim } : {}) }];
    });
  };

  return {
    /** A record, in its place; `ids` are those whose parts it lacks. */
    take(at: Instant, facts: RecordFacts, ids: readonly string[], where: Where): void {
      for (const id of ids) {
        const known = gone.get(id) ?? [];
        gone.set(id, known);
        known.push(at);
      }
      read(Array.isArray(facts.erasure) ? facts.erasure : []);
      const person = erasedIn(facts);
      if (person !== undefined) claims.set(person, where);
    },
    parts(): number {
      return [...gone.values()].reduce((sum, { length }) => sum + length, 0);
    },
    /** Of whom an entry says that they were erased, and nothing signed does. */
    forged: (looked: Looked): readonly AuditFault[] => missing(looked).flatMap(forgedFault),
    /** Those of whom nothing says it, or not of all; none where there are none. */
    unsaid(looked: Looked): readonly string[] {
      const all = missing(looked).filter(({ claim }) => !claim);
      const [later, never] = [
        all.filter(({ erased }) => erased !== undefined),
        all.filter(({ erased }) => erased === undefined),
      ];
      return [later, never].flatMap((some) => (some.length === 0 ? [] : [unsaidText(some, looked.isPart)]));
    },
  };
}

function forgedFault({ id, parts, claim }: Missing): readonly AuditFault[] {
  if (!claim) return [];
  const say = `record ${claim.index} says that ${tidy(id, LONGEST_ID)} was erased, of whom ${partsText(parts)} not here, and no key that is known signed that: somebody who can write to Redis may have written it. If you did erase them, erase them again`;
  return [{ ...claim, what: 'signature', say }];
}

/** Of people of whom all is signed up to some time, or nothing at all. */
function unsaidText(all: readonly Missing[], isPart: boolean): string {
  const parts = all.reduce((sum, one) => sum + one.parts, 0);
  const isLater = all.some(({ erased }) => erased !== undefined);
  const who = all.length === 1 ? '1 person' : `${all.length} people`;
  const whom = isLater ? `${who} who ${all.length === 1 ? 'was' : 'were'} erased` : who;
  const ids = all.slice(0, MOST_NAMED).map(({ id, erased }) => {
    const upTo = erased === undefined ? '' : ` up to ${new Date(erased).toISOString()}`;
    return `${tidy(id, LONGEST_ID)}${upTo}`;
  });
  const named = all.length > MOST_NAMED ? [...ids, '…'] : ids;
  const elsewhere = isPart
    ? ', the entry that says so is in a part that is not here (then copy `erased.txt` with the files, which says it, too)'
    : '';
  const more = isLater ? 'of later than that' : 'and no entry says that they were erased';
  return `of ${whom} (${named.join(', ')}), ${partsText(parts)} not here, ${more}: it was never brought here (\`people: none\`)${elsewhere}, or somebody who can write here took it away`;
}

function partsText(parts: number): string {
  return parts === 1 ? '1 part is' : `${parts} parts are`;
}
