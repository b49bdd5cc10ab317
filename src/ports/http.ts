import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';

/**
 * The one HTTP server as others see it, free of the library behind it. Rooms of routes (the chats, pages) hang on it.
 */
export interface Route {
  readonly method: 'DELETE' | 'GET' | 'PATCH' | 'POST' | 'PUT';
  /** `/slack/events`, or with parameters: `/requests/:id`. */
  readonly path: string;
  /** The most that a body may have; none is read without it. */
  readonly bodyBytes?: number;
  /** What it throws becomes a plain 500 and a log line. Its time is limited by the server. */
  handle(request: HttpRequest): HttpReply | Promise<HttpReply>;
}

/** A request that was read whole, within the limits of the server and of its route. */
export interface HttpRequest {
  /** By the names in the route's path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** What stands behind `?`, decoded. */
  readonly query: URLSearchParams;
  /** Of the client; of what a proxy says only where that one is trusted by its address (`http.trustedProxies`). */
  readonly address: string;
  readonly headers: IncomingHttpHeaders;
  /** As it came: signatures are made over bytes. */
  readonly body: Buffer;
}

export interface HttpReply {
  readonly status: number;
  /** Besides those that every reply has, or instead of them: names in lower case. */
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Uint8Array;
  /** In place of a body: pieces as they come, until the signal. It has to say something every few seconds, and ends by itself. */
  stream?(signal: AbortSignal): AsyncIterable<string>;
}

/** Rare power of a chat adapter: deliveries come over HTTP. */
export interface HttpRoom {
  readonly routes: readonly Route[];
}
