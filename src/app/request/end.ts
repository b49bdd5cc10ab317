import type { Capacity, CommandLine } from '../../core/audit/entry.ts';
import { JitError } from '../../core/errors/errors.ts';
import type { Instant } from '../../core/language/instant.ts';
import { say } from '../../core/language/say.ts';
import { givenReason } from '../../core/language/terms.ts';
import { isMeant, type Person } from '../../core/people/person.ts';
import { decidersOf } from '../../core/policy/approval.ts';
import { decidersWords } from '../../core/policy/deciders.ts';
import { approversText } from '../../core/policy/stage.ts';
import { revoked } from '../../core/request/closing.ts';
import { denied, withdrawn } from '../../core/request/life.ts';
import { isTheirs } from '../../core/request/on-behalf.ts';
import { isInForce, type Request, type Scheduled } from '../../core/request/request.ts';
import { COMMAND_LINE, type Who } from '../../core/request/review.ts';
import type { Deps } from '../deps.ts';
import { commit, type Decision } from '../machine/commit.ts';
import { noRequest } from '../machine/no-request.ts';
import { whatHappened } from './answers.ts';
import { mayStop } from './stopping.ts';

/** Takes a request back that waits, for a decision or for its time: the requester alone. */
export async function withdraw(deps: Deps, person: Person, id: string, said?: string): Promise<Request> {
  const reason = reasonIn(said);
  return commit(deps, id, (request, now) => {
    if (!isTheirs(request, person.id)) throw new JitError('notYours', { who: request.requester.name });
    if (request.status !== 'pending' && request.status !== 'scheduled') throw whatHappened(request, 'stop');
    return {
      next: withdrawn(request, { id: person.id, name: person.name }, now.at, reason),
      event: 'withdrawn',
      by: person.id,
      ...(reason ? { text: reason } : {}),
    };
  });
}

/** Who ends access: a person, or a user of the command line, who has the program's own rights. */
export type Closer = Person | CommandLine;

/**
 * Ends access before its time: the requester, whoever approved it, anybody who may decide for the requester now, and
 * `security` and the command line always, whatever became of people and policies.
 */
export async function revoke(deps: Deps, closer: Closer, id: string, said?: string): Promise<Request> {
  const reason = reasonIn(said);
  const { request: before } = await deps.store.load(id);
  if (!before) throw await noRequest(deps, id);
  const as = await mayEnd(deps, closer, before);
  const by = whoOf(closer);
  return commit(deps, id, (request, now) => {
    if (request.status === 'closing') return undefined;
    if (request.status === 'pending')
      throw new JitError('notOpen', { what: say`it waits for a decision` }, { choices: [id] });
    if (request.status === 'scheduled') return { ...calledOff(request, by, now.at, reason), as };
    if (!isInForce(request)) throw whatHappened(request);
    const next = revoked(request, by, now.at, reason);
    return { next, event: 'revoked', by: by.id, as, ...(reason ? { text: reason } : {}) };
  });
}

function reasonIn(said: string | undefined): string | undefined {
  return said === undefined ? undefined : givenReason(said) || undefined;
}

/** Before its time came: whoever requested it takes it back, anybody else denies it. */
function calledOff(request: Scheduled, by: Who, at: Instant, reason?: string): Omit<Decision, 'as'> {
  const said = { by: by.id, ...(reason ? { text: reason } : {}) };
  if (isTheirs(request, by.id)) return { next: withdrawn(request, by, at, reason), event: 'withdrawn', ...said };
  const review = { by, at, verdict: 'deny' as const, ...(reason ? { reason } : {}) };
  return { next: denied(request, review), event: 'denied', ...said };
}

/** As what somebody ends it. Throws `notCloser`. */
export async function mayEnd(deps: Deps, closer: Closer, request: Request): Promise<Capacity> {
  if (!('id' in closer)) return 'commandLine';
  const { requester } = request;
  if (isTheirs(request, closer.id)) return 'requester';
  if (request.reviews.some((review) => review.by.id === closer.id)) return 'approver';
  if (isSecurity(deps, closer)) return 'security';
  // Nobody approved it: whoever was told in person can stop it.
  if (request.breakGlass && request.asked.some(({ id }) => id === closer.id)) return 'approver';
  const policies = deps.rules.policies.filter(({ name }) => request.policies.includes(name));
  // Renamed, or taken out of the rules: who decides is not known any more, and who let it in is.
  const others = request.breakGlass ? say`whoever was told in person` : say`whoever approved it`;
  if (policies.length === 0) throw new JitError('notCloser', { requester: requester.name, who: others });
  const known = await deps.directory.byId(requester.id, 'last');
  try {
    mayStop(closer, request, policies, known);
  } catch (error) {
    if (!(error instanceof JitError) || error.code !== 'notApprover') throw error;
    throw new JitError('notCloser', {
      requester: requester.name,
      who: decidersWords(approversText(decidersOf(policies))),
    });
  }
  return 'approver';
}

/** May this person close anything at any time? */
export function isSecurity({ rules }: Pick<Deps, 'rules'>, person: Person): boolean {
  return isMeant(person, rules.security);
}

/** Throws `notSecurity` for a person who is not meant by `security`. */
export function mustBeSecurity(deps: Pick<Deps, 'rules'>, closer: Closer): void {
  if ('id' in closer && !isSecurity(deps, closer)) throw new JitError('notSecurity');
}

/** What others are told who it was. */
export function whoOf(closer: Closer): Who {
  if ('id' in closer) return { id: closer.id, name: closer.name };
  return { id: COMMAND_LINE, name: `${closer.user} on ${closer.host}` };
}
