import { type Instant, MINUTE_MS, SECOND_MS } from '../../core/language/instant.ts';
import { say } from '../../core/language/say.ts';
import type { Place } from '../../core/people/place.ts';
import { CARD_LIMITS } from '../../core/policy/floods.ts';
import { isSummaryDue, summedUp, untold } from '../../core/request/held-back.ts';
import type { Request } from '../../core/request/request.ts';
import { burstPage } from '../../core/view/burst-page.ts';
import type { Deps } from '../deps.ts';
import { commit } from '../machine/commit.ts';
import type { Alarms } from '../operators/alarms.ts';
import { tellPlaces } from '../protect/news.ts';

/** So many are summed up at a time. */
const MOST = 500;
/** A summary that no address took is tried again after this, and after twice as long each time. */
const AGAIN_MS = 30 * SECOND_MS;
const LATEST_MS = 5 * MINUTE_MS;
/** The operators are told after so many tries. */
const TOLD_AFTER = 3;

/** Whom no address took a summary for, by id: how often, and when it is tried again. */
export interface Untaken {
  readonly people: Map<string, { readonly tries: number; readonly again: Instant }>;
  /** Absent: the log alone has it. */
  readonly alarms?: Alarms;
}

/**
 * Tells approvers in one message what was held back from them and still waits. What was told is kept on the request after it was:
 * a process that dies between tells it twice, and never not at all. Where no address of somebody takes it, it is tried again less and less
 * often, and the operators are told once. Gives how many people were told.
 */
export async function sumUp(
  deps: Deps,
  signal: AbortSignal,
  untaken: Untaken = { people: new Map() },
): Promise<number> {
  const found = await deps.store.find({ by: 'state', which: 'heldBack' }, MOST);
  const held = new Map<string, Request[]>();
  for (const request of found) for (const id of untold(request)) held.set(id, [...(held.get(id) ?? []), request]);
  for (const id of untaken.people.keys()) if (!held.has(id)) await taken(untaken, id);
  if (held.size === 0) return 0;
  const { at } = await deps.store.now();
  const { withinMs } = deps.rules.cards ?? CARD_LIMITS;
  let told = 0;
  for (const [id, requests] of held) {
    signal.throwIfAborted();
    if ((untaken.people.get(id)?.again ?? 0) > at || !isSummaryDue(requests, id, at, withinMs)) continue;
    if (await tell(deps, id, requests)) {
      await taken(untaken, id);
      told += 1;
    } else await notTaken(deps, untaken, { id, at, count: requests.length });
  }
  return told;
}

async function notTaken(
  { directory }: Deps,
  { people, alarms }: Untaken,
  { id, at, count }: { readonly id: string; readonly at: Instant; readonly count: number },
): Promise<void> {
  const tries = (people.get(id)?.tries ?? 0) + 1;
  people.set(id, { tries, again: at + Math.min(LATEST_MS, AGAIN_MS * 2 ** Math.min(tries - 1, 10)) });
  if (tries < TOLD_AFTER) return;
  const name = (await directory.byId(id, 'last').catch(() => undefined))?.name ?? id;
  const what = count === 1 ? say`1 request waits` : say`${count} requests wait`;
  await alarms?.raise({
    key: keyOf(id),
    title: say`An approver cannot be told in any chat`,
    lines: [
      say`${what} for ${name}, and none of their chats takes the summary. It is tried again every five minutes.`,
      say`Ask ${name} to open Drawbridge in Slack, or to install the app in Teams. The cards are in the channels, too.`,
    ],
  });
}

/** They were told, or nothing waits for them any more. */
async function taken({ people, alarms }: Untaken, id: string): Promise<void> {
  if (!people.delete(id)) return;
  const lines = [say`A summary was taken, or nothing waits for them any more.`];
  await alarms?.over({ key: keyOf(id), title: say`An approver can be told again`, lines });
}

function keyOf(id: string): string {
  return `summary ${id}`;
}

async function tell(deps: Deps, id: string, requests: readonly Request[]): Promise<boolean> {
  const person = await deps.directory.byId(id, 'last');
  const places = person ? deps.directory.reach(person) : [];
  if (!(await toldAtOne(deps, requests, places))) return false;
  for (const request of requests)
    await commit(deps, request.id, (now, { at }) =>
      now.status === 'pending'
        ? { next: summedUp(now, id, at), event: 'summed up', by: 'drawbridge', text: id }
        : undefined,
    );
  return true;
}

/** At the first address that takes it: whoever is not reached at one is told at another. */
async function toldAtOne(deps: Deps, requests: readonly Request[], places: readonly Place[]): Promise<boolean> {
  for (const place of places) if ((await tellPlaces(deps, burstPage(requests), [place])) > 0) return true;
  return false;
}
