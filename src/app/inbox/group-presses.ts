import { JitError } from '../../core/errors/errors.ts';
import { say } from '../../core/language/say.ts';
import type { Line, Saying } from '../../core/language/text.ts';
import type { Person } from '../../core/people/person.ts';
import { groupId, questionNumber } from '../../core/request/group.ts';
import { isInForce, isWaiting, type Request } from '../../core/request/request.ts';
import { membersAt, namesOf } from '../../core/view/group.ts';
import type { DecidingVerb } from '../../core/view/view.ts';
import { namesAmong } from '../../core/view/words.ts';
import type { Answer, Press, Sender } from '../../ports/inbox.ts';
import type { Deps } from '../deps.ts';
import { noRequest } from '../machine/no-request.ts';
import { whatHappened } from '../request/answers.ts';
import { decide } from '../request/decide.ts';
import { revoke, withdraw } from '../request/end.ts';
import { groupCalled } from '../request/group.ts';
import { nudge } from '../request/nudge.ts';
import { groupViewFor } from './edition.ts';
import { groupDetails } from './group-details.ts';
import { decision } from './refusals.ts';
import { remedied } from './remedies.ts';
import { told } from './told.ts';

/** What one press does with each. */
type GroupVerb = Extract<DecidingVerb, 'approve' | 'deny' | 'withdraw' | 'revoke'> | 'nudge';

const DONE: Readonly<Record<GroupVerb, Saying>> = {
  approve: say`Approved`,
  deny: say`Denied`,
  withdraw: say`Withdrawn`,
  revoke: say`Closing`,
  nudge: say`Reminded`,
};
const NOT: Readonly<Record<GroupVerb, Saying>> = {
  approve: say`was not approved`,
  deny: say`was not denied`,
  withdraw: say`was not withdrawn`,
  revoke: say`was not closed`,
  nudge: say`was not reminded of`,
};

/**
 * A button on the card of several requests: it is done with each of them that is shown there and can take it, one after the other and
 * judged on its own; what was refused is named with its reason. What waits must be what the card showed, or nothing is approved.
 * `press.request` is the id of the first.
 */
export async function groupPressed(deps: Deps, person: Person, press: Press, sender: Sender): Promise<Answer> {
  const { verb, request: first } = press;
  if (verb === 'details') return { lines: [], refused: false, report: await groupDetails(deps, person, first) };
  if (verb === 'move') throw new JitError('moveByItself');
  if (!isGroupVerb(verb)) throw await noRequest(deps, groupId(first));
  const group = await groupCalled(deps, first);
  const here = membersAt(group, press.card?.place ?? sender.place);
  if (here.length === 0) throw await noRequest(deps, groupId(first));
  const lines = await eachOf(deps, person, { ...press, verb }, here);
  const shown = await groupViewFor(deps, person, await groupCalled(deps, first), sender.place);
  return { ...lines, ...(shown ? { view: shown } : {}) };
}

function isGroupVerb(verb: Press['verb']): verb is GroupVerb {
  return Object.hasOwn(DONE, verb);
}

async function eachOf(
  deps: Deps,
  person: Person,
  press: Press & { readonly verb: GroupVerb },
  here: readonly Request[],
): Promise<Pick<Answer, 'lines' | 'refused'>> {
  const { verb, version } = press;
  const those = here.filter((request) => fits(verb, request));
  const [none] = here;
  if (those.length === 0 && none) return said(deps, await remedied(deps, person, whatHappened(none)));
  if (verb === 'approve' && version !== questionNumber(here))
    return said(deps, new JitError('changedSinceSeen', { what: say`not the same requests wait as it showed` }));
  const name = namesAmong(here);
  const done: Request[] = [];
  const refused: Line[] = [];
  for (const request of those) {
    try {
      done.push(await one(deps, person, press, request));
    } catch (error) {
      refused.push([say`${name(request)} ${NOT[verb]}: ${told(deps, await remedied(deps, person, error)).line}`]);
    }
  }
  // The card says the rest to everybody.
  if (refused.length === 0 && verb !== 'nudge') return { lines: [], refused: false };
  const head: readonly Line[] = done.length > 0 ? [[say`${DONE[verb]}: ${namesOf(done, name)}.`]] : [];
  return { lines: [...head, ...refused], refused: done.length === 0 };
}

/** Can it take that at all? Whether this person may is judged of each. */
function fits(verb: GroupVerb, request: Request): boolean {
  if (verb === 'withdraw') return request.status === 'pending';
  if (verb === 'revoke') return request.status === 'scheduled' || isInForce(request);
  return isWaiting(request);
}

function one(
  deps: Deps,
  person: Person,
  { verb, reason }: Press & { readonly verb: GroupVerb },
  { id, version }: Request,
): Promise<Request> {
  if (verb === 'nudge') return nudge(deps, person, id);
  return decision(deps, { verb, request: id }, async () => {
    if (verb === 'withdraw') return withdraw(deps, person, id);
    if (verb === 'revoke') return revoke(deps, person, id, reason);
    return decide(deps, person, { request: id, version, verdict: verb, ...(reason === undefined ? {} : { reason }) });
  });
}

function said(deps: Deps, error: unknown): Pick<Answer, 'lines' | 'refused'> {
  return { lines: [told(deps, error).line], refused: true };
}
