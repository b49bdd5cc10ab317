import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Certificate } from '../shared/certificate.ts';
import type { Fault, Faults } from '../shared/faults.ts';
import type { ActivityLog } from './activity.ts';
import { type Area, badRequest, envelope, Refusal } from './errors.ts';
import { checkLocks } from './locks.ts';
import type { Log } from './log.ts';
import { type Call, type Caller, checkQuery, findRoute, type Reply, type Route } from './route.ts';
import type { OddAnswers, Simulation } from './simulation.ts';
import { checkScope } from './tenant.ts';

const MOST_BYTES = 4 * 1024 * 1024;
const nobody: Caller = { objectId: '', appId: '' };

/** One call with what was sent and answered, as JSON. */
export interface Exchange {
  readonly operation: string;
  readonly request: unknown;
  readonly status: number;
  readonly response: unknown;
}

interface Parts {
  readonly sim: Simulation;
  readonly faults: Faults;
  readonly routes: readonly Route[];
  readonly verify: (area: Exclude<Area, 'entra'>, authorization: string | undefined) => Promise<Caller>;
  readonly log: Log;
  readonly odd: OddAnswers;
  readonly activity: ActivityLog;
  /** Refuses what deny assignments and policies forbid. */
  readonly forbid: (caller: Caller, method: string, path: string, body: unknown) => void;
  readonly onExchange?: (exchange: Exchange) => void;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > MOST_BYTES) throw new Refusal(413, 'RequestEntityTooLarge', 'The request body is too large.');
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(area: Area, contentType: string | undefined, text: string): unknown {
  if (text === '') return undefined;
  const type = contentType?.split(';')[0]?.trim().toLowerCase();
  if (type !== (area === 'entra' ? 'application/x-www-form-urlencoded' : 'application/json')) {
    throw new Refusal(415, 'UnsupportedMediaType', `The content media type '${type}' is not supported.`);
  }
  if (area === 'entra') return Object.fromEntries(new URLSearchParams(text));
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest('The request content was invalid and could not be deserialized.', 'InvalidRequestContent');
  }
}

const areaOf = (path: string): Area =>
  /^\/(?:(?:subscriptions|providers)\/|(?:subscriptions|tenants)$)/i.test(path)
    ? 'arm'
    : path.startsWith('/graph/')
      ? 'graph'
      : path.startsWith('/secrets/')
        ? 'vault'
        : 'entra';

/** What Resource Manager says about the caller's token buckets. */
function quota(area: Area, method: string): Readonly<Record<string, string>> {
  if (area !== 'arm') return {};
  const kind = method === 'GET' ? 'reads' : method === 'DELETE' ? 'deletes' : 'writes';
  const [own, all] = kind === 'reads' ? ['249', '3749'] : ['199', '2999'];
  const name = 'x-ms-ratelimit-remaining-subscription';
  return { [`${name}-${kind}`]: own, [`${name}-global-${kind}`]: all };
}

/** The refusal that a planned fault asks for, before anything happens. */
function refusalOf(area: Area, fault: Fault | undefined): Refusal | undefined {
  if (fault?.kind === 'throttle') {
    const after = { 'Retry-After': String(fault.retryAfterSeconds ?? 1) };
    const code = area === 'entra' ? 'temporarily_unavailable' : area === 'vault' ? 'Throttled' : 'TooManyRequests';
    const prefix = area === 'entra' ? 'AADSTS90055: ' : '';
    return new Refusal(429, code, `${prefix}The request is being throttled; too many requests were made.`, after);
  }
  if (fault?.kind === 'error') return new Refusal(fault.status, fault.code, fault.message ?? fault.code);
  return undefined;
}

const cutsBefore = (fault: Fault | undefined) => fault?.kind === 'reset' || fault?.kind === 'lateLanding';
const isAway = (fault: Fault | undefined) => cutsBefore(fault) || fault?.kind === 'strange';

/** The HTTPS server of all three services: finds the operation, checks who calls, and has a bad day when told to. */
export function createAzureServer(certificate: Certificate, parts: Parts): Server {
  const { sim, faults, routes, verify, log, odd, activity, forbid, onExchange } = parts;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    sim.world.settle();
    const method = request.method ?? 'GET';
    const url = new URL(request.url ?? '/', sim.origin());
    const path = decodeURIComponent(url.pathname);
    const area = areaOf(path);
    let fault: Fault | undefined;
    let operation = 'Unknown';
    let reply: Reply;
    let body: unknown;
    const correlationId = randomUUID();
    try {
      const text = await readBody(request);
      const { route, param } = findRoute(routes, method, path);
      operation = route.operation;
      fault = faults.take(operation);
      const refusal = refusalOf(area, fault);
      if (refusal) throw refusal;
      const caller = area === 'entra' ? nobody : await verify(area, request.headers.authorization);
      if (area === 'arm') {
        checkScope(sim, caller, method, path);
        checkLocks(sim.world.current, method, path);
      }
      checkQuery(route, url.searchParams);
      body = parse(area, request.headers['content-type'], text);
      if (area === 'arm') forbid(caller, method, path, body);
      const remote = request.socket.remoteAddress ?? '';
      const handle = () => {
        const { world } = sim;
        const view = fault?.kind === 'stale' ? world.at(world.nowMs - fault.ms) : world.current;
        const call: Call = {
          path,
          query: url.searchParams,
          body,
          headers: request.headers,
          remote,
          caller,
          view,
          param,
        };
        return area === 'arm'
          ? activity.during(caller, { path, method, remote, correlationId }, () => route.handle(call))
          : route.handle(call);
      };
      // A token that comes too late is no effect, and the only answer that takes a promise.
      if (fault?.kind === 'lateLanding' && area !== 'entra') {
        sim.world.schedule(sim.world.nowMs + fault.ms, () => land(operation, path, handle));
      }
      reply = isAway(fault) ? { status: 0 } : await handle();
      if (reply.body !== undefined) reply = { ...reply, body: odd.edit(operation, reply.body) };
    } catch (error) {
      if (!(error instanceof Refusal)) log.bug(error);
      reply = refused(area, error);
    }
    log.add({ operation, method, path, reply, fault: fault?.kind });
    onExchange?.({ operation, request: body, status: reply.status, response: reply.body });
    if (cutsBefore(fault) || fault?.kind === 'lostReply') {
      request.socket.destroy();
      return;
    }
    if (fault?.kind === 'strange') return void response.writeHead(200, { 'content-type': 'text/html' }).end(fault.body);
    if (fault?.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, fault.ms));
    send(response, reply, { ...quota(area, method), 'x-ms-correlation-request-id': correlationId });
  }

  function refused(area: Area, error: unknown): Reply {
    const { status, code, message, headers, more } =
      error instanceof Refusal ? error : new Refusal(500, 'InternalServerError', 'The server encountered an error.');
    const body = envelope(area, code, message, sim.world.nowMs, randomUUID());
    return { status, headers, body: area === 'vault' ? { error: { code, message, ...more } } : body };
  }

  /** The effect of a call that was given up long ago; nobody waits for its answer. */
  function land(operation: string, path: string, handle: () => unknown): void {
    let reply: Reply;
    try {
      reply = handle() as Reply;
    } catch (error) {
      reply = refused('arm', error);
    }
    log.add({ operation, method: 'LATE', path, reply, fault: 'lateLanding' });
  }

  function send(response: ServerResponse, reply: Reply, told: Readonly<Record<string, string>>): void {
    const text = reply.body === undefined ? '' : JSON.stringify(reply.body);
    response.sendDate = false;
    response.writeHead(reply.status, {
      Date: new Date(sim.world.nowMs).toUTCString(),
      'x-ms-request-id': randomUUID(),
      ...told,
      ...(text === '' ? {} : { 'Content-Type': 'application/json; charset=utf-8' }),
      'Content-Length': Buffer.byteLength(text),
      ...reply.headers,
    });
    response.end(text);
  }

  return createServer({ key: certificate.key, cert: certificate.cert }, (request, response) => {
    answer(request, response).catch((error) => {
      log.bug(error);
      request.socket.destroy();
    });
  });
}
