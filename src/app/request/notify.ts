import { createHash } from 'node:crypto';
import { JitError } from '../../core/errors/errors.ts';
import { isHeard } from '../../core/people/hearing.ts';
import { type Place, placeKey } from '../../core/people/place.ts';
import { hasNoCard } from '../../core/request/held-back.ts';
import type { Request } from '../../core/request/request.ts';
import type { View } from '../../core/view/view.ts';
import type { Card } from '../../ports/store.ts';
import type { Deps } from '../deps.ts';
import { editionAt } from './for-reader.ts';
import { homesChanged } from './homes-changed.ts';
import { type Missed, noteUnreached } from './unreached.ts';

/** Two workers must not publish one request at once: the older view could land last. */
const LOCK_MS = 4_000;
/** Longer than the lock of a process that died. */
const WAIT_MS = 5_000;
/** One post or edit. */
const PUBLISH_MS = 8_000;

/** Publishes the newest state of a request at each of its places that is behind. Throws when a place is to be tried again. */
export async function notify(deps: Deps, id: string, signal: AbortSignal): Promise<void> {
  await deps.lock.hold([`cards:${id}`], { ttlMs: LOCK_MS, waitMs: WAIT_MS, closing: false, signal }, async (held) => {
    const { request } = await deps.store.load(id);
    if (!request) return;
    const own = await ownPlaces(deps, request);
    const cards = new Map((await deps.store.cards(id)).map((card) => [placeKey(card.place), card]));
    const results = await Promise.allSettled(
      request.places.map(async (place) => {
        const edition = editionAt(deps, request, place);
        const card = cards.get(placeKey(place));
        if (!card && isHeldBack(deps, request, place, edition.announce)) return undefined;
        const isHeard = heardAt(deps, place, edition.announce);
        // A card comes with the first that is heard; what follows edits it in silence.
        if (!isHeard && !card) return undefined;
        const isOthers = place.kind === 'private' && !own.has(placeKey(place)) && !FOR_EVERYBODY.test(edition.announce);
        const zone = await zoneAt(deps, place, request);
        const onTheirs = zone === undefined ? edition : { ...edition, zone };
        return publishAt(
          deps,
          { view: onTheirs, digest: digestOf(edition), quiet: isOthers || !isHeard },
          { place, card },
          held.signal,
        );
      }),
    );
    await homesChanged(deps, request);
    const missed = results.flatMap((result) => (result.status === 'fulfilled' && result.value ? [result.value] : []));
    await noteUnreached(deps, request, missed).catch((error: unknown) =>
      deps.log.warn({ request: id, error }, 'who was not reached could not be kept'),
    );
    const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    // One that says when to try again says it for all.
    const waiting = failures.find((error) => error instanceof JitError && error.retryAfterMs !== undefined);
    if (failures.length > 0) throw waiting ?? failures[0];
    await deps.store.published(id, request.version);
  });
}

/** Whose chat it is gets it in a summary. */
function isHeldBack({ directory }: Deps, request: Request, { chat, kind, id }: Place, announce: string): boolean {
  const reader = request.heldBack?.find(
    (one) => kind === 'private' && directory.accountOf(chat, one.id)?.toLowerCase() === id.toLowerCase(),
  );
  return reader !== undefined && hasNoCard(request, reader.id, announce);
}

/** Where those are told whose request it is. */
async function ownPlaces({ directory }: Deps, { requester, askedBy }: Request): Promise<ReadonlySet<string>> {
  const people = await Promise.all(
    [requester, ...(askedBy ? [askedBy] : [])].map(({ id }) => directory.byId(id, 'last')),
  );
  return new Set(people.flatMap((person) => (person ? directory.reach(person).map(placeKey) : [])));
}

function heardAt({ rules }: Deps, place: Place, announce: string): boolean {
  return isHeard(rules.hearings?.get(placeKey(place)), announce);
}

/** Whose clock is meant at a place: its owner's, and in a channel the requester's; undefined where it is not known. */
async function zoneAt(
  { directory }: Deps,
  { chat, kind, id }: Place,
  { requester }: Request,
): Promise<string | undefined> {
  const whose = kind === 'channel' ? directory.byId(requester.id, 'last') : directory.person(chat, id, 'last');
  return (await whose.catch(() => undefined))?.zone;
}

/** What approvers are also told in their own chats; of the rest their card is enough. */
const FOR_EVERYBODY =
  /^(?:(?:nobody|remind|nudge)-\d+$|extension-\d+$|alarm-|refused-now-|allowed-again-|changed(?:-\d+)?$|declined-offer-|answer-|glass|review-)/;

interface Edition {
  readonly view: View;
  readonly digest: string;
  /** Edit the card and say nothing. */
  readonly quiet: boolean;
}

async function publishAt(
  deps: Deps,
  { view, digest, quiet }: Edition,
  { place, card }: { readonly place: Place; readonly card: Card | undefined },
  signal: AbortSignal,
): Promise<Missed | undefined> {
  if (card && card.version >= view.version) return undefined;
  const chat = deps.chats.get(place.chat);
  if (!chat) return undefined;
  const base: Card = card
    ? asBegun(card)
    : { place, nonce: Buffer.from(deps.random(9)).toString('base64url'), version: 0 };
  if (base.ref && base.digest === digest) {
    await deps.store.keepCard(view.request, { ...base, version: view.version });
    return undefined;
  }
  // The intent is kept first: after a crash, or a lost answer, what was begun is looked for. Else nothing need be.
  const tried = card !== undefined && !card.untried && (card.ref === undefined || card.trying !== undefined);
  if (!tried) await deps.store.keepCard(view.request, card ? { ...base, trying: view.version } : base);
  try {
    const previous = {
      nonce: base.nonce,
      tried,
      ...(base.ref ? { ref: base.ref } : {}),
      ...(quiet ? { announced: view.announce } : base.announced ? { announced: base.announced } : {}),
    };
    const ref = await chat.publish(view, place, previous, AbortSignal.any([signal, AbortSignal.timeout(PUBLISH_MS)]));
    const { trying: _, ...known } = base;
    await deps.store.keepCard(view.request, { ...known, ref, version: view.version, announced: view.announce, digest });
    return undefined;
  } catch (error) {
    if (!tried && error instanceof JitError && error.code === 'chatBusy')
      await deps.store.keepCard(view.request, { ...base, untried: true });
    if (!(error instanceof JitError) || error.kind === 'busy') throw error;
    // Refused for good: this version is not tried again, the next one is.
    deps.log.warn({ request: view.request, place: placeKey(place), code: error.code, error }, 'a chat refused a card');
    const { trying: _, ...known } = base;
    await deps.store.keepCard(view.request, { ...known, version: view.version });
    return base.ref ? undefined : { place, code: String(error.words.code ?? error.code) };
  }
}

/** NB. what is begun now is looked for again, if its outcome stays unknown. */
function asBegun({ untried: _, ...card }: Card): Card {
  return card;
}

/** Equal for views that look the same: the version alone changes nothing that people see. */
function digestOf(view: View): string {
  return createHash('sha256')
    .update(JSON.stringify({ ...view, version: 0 }))
    .digest('base64url')
    .slice(0, 11);
}
