import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../shared/clock.ts';
import type { Fault } from '../shared/faults.ts';

export type Json = Record<string, unknown>;

export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/**
 * A request listener from a handler that may fail: a caller that goes away, or a path that cannot be decoded, costs
 * its own connection and nothing else.
 */
export function guarded(
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): RequestListener {
  return (request, response) => void handle(request, response).catch(() => response.destroy());
}

/** Starts listening on 127.0.0.1 and gives the port; 0 lets the system choose. */
export function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

/** Stops a server and cuts the connections that clients keep open. */
export function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

export function send(response: ServerResponse, reply: Reply): void {
  const text = reply.body === undefined ? '' : JSON.stringify(reply.body);
  const type = text ? { 'content-type': 'application/json; charset=utf-8' } : {};
  response.writeHead(reply.status, { date: new Date().toUTCString(), ...type, ...reply.headers }).end(text);
}

/** Effects that land after their caller was cut off: they happen once the simulator's clock has passed their instant. */
export class LateEffects {
  readonly #clock: Clock;
  #waiting: { readonly atMs: number; readonly run: () => unknown }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Keeps `run` until `ms` from now. */
  add(ms: number, run: () => unknown): void {
    this.#waiting.push({ atMs: this.#clock() + ms, run });
  }

  /** Runs what is due. Called whenever somebody calls or looks, because a clock does not call back. */
  settle(): void {
    const due = this.#waiting.filter((effect) => effect.atMs <= this.#clock());
    this.#waiting = this.#waiting.filter((effect) => !due.includes(effect));
    for (const effect of due) effect.run();
  }
}

/**
 * Answers one call as the planned fault wants it; without a fault with what `effect` gives.
 * `refusal` words an error as this service words its errors.
 */
export async function answer(
  response: ServerResponse,
  fault: Fault | undefined,
  late: LateEffects,
  refusal: (status: number, code: string, message: string) => Reply,
  effect: () => Reply,
): Promise<void> {
  const cut = () => response.destroy();
  switch (fault?.kind) {
    case 'throttle': {
      const wait = fault.retryAfterSeconds;
      const headers: Record<string, string> = wait === undefined ? {} : { 'retry-after': `${wait}` };
      return send(response, { ...refusal(429, 'Throttled', 'Too many requests'), headers });
    }
    case 'error':
      return send(response, refusal(fault.status, fault.code, fault.message ?? fault.code));
    case 'strange':
      return void response.writeHead(200, { 'content-type': 'text/html' }).end(fault.body);
    case 'reset':
      return void cut();
    case 'lateLanding':
      late.add(fault.ms, effect);
      return void cut();
    case 'lostReply':
      effect();
      return void cut();
    case 'slow': {
      const reply = effect();
      await delay(fault.ms, undefined, { ref: false });
      return send(response, reply);
    }
    case 'stale':
      return send(response, refusal(500, 'ServiceError', 'This simulator keeps no past states to answer from'));
    default:
      return send(response, effect());
  }
}
