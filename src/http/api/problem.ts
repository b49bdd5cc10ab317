import { randomBytes } from 'node:crypto';
import type { Kind } from '../../core/errors/entry.ts';
import { type CallFault, type Code, JitError, sayOf } from '../../core/errors/errors.ts';
import { callText } from '../../core/errors/in-call.ts';
import type { ApiStepUp } from '../../ports/api.ts';
import type { HttpReply } from '../../ports/http.ts';
import type { Log } from '../../ports/log.ts';
import { type CallMade, spotsOf } from './spot.ts';

type Told = readonly [status: number, title: string];

/** What each kind of refusal is over HTTP, and in a few words. */
const KINDS: Readonly<Record<Kind, Told>> = {
  invalid: [422, 'Invalid call'],
  unauthentic: [401, 'Not signed in'],
  denied: [403, 'Not allowed'],
  unjudged: [503, 'Cannot be judged now'],
  notFound: [404, 'Not found'],
  conflict: [409, 'Conflict with how things stand'],
  busy: [503, 'Not possible now'],
  refused: [409, 'Refused'],
  misconfigured: [500, 'Not set up'],
  bug: [500, 'Internal error'],
};

/** Those for which HTTP has a status of their own. */
const OWN: Readonly<Partial<Record<Code, Told>>> = {
  tooManyCalls: [429, 'Too many calls'],
  otherMethod: [405, 'Method not allowed'],
  bodyTooLong: [413, 'Body too long'],
  notJson: [415, 'Body is not JSON'],
};

/** Each status that a refusal has, and what it means for whoever calls. */
export const STATUSES: readonly (readonly [status: number, means: string])[] = [
  [401, 'No token, or one that does not count. Sign in again.'],
  [403, 'Whoever calls may not; of an approval, also that its policy wants more first (`stepUp`).'],
  [404, 'There is none that whoever calls may see.'],
  [405, 'The path takes other methods, which `Allow` names.'],
  [409, 'It is refused as things stand now. Calling again does not change that.'],
  [413, 'The body is too long.'],
  [415, 'The body is not `application/json` in UTF-8.'],
  [422, 'The call is not what is expected; `errors` names what of it.'],
  [429, 'Too many calls. Wait as long as `Retry-After` says.'],
  [500, 'Something is not set up, or went wrong; `detail` has the reference of the log.'],
  [503, 'Nobody can tell now, so nothing was done. Call again later, with the same `Idempotency-Key`.'],
];

/** A refusal as a program is told it (RFC 9457). What is not ours goes to the log, under the reference that is told. */
export function problemOf(error: unknown, { log, call }: { readonly log: Log; readonly call: CallMade }): HttpReply {
  const reference = randomBytes(5).toString('hex');
  const known = error instanceof JitError ? error : new JitError(sayOf(error, reference).code as 'bug', { reference });
  const { code, kind } = known;
  const { path } = call;
  if (code === 'bug') log.error({ error, reference, path }, 'a call of the API failed');
  else log.info({ code, path, ...(kind === 'unjudged' ? { error } : {}) }, 'a call of the API was refused');
  return problemIn(known, { errors: spotsOf(known, call) });
}

interface More {
  readonly errors?: readonly CallFault[];
  readonly headers?: HttpReply['headers'];
}

/** A refusal that is in the log already. */
export function problemIn(error: JitError, { errors = error.fields, headers = {} }: More = {}): HttpReply {
  const { code, kind, retryAfterMs } = error;
  const [status, title] = OWN[code] ?? KINDS[kind];
  const told = { status, title, detail: callText(error), code, kind, ...(errors.length > 0 ? { errors } : {}) };
  return problem(told, {
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...(retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)) }),
    ...headers,
  });
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
  readonly errors?: readonly CallFault[];
  readonly stepUp?: ApiStepUp['stepUp'];
}

function problem(told: Problem, headers: HttpReply['headers'] = {}): HttpReply {
  return {
    status: told.status,
    headers: { 'content-type': 'application/problem+json; charset=utf-8', ...headers },
    body: JSON.stringify({ type: `urn:drawbridge:error:${told.code}`, ...told }),
  };
}
