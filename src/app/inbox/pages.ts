import type { Line } from '../../core/language/text.ts';
import type { Person } from '../../core/people/person.ts';
import { isWaiting, type Request } from '../../core/request/request.ts';
import { inOrder, type ListPage, listPage, type PageName } from '../../core/view/list-page.ts';
import type { ReadAs } from '../../core/view/readers.ts';
import type { Deps } from '../deps.ts';
import { isSecurity, mustBeSecurity } from '../request/end.ts';
import { home } from './home.ts';
import { leftoverLines } from './leftovers.ts';
import { concerns, everything, listFor, mayRequest } from './queries.ts';
import { strayNews } from './strays.ts';

/** With their buttons these fit into every chat's message. */
const ROWS = 6;

/**
 * A page of this person, from records alone: nothing is changed. One that is not there any more is the last that is. Throws
 * `notSecurity` for what only they may see.
 */
export async function pageFor(deps: Deps, person: Person, which: PageName, wanted: number): Promise<ListPage> {
  if (which === 'home') {
    const page = await home(deps, person);
    return { ...page, which, title: 'Drawbridge', page: 1, pages: 1 };
  }
  const all = inOrder(await listed(deps, person, which), person.id);
  const pages = Math.max(1, Math.ceil(all.length / ROWS));
  const page = Math.min(Math.max(1, wanted), pages);
  const shown = await Promise.all(
    all.slice((page - 1) * ROWS, page * ROWS).map(async (request) => {
      const as = await readsAs(deps, person, request);
      return { request, ...(as ? { as } : {}) };
    }),
  );
  const { at } = await deps.store.now();
  const beside = page === pages ? await besides(deps, person, which, all.length) : [];
  const counted = { page, pages, count: all.length };
  return listPage({ at, which, ...counted, reader: person.id, shown, beside, mayRequest: mayRequest(deps, person) });
}

/** What this person may do with a request that does not name them. */
export async function readsAs(deps: Deps, person: Person, request: Request): Promise<ReadAs | undefined> {
  if (await concerns(deps, person, request)) return 'decider';
  return isSecurity(deps, person) ? 'closer' : undefined;
}

async function listed(deps: Deps, person: Person, which: Exclude<PageName, 'home'>): Promise<readonly Request[]> {
  if (which === 'all') {
    mustBeSecurity(deps, person);
    return everything(deps);
  }
  const all = await listFor(deps, person);
  const isOwn = ({ requester }: Request) => requester.id === person.id;
  if (which === 'mine') return all.filter(isOwn);
  return which === 'pending' ? all.filter((request) => !isOwn(request) && isWaiting(request)) : all;
}

/** Rules without a record, and what cannot be said. */
async function besides(deps: Deps, person: Person, which: PageName, count: number): Promise<readonly Line[]> {
  if (which === 'pending') return [];
  const { lines: strays, unsaid } = await strayNews(deps, which === 'all' ? 'everybody' : person);
  const leftovers = which === 'all' ? await leftoverLines(deps) : [];
  const isAllSaid = which !== 'all' && count + strays.length > 0;
  return [...strays, ...leftovers, ...(unsaid && !isAllSaid ? [unsaid] : [])];
}
