import { createHmac } from 'node:crypto';
import type { Clock } from '../shared/clock.ts';
import { eventBody } from './payloads.ts';
import type { Json } from './shape.ts';
import { isObject } from './shape.ts';
import type { SocketMode } from './socket-mode.ts';

/** How the app reacted to a delivery: its answer, or why there is none. */
export type Reaction =
  | { readonly kind: 'answer'; readonly status: number; readonly contentType: string; readonly body: string }
  | { readonly kind: 'timeout' | 'unreachable' };

/** A request as it was sent, so that a test can send it once more. */
export interface Sent {
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
}

/** A request that Slack itself would not send: forged, stale, or with another content type. */
export interface RawDelivery {
  readonly body: string;
  /** Signs with this instead of the app's signing secret. */
  readonly secret?: string;
  /** Seconds since 1970 that the signature is made for; the simulator's clock unless told. */
  readonly timestampSeconds?: number;
  /** Set last, so that they replace the signed ones; undefined leaves one out. */
  readonly headers?: { readonly [name: string]: string | undefined };
}

const SENT_KEPT = 50;

/** Slack's signature, version 0, over a request body (docs.slack.dev/authentication/verifying-requests-from-slack). */
export function signature(secret: string, timestampSeconds: number, body: string): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestampSeconds}:${body}`).digest('hex')}`;
}

/** Carries what people do to the app: signed over HTTP, or through an open socket. */
export class Sender {
  target: string | undefined;
  mode: 'http' | 'socket' = 'http';
  readonly sent: Sent[] = [];
  readonly #clock: Clock;
  /** The app's signing secret. */
  secret: string;
  readonly #sockets: SocketMode;
  readonly #answerWithinMs: number;

  constructor(options: { clock: Clock; secret: string; sockets: SocketMode; answerWithinMs: number }) {
    this.#clock = options.clock;
    this.secret = options.secret;
    this.#sockets = options.sockets;
    this.#answerWithinMs = options.answerWithinMs;
  }

  command(fields: { readonly [name: string]: string }): Promise<Reaction> {
    if (this.mode === 'socket') return this.#throughSocket('slash_commands', fields);
    return this.raw({ body: new URLSearchParams(fields).toString() });
  }

  interaction(payload: Json): Promise<Reaction> {
    if (this.mode === 'socket') return this.#throughSocket('interactive', payload);
    return this.raw({ body: new URLSearchParams({ payload: JSON.stringify(payload) }).toString() });
  }

  /**
   * An event; once more at once where it was not taken (the further tries, after minutes, are not simulated). Retries say
   * so in their headers, and are signed anew.
   */
  async event(event: Json, id: string): Promise<Reaction> {
    const payload = eventBody(event, id, Math.floor(this.#clock() / 1000));
    if (this.mode === 'socket') return this.#throughSocket('events_api', payload);
    const body = JSON.stringify(payload);
    const headers = { 'content-type': 'application/json' };
    const first = await this.raw({ body, headers });
    if (first.kind === 'answer' && first.status < 300) return first;
    const reason = first.kind === 'answer' ? 'http_error' : 'http_timeout';
    return this.raw({ body, headers: { ...headers, 'x-slack-retry-num': '1', 'x-slack-retry-reason': reason } });
  }

  /** Posts to the app's request URL whatever it is told, signed unless told otherwise. */
  async raw({ body, secret = this.secret, timestampSeconds, headers = {} }: RawDelivery): Promise<Reaction> {
    if (this.target === undefined) return { kind: 'unreachable' };
    const at = timestampSeconds ?? Math.floor(this.#clock() / 1000);
    const all = {
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
      accept: 'application/json,*/*',
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': String(at),
      'x-slack-signature': signature(secret, at, body),
      ...headers,
    };
    const kept = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
    const sent: Sent = { headers: Object.fromEntries(kept), body };
    this.sent.splice(0, Math.max(0, this.sent.length - SENT_KEPT + 1));
    this.sent.push(sent);
    try {
      const response = await fetch(this.target, {
        method: 'POST',
        headers: sent.headers,
        body,
        redirect: 'manual',
        signal: AbortSignal.timeout(this.#answerWithinMs),
      });
      const contentType = response.headers.get('content-type') ?? '';
      return { kind: 'answer', status: response.status, contentType, body: await response.text() };
    } catch (error) {
      return { kind: error instanceof DOMException && error.name === 'TimeoutError' ? 'timeout' : 'unreachable' };
    }
  }

  async #throughSocket(type: string, payload: Json): Promise<Reaction> {
    const answer = await this.#sockets.deliver(type, payload, this.#answerWithinMs);
    if (answer === 'timeout' || answer === 'unreachable') return { kind: answer };
    const isEmpty = !isObject(answer) || Object.keys(answer).length === 0;
    return {
      kind: 'answer',
      status: 200,
      contentType: 'application/json',
      body: isEmpty ? '' : JSON.stringify(answer),
    };
  }
}
