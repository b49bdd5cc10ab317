import { randomBytes } from 'node:crypto';
import type { Kind } from '../../core/errors/entry.ts';
import { JitError, sayOf } from '../../core/errors/errors.ts';
import type { ApiStepUp } from '../../ports/api.ts';
import type { HttpReply } from '../../ports/http.ts';
import type { Log } from '../../ports/log.ts';

/** What each kind of refusal is over HTTP, and in a few words. */
const KINDS: Readonly<Record<Kind, readonly [status: number, title: string]>> = {
  invalid: [422, 'This is not what is expected'],
  unauthentic: [401, 'Nobody knows who you are'],
  denied: [403, 'You may not'],
  unjudged: [503, 'Nobody can tell, so no'],
  notFound: [404, 'There is none'],
  conflict: [409, 'It is not as you think'],
  busy: [503, 'Not now'],
  refused: [409, 'This is refused'],
  misconfigured: [500, 'Drawbridge is not set up for it'],
  bug: [500, 'Something went wrong'],
};

/** Each status that a refusal has, and what it means for whoever calls. */
export const STATUSES: readonly (readonly [status: number, means: string])[] = [
  [401, 'No token, or one that does not count. Sign in again.'],
  [403, 'Whoever calls may not; of an approval, also that its policy wants more first (`stepUp`).'],
  [404, 'There is none that whoever calls may see.'],
  [409, 'It is refused as things stand now. Calling again does not change that.'],
  [422, 'The call is not what is expected; `detail` says where.'],
  [429, 'Too many calls. Wait as long as `Retry-After` says.'],
  [500, 'Something is not set up, or went wrong; `detail` has the reference of the log.'],
  [503, 'Nobody can tell now, so nothing was done. Call again later, with the same `Idempotency-Key`.'],
];

/** A refusal in the words of its error (RFC 9457). What is not ours goes to the log, under the reference that is told. */
export function problemOf(error: unknown, { log, path }: { readonly log: Log; readonly path: string }): HttpReply {
  const reference = randomBytes(5).toString('hex');
  const { code, text } = sayOf(error, reference);
  const kind = error instanceof JitError ? error.kind : 'bug';
  if (code === 'bug') log.error({ error, reference, path }, 'a call of the API failed');
  else log.info({ code, path, ...(kind === 'unjudged' ? { error } : {}) }, 'a call of the API was refused');
  const [status, title] = code === 'tooManyCalls' ? ([429, KINDS.busy[1]] as const) : KINDS[kind];
  const retryAfterMs = error instanceof JitError ? error.retryAfterMs : undefined;
  const headers = {
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...(retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)) }),
  };
  return problem({ status, title, detail: text, code, kind }, headers);
}

/** Nothing is approved yet: it says what is wanted first. */
export function stepUpProblem({ stepUp, said }: ApiStepUp): HttpReply {
  const code = 'link' in stepUp ? 'signInNeeded' : 'numberNeeded';
  return problem({ status: 403, title: KINDS.denied[1], detail: said.join(' '), code, kind: 'denied', stepUp });
}

interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly code: string;
  readonly kind: Kind;
  readonly stepUp?: ApiStepUp['stepUp'];
}

function problem(told: Problem, headers: Readonly<Record<string, string>> = {}): HttpReply {
  return {
    status: told.status,
    headers: { 'content-type': 'application/problem+json; charset=utf-8', ...headers },
    body: JSON.stringify({ type: `urn:drawbridge:error:${told.code}`, ...told }),
  };
}
