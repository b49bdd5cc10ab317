import type { IncomingHttpHeaders } from 'node:http';
import { type Area, badRequest, Refusal } from './errors.ts';
import type { Snapshot } from './model.ts';

/** Who calls, from the verified token. */
export interface Caller {
  readonly objectId: string;
  readonly appId: string;
}

/** One call that has passed authentication, version and query checks. */
export interface Call {
  readonly path: string;
  readonly query: URLSearchParams;
  /** Parsed JSON or form; undefined without a body. */
  readonly body: unknown;
  readonly headers: IncomingHttpHeaders;
  /** Address that the call came from. */
  readonly remote: string;
  readonly caller: Caller;
  /** What reads see: the present, or the past when a stale read is planned. */
  readonly view: Snapshot;
  /** The value of `{name}` in the route's path. */
  readonly param: (name: string) => string;
}

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** What was done, for the log of calls; the last segment of the path where there is nothing better to say. */
  readonly note?: string;
}

/** One operation, named by its operationId in Azure's OpenAPI files. */
export interface Route {
  readonly operation: string;
  readonly area: Area;
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Path template; literals are compared without case, as Resource Manager does. */
  readonly path: string;
  readonly apiVersion?: string;
  /** Query parameters it knows besides `api-version`; a `*` at the end stands for anything. */
  readonly query?: readonly string[];
  readonly handle: (call: Call) => Reply | Promise<Reply>;
}

/** The values of a template's `{…}` if the path has its form. */
function match(template: string, path: string): Map<string, string> | undefined {
  const wanted = template.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const values = new Map<string, string>();
  for (const [i, part] of wanted.entries()) {
    const segment = given[i] ?? '';
    const name = /^\{(.+)\}$/.exec(part)?.[1];
    if (name) {
      if (segment === '') return undefined;
      values.set(name, segment);
    } else if (part.toLowerCase() !== segment.toLowerCase()) return undefined;
  }
  return values;
}

/** Finds the route of a call; an unknown path or method is refused. */
export function findRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): { readonly route: Route; readonly param: (name: string) => string } {
  let known = false;
  for (const route of routes) {
    const values = match(route.path, path);
    if (!values) continue;
    known = true;
    if (route.method !== method) continue;
    const param = (name: string): string => {
      const value = values.get(name);
      if (value === undefined) throw new Error(`route ${route.operation} has no {${name}}`);
      return value;
    };
    return { route, param };
  }
  if (known) {
    throw new Refusal(405, 'MethodNotAllowed', `The requested resource does not support http method '${method}'.`);
  }
  throw new Refusal(404, 'InvalidResourceType', `The resource type could not be found for the path '${path}'.`);
}

/** Refuses a missing or other api-version and any query parameter that the operation does not have. */
export function checkQuery(route: Route, query: URLSearchParams): void {
  if (route.apiVersion) {
    const version = query.get('api-version');
    if (!version) {
      throw badRequest(
        'The api-version query parameter (?api-version=) is required for all requests.',
        'MissingApiVersionParameter',
      );
    }
    if (version !== route.apiVersion) {
      const message = `The api-version '${version}' is invalid. The supported versions are '${route.apiVersion}'.`;
      throw badRequest(message, 'InvalidApiVersionParameter');
    }
  }
  const known = ['api-version', ...(route.query ?? [])];
  for (const name of query.keys()) {
    if (!known.some((k) => (k.endsWith('*') ? name.startsWith(k.slice(0, -1)) : k === name))) {
      throw badRequest(`The query parameter '${name}' is not supported by this operation.`, 'InvalidQueryParameter');
    }
  }
}

/** Honours If-Match where the caller sends it, as Resource Manager does; `etag` is that of what is there. */
export function checkMatch(call: Call, etag: string | undefined): void {
  const wanted = call.headers['if-match'];
  if (wanted === undefined || (wanted === '*' && etag !== undefined) || wanted === etag) return;
  throw new Refusal(412, 'PreconditionFailed', 'Precondition failed: the etag given does not match the resource.');
}

/** One page of a list, with the `nextLink` to the rest. */
export function page(call: Call, items: readonly unknown[], size: number, origin: string): Reply {
  const from = Number(call.query.get('$skiptoken') ?? 0);
  const value = items.slice(from, from + size);
  if (from + size >= items.length) return { status: 200, body: { value } };
  const query = new URLSearchParams(call.query);
  query.set('$skiptoken', String(from + size));
  return { status: 200, body: { value, nextLink: `${origin}${call.path}?${query}` } };
}
