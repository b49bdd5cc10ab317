import { METHODS } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { HttpReply, Route } from '../ports/http.ts';
import type { Refusals } from './refusals.ts';
import type { Streams } from './streams.ts';

/** The most of a body where a route does not say. */
export const BODY_BYTES = 1_024;

type Read = FastifyRequest<{ Params: Readonly<Record<string, string>>; Body?: Buffer }>;

/** Each route with its own limit. Other methods at its path are refused, and other paths, before a body is read. */
export function addRoutes(app: FastifyInstance, routes: readonly Route[], refuse: Refusals, streams: Streams): void {
  // What a body means is for its route to say.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body, done) => done(null, body));
  app.addHook('onRequest', (request, reply, done) => {
    if (request.is404) refuse.notFound(request, reply);
    else done();
  });
  // Fastify knows the usual ones alone, and answers others as if there were no such path.
  for (const method of METHODS) if (!app.supportedMethods.includes(method)) app.addHttpMethod(method);
  for (const { method, path, bodyBytes = BODY_BYTES, handle } of routes) {
    app.route({
      method,
      url: path,
      bodyLimit: bodyBytes,
      async handler(request, reply) {
        const { params, headers, ip: address, url, body = Buffer.alloc(0) } = request as Read;
        const query = new URLSearchParams(url.split('?').slice(1).join('?'));
        let answer: HttpReply;
        try {
          answer = await handle({ params, query, address, headers, body });
        } catch (error) {
          return refuse.failed(error, request, reply);
        }
        return streams.send(reply, answer);
      },
    });
  }
  for (const [url, own] of Map.groupBy(routes, ({ path }) => path)) {
    const methods: readonly string[] = own.map(({ method }) => method);
    const allowed = methods.includes('GET') ? [...methods, 'HEAD'] : methods;
    app.route({
      method: app.supportedMethods.filter((method) => !allowed.includes(method)),
      url,
      onRequest: (request, reply) => refuse.notAllowed(request, reply, allowed),
      handler: async () => undefined,
    });
  }
}
