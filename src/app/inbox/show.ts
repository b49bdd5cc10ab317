import type { CommandLine } from '../../core/audit/entry.ts';
import type { Line } from '../../core/language/text.ts';
import type { Person } from '../../core/people/person.ts';
import { firstIn } from '../../core/request/group.ts';
import { isTheirs } from '../../core/request/on-behalf.ts';
import type { Request } from '../../core/request/request.ts';
import { alsoOpen } from '../../core/view/history.ts';
import type { Report } from '../../core/view/report.ts';
import { detailsPage, showPage } from '../../core/view/show-page.ts';
import { noteRead } from '../audit/read.ts';
import type { Deps } from '../deps.ts';
import { noRequest } from '../machine/no-request.ts';
import { isSecurity } from '../request/end.ts';
import { reachedOf } from '../request/reached.ts';
import { groupDetails } from './group-details.ts';
import { concerns, meant } from './queries.ts';

/** One request, for whoever asked for it or may decide it, and for `security`. Throws as if there were none for all others. */
export async function show(deps: Deps, person: Person, typed: string | undefined): Promise<Report> {
  const first = typed === undefined ? undefined : firstIn(typed);
  if (first !== undefined) return groupDetails(deps, person, first);
  const request = await meant(
    deps,
    person,
    { verb: 'show', ...(typed === undefined ? {} : { which: typed }) },
    () => true,
  );
  if (!isSecurity(deps, person) && !(await concerns(deps, person, request)))
    throw await noRequest(deps, typed ?? request.id);
  await noteLook(deps, person, request);
  return pageOf(deps, person, request);
}

/** One request, whoever's it is, for whoever keeps the computer that Drawbridge runs on. */
export async function showAny(
  deps: Deps,
  by: CommandLine,
  id: string,
): Promise<{ readonly request: Request; readonly page: Report }> {
  const { request } = await deps.store.load(id.toLowerCase());
  if (!request) throw await noRequest(deps, id);
  const { requester, machine, machineName } = request;
  const about = { request: request.id, requester, machine, machineName };
  await noteRead(deps, { by, as: 'commandLine', ...about, why: 'a request' });
  return { request, page: await pageOf(deps, undefined, request) };
}

/** The same by a press on its card, where others see less: what the card has no room for. */
export async function details(deps: Deps, person: Person, id: string): Promise<Report> {
  const { request } = await deps.store.load(id);
  if (!request) throw await noRequest(deps, id);
  const isTold = isSecurity(deps, person) || (await concerns(deps, person, request));
  if (!isTold) return detailsPage(request);
  await noteLook(deps, person, request);
  return pageOf(deps, person, request);
}

/** Whose it is, and who was asked to decide it, look at what is theirs. */
async function noteLook(deps: Deps, person: Person, request: Request): Promise<void> {
  if (isTheirs(request, person.id) || request.asked.some(({ id }) => id === person.id)) return;
  const { requester, machine, machineName } = request;
  const about = { request: request.id, requester, machine, machineName };
  const as = isSecurity(deps, person) ? 'security' : 'approver';
  await noteRead(deps, { by: deps.acting ?? { person }, as, ...about, why: 'a request of somebody else' });
}

async function pageOf(deps: Deps, person: Person | undefined, request: Request): Promise<Report> {
  const page = withStory(deps, showPage(request, await reachedOf(deps, request)), request);
  // Who else gets in is for those who decide.
  if (person && isTheirs(request, person.id) && !isSecurity(deps, person)) return page;
  const { requests } = await deps.store.liveOn(request.machine);
  return { ...page, sections: [...page.sections, ...alsoOpen(request, requests)] };
}

/** On the board it has its story and its proof: whoever opens the link signs in, and sees what they may read. */
function withStory({ pages, board }: Deps, page: Report, { id }: Request): Report {
  if (!pages || !board) return page;
  const line: Line = [{ link: `${pages.url}/board/lease/${id}`, name: 'Its story on the board' }];
  return { ...page, sections: [...page.sections, { heading: '', rows: [{ line }] }] };
}
