import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { HttpReply } from '../ports/http.ts';
import { send, text } from './reply.ts';

/** Whoever is refused asks again by itself, or asks in another way. */
const FULL = text(503, 'Too many pages are kept up to date. Try again later.', { 'retry-after': '30' });

/** Replies that go on: so many at once, and none longer than the server takes requests. */
export class Streams {
  readonly #most: number;
  readonly #stopping = new AbortController();
  #open = 0;

  constructor(most: number) {
    this.#most = most;
  }

  send(reply: FastifyReply, answer: HttpReply): FastifyReply {
    if (!answer.stream) return send(reply, answer);
    if (this.#open >= this.#most || this.#stopping.signal.aborted) return send(reply, FULL);
    this.#open += 1;
    const gone = new AbortController();
    const pieces = Readable.from(answer.stream(AbortSignal.any([gone.signal, this.#stopping.signal])));
    // What somebody does not read piles up in one buffer of the stream, and then nothing more is asked for.
    pieces.once('close', () => {
      this.#open -= 1;
    });
    reply.raw.once('close', () => gone.abort());
    return send(reply, { ...answer, body: pieces });
  }

  /** Ends them all; browsers come back by themselves. */
  stop(): void {
    this.#stopping.abort();
  }
}
