import type { IncomingMessage, ServerResponse } from 'node:http';

/** A path of the one HTTP server that somebody answers for. The raw body is unread. */
export interface Route {
  readonly path: string;
  /** Must answer every request it is given; what it throws becomes a plain 500 and a log line. */
  handle(request: IncomingMessage, response: ServerResponse): void | Promise<void>;
}

/** Rare power of a chat adapter: deliveries come over HTTP. */
export interface HttpRoom {
  readonly routes: readonly Route[];
}
