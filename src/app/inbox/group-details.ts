import type { Person } from '../../core/people/person.ts';
import { groupId } from '../../core/request/group.ts';
import type { Member } from '../../core/view/group.ts';
import { groupPage } from '../../core/view/group-page.ts';
import { viewOf } from '../../core/view/projection.ts';
import { readBy } from '../../core/view/readers.ts';
import type { Report } from '../../core/view/report.ts';
import type { Deps } from '../deps.ts';
import { noRequest } from '../machine/no-request.ts';
import { isSecurity } from '../request/end.ts';
import { groupCalled } from '../request/group.ts';
import { concerns } from './queries.ts';

/** The single requests of a group, for whom they concern, each with what this person may do with it. Throws as if there were none for all others. */
export async function groupDetails(deps: Deps, person: Person, first: string): Promise<Report> {
  const members: Member[] = [];
  for (const request of await groupCalled(deps, first)) {
    if (!isSecurity(deps, person) && !(await concerns(deps, person, request))) continue;
    members.push({ request, view: readBy(viewOf(request), request, { person: person.id }) });
  }
  const [one, ...more] = members;
  if (!one) throw await noRequest(deps, groupId(first));
  return groupPage([one, ...more]);
}
