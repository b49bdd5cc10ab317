import { createHash } from 'node:crypto';
import { JitError } from '../../core/errors/errors.ts';
import { isHeard } from '../../core/people/hearing.ts';
import { type Place, placeKey } from '../../core/people/place.ts';
import { hasNoCard } from '../../core/request/held-back.ts';
import type { Request } from '../../core/request/request.ts';
import type { View } from '../../core/view/view.ts';
import type { Card } from '../../ports/store.ts';
import type { Deps } from '../deps.ts';
import type { Missed } from './unreached.ts';

/** Posts and edits of one state, at all places at once. */
const PUBLISH_MS = 8_000;

/** Whose chat it is gets it in a summary. */
export function isHeldBack(
  { directory }: Deps,
  request: Request,
  { chat, kind, id }: Place,
  announce: string,
): boolean {
  const reader = request.heldBack?.find(
    (one) => kind === 'private' && directory.accountOf(chat, one.id)?.toLowerCase() === id.toLowerCase(),
  );
  return reader !== undefined && hasNoCard(request, reader.id, announce);
}

/** Where those are told whose request it is. */
export async function ownPlaces({ directory }: Deps, { requester, askedBy }: Request): Promise<ReadonlySet<string>> {
  const people = await Promise.all(
    [requester, ...(askedBy ? [askedBy] : [])].map(({ id }) => directory.byId(id, 'last')),
  );
  return new Set(people.flatMap((person) => (person ? directory.reach(person).map(placeKey) : [])));
}

export function heardAt({ rules }: Deps, place: Place, announce: string): boolean {
  return isHeard(rules.hearings?.get(placeKey(place)), announce);
}

/** Whose clock is meant at a place: its owner's, and in a channel the requester's; undefined where it is not known. */
export async function zoneAt(
  { directory }: Deps,
  { chat, kind, id }: Place,
  { requester }: Request,
): Promise<string | undefined> {
  const whose = kind === 'channel' ? directory.byId(requester.id, 'last') : directory.person(chat, id, 'last');
  return (await whose.catch(() => undefined))?.zone;
}

/** What approvers are also told in their own chats; of the rest their card is enough. */
export const FOR_EVERYBODY =
  /^(?:(?:nobody|remind|nudge)-\d+$|extension-\d+$|extension-failed-|alarm-|refused-now-|allowed-again-|changed(?:-\d+)?$|declined-offer-|answer-|glass|review-)/;

export interface Edition {
  readonly view: View;
  readonly digest: string;
  /** Edit the card and say nothing. */
  readonly quiet: boolean;
  /** Under which id the card is kept, and what it shows: it grows with each change. */
  readonly kept: { readonly id: string; readonly version: number };
}

/** Ends what is published at all places of one request after the time that a post may take. */
export function publishing(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(PUBLISH_MS)]);
}

/** @param signal of `publishing` */
export async function publishAt(
  deps: Deps,
  { view, digest, quiet, kept }: Edition,
  { place, card }: { readonly place: Place; readonly card: Card | undefined },
  signal: AbortSignal,
): Promise<Missed | undefined> {
  if (card && card.version >= kept.version) return undefined;
  const chat = deps.chats.get(place.chat);
  if (!chat) return undefined;
  const base: Card = card
    ? asBegun(card)
    : { place, nonce: Buffer.from(deps.random(9)).toString('base64url'), version: 0 };
  // NB. what was begun and not heard of may have changed the card since.
  const isShown = base.ref !== undefined && base.digest === digest && base.trying === undefined;
  if (isShown && (quiet || base.announced === view.announce)) {
    await deps.store.keepCard(kept.id, { ...base, version: kept.version, announced: view.announce });
    return undefined;
  }
  // The intent is kept first: after a crash, or a lost answer, what was begun is looked for. Else nothing need be.
  const tried = card !== undefined && !card.untried && (card.ref === undefined || card.trying !== undefined);
  if (!tried) await deps.store.keepCard(kept.id, card ? { ...base, trying: kept.version } : base);
  try {
    const previous = {
      nonce: base.nonce,
      tried,
      ...(base.ref ? { ref: base.ref } : {}),
      ...(isShown ? { isShown: true as const } : {}),
      ...(quiet ? { announced: view.announce } : base.announced ? { announced: base.announced } : {}),
    };
    const { first: headline = view.headline, ...rest } = view;
    const shown = base.ref === undefined ? { ...rest, headline } : rest;
    const publish = () => chat.publish(shown, place, previous, signal);
    const facts = { 'drawbridge.chat': place.chat };
    const ref = await (deps.traces ? deps.traces.span('chat', { facts }, publish) : publish());
    const { trying: _, ...known } = base;
    await deps.store.keepCard(kept.id, { ...known, ref, version: kept.version, announced: view.announce, digest });
    return undefined;
  } catch (error) {
    if (!tried && error instanceof JitError && error.code === 'chatBusy')
      await deps.store.keepCard(kept.id, { ...base, untried: true });
    if (!(error instanceof JitError) || error.kind === 'busy') throw error;
    // Refused for good: this version is not tried again, the next one is.
    deps.log.warn({ request: view.request, place: placeKey(place), code: error.code, error }, 'a chat refused a card');
    const { trying: _, ...known } = base;
    await deps.store.keepCard(kept.id, { ...known, version: kept.version });
    return base.ref ? undefined : { place, code: typeof error.words.code === 'string' ? error.words.code : error.code };
  }
}

/** NB. what is begun now is looked for again, if its outcome stays unknown. */
function asBegun({ untried: _, ...card }: Card): Card {
  return card;
}

/**
 * Equal for views that look the same: the version alone changes nothing that people see. While it is open, what is said below the card
 * changes nothing of it either; where something waits, it may be another question that reads the same.
 */
export function digestOf(view: View): string {
  const isOpen = view.tone === 'open' && !view.buttons.some(({ verb }) => verb === 'approve');
  return createHash('sha256')
    .update(JSON.stringify({ ...view, version: 0, ...(isOpen ? { announce: '', headline: [] } : {}) }))
    .digest('base64url')
    .slice(0, 11);
}

/** Throws what failed: one that says when to try again says it for all. */
export function throwFailed(results: readonly PromiseSettledResult<unknown>[]): void {
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  const waiting = failures.find((error) => error instanceof JitError && error.retryAfterMs !== undefined);
  if (failures.length > 0) throw waiting ?? failures[0];
}
