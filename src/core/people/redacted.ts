/** Is this the id of somebody who was erased? */
export type IsGone = (person: string) => boolean;

/** What somebody wrote, in the fields where records have it. `text` and `words` of a question or a review must stay texts. */
const WRITTEN: ReadonlySet<string> = new Set(['reason', 'say', 'afterwards', 'text', 'words']);

/**
 * A record without what it says of people who are gone: their names become their ids, which tell two people apart, and what they
 * wrote becomes empty. Undefined where it says nothing of them. It knows of no shape but `{ id, name }` for a person, and `by` for
 * who did what stands beside it: a person, or, as in a timeline, their id.
 */
export function redacted<T>(record: T, isGone: IsGone): T | undefined {
  const next = walked(record, isGone);
  return next === record ? undefined : (next as T);
}

function walked(value: unknown, isGone: IsGone): unknown {
  if (Array.isArray(value))
    return same(
      value,
      value.map((one) => walked(one, isGone)),
    );
  if (!isRecord(value)) return value;
  const isTheirs = isWho(value) && isGone(value.id);
  const { by } = value;
  const isByThem = typeof by === 'string' ? isGone(by) : isRecord(by) && isWho(by) && isGone(by.id);
  const next = Object.entries(value).map(([key, own]) => {
    if (isTheirs && key === 'name') return [key, value.id] as const;
    if (isByThem && WRITTEN.has(key) && typeof own === 'string') return [key, ''] as const;
    return [key, walked(own, isGone)] as const;
  });
  return next.every(([key, own]) => own === value[key]) ? value : Object.fromEntries(next);
}

/** Replaces the names, in a sentence, of people who are gone and whom a record names with their ID: each by that. */
export function namesOf(record: unknown, isGone: IsGone): (text: string) => string {
  const ids = new Map(
    peopleIn(record).flatMap(({ id, name }) => (name !== '' && isGone(id) ? [[name, id] as const] : [])),
  );
  if (ids.size === 0) return (text) => text;
  // The longest first: a name may begin another.
  const names = [...ids.keys()].toSorted((a, b) => b.length - a.length).map((name) => RegExp.escape(name));
  const whole = new RegExp(`(?<![\\p{L}\\p{N}])(?:${names.join('|')})(?![\\p{L}\\p{N}])`, 'gu');
  return (text) => text.replace(whole, (name) => ids.get(name) ?? name);
}

function peopleIn(value: unknown): readonly { readonly id: string; readonly name: string }[] {
  if (Array.isArray(value)) return value.flatMap(peopleIn);
  if (!isRecord(value)) return [];
  return [...(isWho(value) ? [value] : []), ...Object.values(value).flatMap(peopleIn)];
}

function same<T>(before: readonly T[], after: readonly T[]): readonly T[] {
  return after.every((one, i) => one === before[i]) ? before : after;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isWho(value: Readonly<Record<string, unknown>>): value is { readonly id: string; readonly name: string } {
  return typeof value.id === 'string' && typeof value.name === 'string';
}
