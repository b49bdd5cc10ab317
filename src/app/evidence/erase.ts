import { JitError } from '../../core/errors/errors.ts';
import { erasureNote } from '../../core/evidence/erasure.ts';
import { erasedText } from '../../core/evidence/taken-away.ts';
import { type Instant, MINUTE_MS, SECOND_MS } from '../../core/language/instant.ts';
import { tidy } from '../../core/language/text.ts';
import { erasedId } from '../../core/people/erased-id.ts';
import type { EvidenceRoom } from '../../ports/evidence-room.ts';
import type { ErasedPeople } from '../../ports/people-keys.ts';
import type { Erasure, KeptErasure, PersonalPlace, PersonalRecords } from '../../ports/personal.ts';
import { type Attempt, act } from '../audit/act.ts';
import type { Deps } from '../deps.ts';

/** What one place did. */
export interface ErasedAt extends Erasure {
  readonly place: string;
}

interface Erasing extends Pick<Deps, 'store'> {
  readonly evidence: EvidenceRoom;
  readonly personal: PersonalRecords;
}

/** So many current requests are counted. */
const MOST_CURRENT = 1_000;
const LONGEST_MS = 30 * MINUTE_MS;

/**
 * Erases a person: their key is destroyed, and what places say of them is taken away. What is kept of it, first, is that they were erased: a
 * kill at any later moment leaves the rest to the next run, here or in the program (`eraseAgain`). Throws `eraseCurrent` for somebody
 * with access that is open or waits: it has to be closed, and they told; `personUnknown` for an ID that nothing is kept of.
 */
export async function erasePerson(
  deps: Deps,
  person: string,
  attempt: Pick<Attempt, 'by' | 'as' | 'words'>,
): Promise<readonly ErasedAt[]> {
  const { evidence, personal, store } = deps;
  if (!evidence || !personal) throw new JitError('storeAway');
  return act(deps, { event: 'erase', why: erasedText(person), ...attempt }, async (erasing) => {
    const current = await store.find({ by: 'requester', which: person }, MOST_CURRENT);
    if (current.length > 0)
      throw new JitError('eraseCurrent', { name: person, ids: current.map(({ id }) => id).join(', ') });
    if (!(await isKnown(deps, person))) throw new JitError('personUnknown', { typed: tidy(person, 60) });
    const ids = await idsOf(deps, person);
    const { at: until } = await store.now();
    const { signer, installation } = evidence;
    const notes = new Map(ids.map((id) => [id, erasureNote(signer, { installation, person: id, until })]));
    await erasing.begin({ erasure: [...notes.values()] });
    for (const [id, note] of notes) {
      await personal.keep(erasedId(id), { until, note });
      for (const place of evidence.personal) await place.keep?.(erasedId(id), until, note);
      await evidence.people.destroy(erasedId(id), until, note);
    }
    return eraseAgain(deps);
  });
}

/** When somebody was erased, the last time; undefined of whoever never was, as far as the store, the keys, and the files remember. */
export async function erasedBefore({ evidence, personal }: Deps, person: string): Promise<Instant | undefined> {
  const files = (evidence?.personal ?? []).map((place) => place.erased?.());
  const all = await Promise.all([personal?.erased(), ...files]);
  const times = [
    ...all.flatMap((one) => one?.get(erasedId(person))?.until ?? []),
    ...[(await evidence?.people.erased())?.all.get(erasedId(person)) ?? []].flat(),
  ];
  return times.length === 0 ? undefined : Math.max(...times);
}

/**
 * Is anything said of them, were they erased before, or does the directory have them? A slip in an ID would destroy a key that nobody has.
 */
async function isKnown(deps: Deps, person: string): Promise<boolean> {
  if ((await erasedBefore(deps, person)) !== undefined) return true;
  for await (const _ of keptOf(deps, person)) return true;
  return (await deps.directory.byId(person, 'last')) !== undefined;
}

/**
 * All that is kept of a person, each with the place that has it: under their own ID, and under those of their accounts. Of their key, that there
 * is one: of whoever left long ago it may be all that is left, and opens what is sealed elsewhere.
 */
export async function* keptOf(
  deps: Deps,
  person: string,
): AsyncGenerator<{ readonly place: string; readonly what: unknown }> {
  const { evidence, personal } = deps;
  const ids = await idsOf(deps, person);
  for (const { name: place, find } of [...(personal?.places ?? []), ...(evidence?.personal ?? [])])
    for (const id of ids) for await (const what of find(id)) yield { place, what };
  const keys = await evidence?.people.known();
  for (const id of ids) if (keys?.(id)) yield { place: 'audit.peopleKeys', what: { keyOf: id } };
}

/** Takes away what came back of whoever was erased, with a backup of Redis, of the files, or of the keys; and what could not go before. */
export async function eraseAgain(deps: Deps): Promise<readonly ErasedAt[]> {
  const { evidence, personal, store } = deps;
  if (!evidence || !personal) return [];
  const erased = await allErased({ evidence, personal, store });
  if (erased.all.size === 0) return [];
  const all: ErasedAt[] = [];
  // The store first: nothing of it may come to the files after them.
  for (const place of [...personal.places, ...evidence.personal]) {
    const { changed, left } = await under(deps, place, () => place.erase(erased));
    all.push({ place: place.name, changed, left });
  }
  return all;
}

/**
 * Redis, the keys, and the files remember it, each for the others: whichever of them came back from a backup, one that did not still knows. Who can
 * write beside the files alone has nobody erased: there it counts what is signed, and nothing that is still to come.
 */
async function allErased({
  evidence: { people, personal: files },
  personal: { erased, keep },
  store,
}: Erasing): Promise<ErasedPeople> {
  const [known, kept, { at: now }] = [(await people.erased()).all, await erased(), await store.now()];
  const places = await Promise.all(
    files.map(async (place) => ({ place, has: (await place.erased?.()) ?? new Map<string, KeptErasure>() })),
  );
  const all = new Map<string, KeptErasure>();
  const take = (id: string, one: KeptErasure) => {
    const { until, note } = all.get(id) ?? { until: 0 };
    if (one.until > until || (one.until === until && note === undefined)) all.set(id, one);
  };
  const notes = await people.notes();
  for (const [id, until] of known) {
    const note = notes.get(id);
    take(id, { until, ...(note === undefined ? {} : { note }) });
  }
  for (const [id, one] of [kept, ...places.map(({ has }) => has)].flatMap((one) => [...one]))
    if (one.until <= now) take(id, one);
  for (const [id, one] of all) {
    const lacks = (has: KeptErasure | undefined) =>
      has === undefined || has.until < one.until || (has.note === undefined && one.note !== undefined);
    if (lacks(kept.get(id))) await keep(id, one);
    if ((known.get(id) ?? 0) < one.until) await people.destroy(id, one.until, one.note);
    for (const { place, has } of places)
      if (one.note !== undefined && lacks(has.get(id))) await place.keep?.(id, one.until, one.note);
  }
  return people.erased();
}

function under<T>({ lock }: Deps, place: PersonalPlace, work: () => Promise<T>): Promise<T> {
  if (place.lock === undefined) return work();
  const signal = AbortSignal.timeout(LONGEST_MS);
  return lock.hold([place.lock], { ttlMs: 30 * SECOND_MS, waitMs: MINUTE_MS, closing: false, signal }, work);
}

/** Of the person and of their accounts, as far as anybody still knows them. */
async function idsOf({ directory, log }: Deps, person: string): Promise<readonly string[]> {
  const known = await directory.byId(person, 'last').catch((error: unknown) => {
    log.warn({ error }, 'nobody can tell which accounts they had; their own ID alone is erased');
    return undefined;
  });
  return [...new Set([person, ...[known?.slack, known?.entra].flatMap((id) => id ?? [])])];
}
