import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../shared/clock.ts';
import type { Fault, Faults } from '../shared/faults.ts';
import { parseBody, readArguments } from './arguments.ts';
import { SlackError } from './errors.ts';
import { TEAM } from './identity.ts';
import type { Late } from './late.ts';
import { type Method, requireScope, type Service } from './method.ts';
import { methods } from './methods.ts';
import { type ResponseUrls, statusOf } from './response-urls.ts';
import type { Json } from './shape.ts';
import type { SocketMode } from './socket-mode.ts';

const BODY_LIMIT = 1_000_000;

interface Answer {
  readonly status: number;
  readonly body: Json | string;
  readonly headers?: { readonly [name: string]: string };
}

interface Call {
  readonly path: string;
  readonly contentType: string;
  readonly authorization: string;
  readonly body: string;
}

interface ApiOptions {
  readonly clock: Clock;
  readonly service: Service;
  readonly responseUrls: ResponseUrls;
  readonly sockets: SocketMode;
  readonly faults: Faults;
  readonly late: Late;
  readonly tokens: { readonly bot: string; readonly app: string };
}

/** The token of a call: the header's, else the argument's. */
function tokenOf(call: Call, args: Json): string {
  const [, bearer] = /^Bearer (.+)$/.exec(call.authorization) ?? [];
  const token = bearer ?? args.token;
  if (typeof token !== 'string' || token === '') throw new SlackError('not_authed');
  return token;
}

/** The Web API, response addresses and Socket Mode connections on one loopback server. */
export class Api {
  readonly #options: ApiOptions;
  readonly #server: Server;

  constructor(options: ApiOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch((error) => send(response, { status: 500, body: String(error) }));
    });
    this.#server.on('upgrade', (request, stream) => options.sockets.accept(request, stream));
  }

  /** Listens on 127.0.0.1; gives the port. */
  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.#options.sockets.stop();
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of request) {
      chunks.push(chunk as Buffer);
      length += (chunk as Buffer).length;
      if (length > BODY_LIMIT) throw new Error('The body is too large.');
    }
    const call: Call = {
      path: new URL(request.url ?? '/', 'http://localhost').pathname,
      contentType: request.headers['content-type'] ?? '',
      authorization: request.headers.authorization ?? '',
      body: Buffer.concat(chunks).toString(),
    };
    const { late, faults, responseUrls } = this.#options;
    late.landDue();
    if (request.method !== 'POST') return send(response, { status: 405, body: 'POST only' });
    const operation = responseUrls.isOne(call.path) ? 'response_url' : call.path.replace(/^\/api\//, '');
    const fault = faults.take(operation);
    if (fault) return this.#misbehave(fault, call, operation, response);
    send(response, this.#answer(call, operation));
  }

  async #misbehave(fault: Fault, call: Call, operation: string, response: ServerResponse): Promise<void> {
    switch (fault.kind) {
      case 'throttle':
        return send(response, {
          status: 429,
          body: { ok: false, error: 'ratelimited' },
          headers: { 'retry-after': String(fault.retryAfterSeconds ?? 30) },
        });
      case 'error':
        return send(response, { status: fault.status, body: { ok: false, error: fault.code } });
      case 'slow': {
        const answer = this.#answer(call, operation);
        await delay(fault.ms);
        return send(response, answer);
      }
      case 'strange':
        return void response.writeHead(200, { 'content-type': 'text/html' }).end(fault.body);
      case 'stale':
        return send(response, this.#answer(call, operation, this.#options.clock() - fault.ms));
      case 'lostReply':
        this.#answer(call, operation);
        break;
      case 'lateLanding':
        this.#options.late.add(fault.ms, () => this.#answer(call, operation));
        break;
      case 'reset':
        break;
    }
    response.destroy();
  }

  #answer(call: Call, operation: string, asOfMs?: number): Answer {
    const isResponseUrl = operation === 'response_url';
    try {
      if (!isResponseUrl) {
        const body = { ok: true, ...this.#call(call, operation, asOfMs) };
        // Every answer to a token names what it was granted (docs.slack.dev/authentication/installing-with-oauth, "Scopes").
        return { status: 200, body, headers: { 'x-oauth-scopes': [...this.#options.service.scopes].join(',') } };
      }
      if (!call.contentType.startsWith('application/json')) throw new SlackError('invalid_payload');
      this.#options.responseUrls.use(call.path, parseBody(call.contentType, call.body, true));
      return { status: 200, body: 'ok' };
    } catch (error) {
      if (!(error instanceof SlackError)) throw error;
      return { status: isResponseUrl ? statusOf(error.message) : 200, body: error.body };
    }
  }

  #call(call: Call, name: string, asOfMs: number | undefined): Json {
    const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
    if (!method || !call.path.startsWith('/api/')) throw new SlackError('unknown_method', { req_method: name });
    // Bolt's clients send the workspace with every call; a token of one workspace is good for no other.
    const {
      token: inBody,
      team_id: team = TEAM.id,
      ...args
    } = parseBody(call.contentType || FORM, call.body, method.json);
    this.#authorize(method, tokenOf(call, { token: inBody }));
    if (team !== TEAM.id) throw new SlackError('team_access_not_granted');
    if (asOfMs !== undefined && !method.canBeStale) throw new Error(`${name} has no stale answer to give.`);
    return method.run(readArguments(method.args, args), this.#options.service, asOfMs);
  }

  #authorize(method: Method, token: string): void {
    const { bot, app } = this.#options.tokens;
    if (token !== bot && token !== app) throw new SlackError('invalid_auth');
    if (token !== (method.token === 'app' ? app : bot)) throw new SlackError('not_allowed_token_type');
    if (method.scopes.length > 0) requireScope(this.#options.service, ...method.scopes);
  }
}

const FORM = 'application/x-www-form-urlencoded';

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  const isText = typeof body === 'string';
  response.writeHead(status, { 'content-type': isText ? 'text/html' : 'application/json; charset=utf-8', ...headers });
  response.end(isText ? body : JSON.stringify(body));
}
