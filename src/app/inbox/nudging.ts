import type { Line } from '../../core/language/text.ts';
import type { Person } from '../../core/people/person.ts';
import { isTheirs } from '../../core/request/on-behalf.ts';
import { isWaiting, type Request } from '../../core/request/request.ts';
import { remindedLines } from '../../core/view/routing-news.ts';
import type { Answer } from '../../ports/inbox.ts';
import type { Deps } from '../deps.ts';
import { nudge } from '../request/nudge.ts';
import { reachedOf } from '../request/reached.ts';
import { meant } from './queries.ts';

/** Reminds those who are asked, of the request that is meant. */
export async function nudgeTyped(deps: Deps, person: Person, typed: string | undefined): Promise<readonly Line[]> {
  const own = (request: Request) => isTheirs(request, person.id) && isWaiting(request);
  const { id } = await meant(deps, person, { verb: 'nudge', ...(typed === undefined ? {} : { which: typed }) }, own);
  return nudging(deps, person, id);
}

/** The same for a button. The card shows it to those who are reminded; whoever pressed reads whom it reached. */
export async function nudgePressed(deps: Deps, person: Person, id: string): Promise<Answer> {
  return { lines: await nudging(deps, person, id), refused: false };
}

async function nudging(deps: Deps, person: Person, id: string): Promise<readonly Line[]> {
  const request = await nudge(deps, person, id);
  const reached = new Map(await reachedOf(deps, request));
  // Who was told in a summary gets a card by it.
  for (const { id: held } of request.heldBack ?? []) reached.set(held, 'a card');
  return remindedLines(request, reached);
}
