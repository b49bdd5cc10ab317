import type { PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline';
import { JitError } from '../../../src/core/errors/errors.ts';
import { say } from '../../../src/core/language/say.ts';
import type { CallOptions } from '../../../src/kit/call.ts';

/** A path of Resource Manager, and the version of its API. */
export interface PlainPath {
  readonly path: string;
  readonly version: string;
}

/**
 * Calls in plain JSON: for what no SDK of this program has, and for objects that are read, changed and written, of which an
 * SDK would leave out what it does not know.
 */
export interface Plain {
  get(at: PlainPath, options: CallOptions): Promise<unknown>;
  /** All pages of a list. */
  list(at: PlainPath, options: CallOptions): Promise<readonly unknown[]>;
  /** `ifMatch`: only if it still has this ETag. */
  put(at: PlainPath, body: unknown, options: CallOptions & { readonly ifMatch?: string }): Promise<unknown>;
}

/** A client of an SDK, as far as its pipeline is used here: token, agent, user agent, and whoever watches calls. */
interface Pipeline {
  sendRequest(request: PipelineRequest): Promise<PipelineResponse>;
}

/** More pages than any list has: one that leads in a circle ends. */
const MOST_PAGES = 1_000;

export function plainCalls(client: Pipeline, endpoint: string): Plain {
  const base = endpoint.replace(/\/+$/, '');
  const urlOf = ({ path, version }: PlainPath) => `${base}${path}?api-version=${version}`;
  const get = (url: string, { abortSignal }: CallOptions) => send(client, { url, method: 'GET', abortSignal });
  return {
    get: (at, options) => get(urlOf(at), options),
    async list(at, options) {
      const all: unknown[] = [];
      let next: string | undefined = urlOf(at);
      for (let pages = 0; next !== undefined; pages += 1) {
        const { value, nextLink } = pageOf(await get(next, options));
        if (pages >= MOST_PAGES || (nextLink !== undefined && !isWithin(base, nextLink)))
          throw new JitError('azureInTheWay', { why: say`a list of Azure does not end, or leads elsewhere` });
        all.push(...value);
        next = nextLink;
      }
      return all;
    },
    put: (at, body, { abortSignal, ifMatch }) =>
      send(client, { url: urlOf(at), method: 'PUT', abortSignal, ifMatch, body: JSON.stringify(body) }),
  };
}

/** The token goes nowhere else. Providers write the usual port too (`https://management.azure.com:443/…`). */
function isWithin(base: string, link: string): boolean {
  return URL.parse(link)?.origin === URL.parse(base)?.origin;
}

function pageOf(body: unknown): { readonly value: readonly unknown[]; readonly nextLink: string | undefined } {
  const { value, nextLink } = (body ?? {}) as { readonly value?: unknown; readonly nextLink?: unknown };
  // null is an empty list; where there is none at all nothing is known.
  if (value !== null && !Array.isArray(value))
    throw new JitError('azureInTheWay', { why: say`a list that Azure gives cannot be read` });
  const next = typeof nextLink === 'string' && nextLink !== '' ? nextLink : undefined;
  return { value: value ?? [], nextLink: next };
}

type Sending = Pick<PipelineRequest, 'url' | 'method'> &
  CallOptions & { readonly body?: string; readonly ifMatch?: string | undefined };

/** Throws what the SDKs throw. */
async function send(client: Pipeline, { ifMatch, ...sending }: Sending): Promise<unknown> {
  const { createHttpHeaders, createPipelineRequest, RestError } = await import('@azure/core-rest-pipeline');
  const headers = createHttpHeaders({ accept: 'application/json' });
  if (sending.body !== undefined) headers.set('content-type', 'application/json');
  if (ifMatch !== undefined) headers.set('If-Match', ifMatch);
  const request = createPipelineRequest({ ...sending, headers });
  const response = await client.sendRequest(request);
  const { status: statusCode, bodyAsText } = response;
  const body = parsed(bodyAsText);
  if (statusCode < 300 && body !== undefined) return body;
  const { error = {} } = (body ?? {}) as { readonly error?: { readonly code?: unknown; readonly message?: unknown } };
  const code = typeof error.code === 'string' ? error.code : `HTTP${statusCode}`;
  throw new RestError(String(error.message ?? code), { code, statusCode, request, response });
}

/** Undefined where it is no JSON. */
function parsed(text: string | null | undefined): unknown {
  try {
    return text ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}
