import { randomUUID } from 'node:crypto';
import { JitError } from '../../core/errors/errors.ts';
import type { AccessTokens, ApiCaller, ApiDoor, ApiSignIn } from '../../ports/api.ts';
import type { ApiDocument } from '../../ports/api-document.ts';
import type { HttpReply, HttpRequest, Route } from '../../ports/http.ts';
import type { Log } from '../../ports/log.ts';
import { asJson } from '../json.ts';
import { bodyOf } from './body.ts';
import { API_CALLS, type ApiRoute } from './calls.ts';
import { TOKEN } from './keys.ts';
import { type FirstSaid, onceFor } from './once.ts';
import { problemOf, stepUpProblem } from './problem.ts';
import { KEY, nothing, signIn as signInAnswer } from './schemas.ts';
import { malformed, queryOf, shaped } from './shape.ts';
import type { CallMade } from './spot.ts';

export interface ApiTools {
  readonly door: ApiDoor;
  readonly tokens: AccessTokens;
  readonly signIn: ApiSignIn & { readonly installation: string };
  /** How long whoever this is has to wait before another call, in milliseconds; 0: not at all, and it is counted. */
  readonly wait: (who: string) => number;
  /** The same of calls whose answers are kept for a day. */
  readonly waitKeyed: (who: string) => number;
  readonly kept: FirstSaid;
  readonly log: Log;
  readonly document: ApiDocument;
}

const MOST_BYTES = 8_192;

/**
 * The HTTP API, from the one table of its calls. A call names its person by a token in a header and by nothing else, so that no page of
 * somebody else can make one; what it takes is checked before anybody is asked, and what it gives before it is told.
 */
export function apiRoutes(tools: ApiTools): readonly Route[] {
  return [signInRoute(tools), documentRoute(tools), ...API_CALLS.map((call) => routeOf(call, tools))];
}

/** How to sign in, for whoever has no token yet. */
function signInRoute({ signIn, log }: ApiTools): Route {
  const said = signInAnswer.parse(signIn);
  const path = '/api/v1/sign-in';
  const handle = ({ query }: HttpRequest) => {
    try {
      shaped(nothing, queryOf(query), 'query');
      return asJson(200, said);
    } catch (error) {
      return problemOf(error, { log, call: { path } });
    }
  };
  return { method: 'GET', path, handle };
}

/** What calls there are, for programs: it says nothing of this installation. */
function documentRoute({ document }: ApiTools): Route {
  return { method: 'GET', path: '/api/v1/openapi.json', handle: () => asJson(200, document) };
}

function routeOf(call: ApiRoute, tools: ApiTools): Route {
  const { method, path, body } = call;
  return {
    method,
    path,
    ...(body ? { bodyBytes: MOST_BYTES } : {}),
    async handle(request) {
      const made: Made = { path };
      try {
        return await answered(call, request, tools, made);
      } catch (error) {
        return problemOf(error, { log: tools.log, call: made });
      }
    },
  };
}

/** What was read of a call, for whoever says what was wrong with it. */
type Made = { -readonly [Key in keyof CallMade]: CallMade[Key] };

async function answered(call: ApiRoute, request: HttpRequest, tools: ApiTools, made: Made): Promise<HttpReply> {
  const caller = await callerOf(request, tools);
  const who = 'service' in caller ? `service ${caller.service}` : caller.entra;
  mustWait(tools.wait(who));
  made.query = shaped(call.query, queryOf(request.query), 'query');
  if (call.body) made.body = shaped(call.body, bodyOf(request), 'body');
  const asked = { id: (request.params.id ?? '').toLowerCase(), query: made.query, body: made.body };
  const key = keyOf(request);
  const desk = tools.door({ caller, key: key ?? randomUUID(), address: request.address });
  const make = async () => {
    const given = await call.act(desk, asked);
    if ('stepUp' in given) return stepUpProblem(given);
    return asJson(200, call.answer.parse(given));
  };
  if (!call.body || key === undefined) return make();
  mustWait(tools.waitKeyed(who));
  return onceFor(tools.kept, { key: `${who} ${key}`, call: [call.name, asked] }, make);
}

/** Who cannot be known is counted by address: guessing is slow. */
async function callerOf({ headers, address }: HttpRequest, { tokens, wait }: ApiTools): Promise<ApiCaller> {
  const token = TOKEN.exec(headers.authorization ?? '')?.[1];
  try {
    if (token === undefined) throw new JitError('noToken');
    return await tokens.caller(token);
  } catch (error) {
    if (error instanceof JitError && error.kind === 'unauthentic') mustWait(wait(`address ${address}`));
    throw error;
  }
}

function mustWait(waitMs: number): void {
  if (waitMs > 0) throw new JitError('tooManyCalls', { seconds: Math.ceil(waitMs / 1_000) }, { retryAfterMs: waitMs });
}

/** Undefined without one: each call is another. */
function keyOf({ headers }: HttpRequest): string | undefined {
  const given = headers['idempotency-key'];
  if (given === undefined) return undefined;
  if (typeof given !== 'string' || !KEY.test(given)) {
    const detail = 'the header `Idempotency-Key` must be 8 to 64 letters, digits, `-` or `_`';
    throw malformed([{ in: 'header', field: 'Idempotency-Key', detail }]);
  }
  return given;
}
