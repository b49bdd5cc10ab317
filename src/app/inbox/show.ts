import type { Person } from '../../core/people/person.ts';
import { firstIn } from '../../core/request/group.ts';
import type { Request } from '../../core/request/request.ts';
import type { Report } from '../../core/view/report.ts';
import { detailsPage, showPage } from '../../core/view/show-page.ts';
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
  return pageOf(deps, request);
}

/** The same by a press on its card, where others see less: what the card has no room for. */
export async function details(deps: Deps, person: Person, id: string): Promise<Report> {
  const { request } = await deps.store.load(id);
  if (!request) throw await noRequest(deps, id);
  const isTold = isSecurity(deps, person) || (await concerns(deps, person, request));
  return isTold ? pageOf(deps, request) : detailsPage(request);
}

async function pageOf(deps: Deps, request: Request): Promise<Report> {
  return showPage(request, await reachedOf(deps, request));
}
