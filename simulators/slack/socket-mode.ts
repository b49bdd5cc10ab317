import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { BOT } from './identity.ts';
import { isObject, type Json } from './shape.ts';
import { acceptSocket, type ServerSocket } from './websocket.ts';

const MOST_SOCKETS = 10;

/** Socket Mode (docs.slack.dev/apis/events-api/using-socket-mode): envelopes go out, acknowledgements come back. */
export class SocketMode {
  readonly #tickets = new Set<string>();
  readonly #sockets: ServerSocket[] = [];
  readonly #waiting = new Map<string, (payload: unknown) => void>();

  /** The path of an address for one connection. */
  connectionPath(): string {
    const ticket = randomBytes(16).toString('hex');
    this.#tickets.add(ticket);
    return `/link/?ticket=${ticket}&app_id=${BOT.appId}`;
  }

  /** Takes a WebSocket upgrade; only with a ticket that was not used. */
  accept(request: IncomingMessage, stream: Duplex): void {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const hasTicket = url.pathname === '/link/' && this.#tickets.delete(url.searchParams.get('ticket') ?? '');
    if (!hasTicket || !request.headers['sec-websocket-key'] || this.#sockets.length >= MOST_SOCKETS) {
      stream.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    const socket = acceptSocket(request, stream, {
      onText: (text) => this.#acknowledge(text),
      onClose: () => this.#sockets.splice(this.#sockets.indexOf(socket), 1),
    });
    this.#sockets.push(socket);
    this.#send(socket, {
      type: 'hello',
      num_connections: this.#sockets.length,
      debug_info: { host: 'applink-simulated', build_number: 1, approximate_connection_time: 18_060 },
      connection_info: { app_id: BOT.appId },
    });
  }

  get connections(): number {
    return this.#sockets.length;
  }

  /**
   * Sends one envelope to one of the open sockets, in turn. Resolves with the payload of its acknowledgement, with
   * 'unreachable' without a socket, and with 'timeout' when nothing came back within `answerWithinMs`.
   */
  deliver(type: string, payload: Json, answerWithinMs: number): Promise<unknown> {
    const socket = this.#sockets.shift();
    if (!socket) return Promise.resolve('unreachable');
    this.#sockets.push(socket);
    const envelope_id = randomUUID();
    return new Promise((resolve) => {
      const timer = setTimeout(() => done('timeout'), answerWithinMs);
      const done = (answer: unknown): void => {
        clearTimeout(timer);
        this.#waiting.delete(envelope_id);
        resolve(answer);
      };
      this.#waiting.set(envelope_id, done);
      this.#send(socket, { envelope_id, type, accepts_response_payload: true, payload });
    });
  }

  /** Tells every client to connect anew, as Slack does when it moves connections. */
  refresh(): void {
    for (const socket of this.#sockets)
      this.#send(socket, {
        type: 'disconnect',
        reason: 'refresh_requested',
        debug_info: { host: 'applink-simulated' },
      });
  }

  /** Sends to every connection what Slack would not. */
  raw(frame: string): void {
    for (const socket of this.#sockets) socket.sendText(frame);
  }

  stop(): void {
    for (const socket of [...this.#sockets]) socket.close();
  }

  #send(socket: ServerSocket, message: Json): void {
    socket.sendText(JSON.stringify(message));
  }

  #acknowledge(text: string): void {
    const answer: unknown = JSON.parse(text);
    if (!isObject(answer)) return;
    this.#waiting.get(String(answer.envelope_id))?.(answer.payload);
  }
}
