import { createHash } from 'node:crypto';
import { JitError } from '../../core/errors/errors.ts';
import { type Place, placeKey } from '../../core/people/place.ts';
import { hasNoCard } from '../../core/request/held-back.ts';
import type { Request } from '../../core/request/request.ts';
import type { View } from '../../core/view/view.ts';
import type { Card } from '../../ports/store.ts';
import type { Deps } from '../deps.ts';
import { editionAt } from './for-reader.ts';
import { homesChanged } from './homes-changed.ts';

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
      request.places.map((place) => {
        const edition = editionAt(deps, request, place);
        const card = cards.get(placeKey(place));
        if (!card && isHeldBack(deps, request, place, edition.announce)) return undefined;
        const quiet = place.kind === 'private' && !own.has(placeKey(place)) && !FOR_EVERYBODY.test(edition.announce);
        return publishAt(deps, { view: edition, digest: digestOf(edition), quiet }, { place, card }, held.signal);
      }),
    );
    await homesChanged(deps, request);
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
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
): Promise<void> {
  if (card && card.version >= view.version) return;
  const chat = deps.chats.get(place.chat);
  if (!chat) return;
  const base: Card = card ?? { place, nonce: Buffer.from(deps.random(9)).toString('base64url'), version: 0 };
  if (base.ref && base.digest === digest) return deps.store.keepCard(view.request, { ...base, version: view.version });
  // The intent is kept first: after a crash, or a lost answer, what was begun is looked for. Else nothing need be.
  const tried = card !== undefined && (card.ref === undefined || card.trying !== undefined);
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
  } catch (error) {
    if (!(error instanceof JitError) || error.kind === 'busy') throw error;
    // Refused for good: this version is not tried again, the next one is.
    deps.log.warn({ request: view.request, place: placeKey(place), code: error.code, error }, 'a chat refused a card');
    const { trying: _, ...known } = base;
    await deps.store.keepCard(view.request, { ...known, version: view.version });
  }
}

/** Equal for views that look the same: the version alone changes nothing that people see. */
function digestOf(view: View): string {
  return createHash('sha256')
    .update(JSON.stringify({ ...view, version: 0 }))
    .digest('base64url')
    .slice(0, 11);
}
