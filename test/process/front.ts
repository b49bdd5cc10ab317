import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { request as plainly } from 'node:http';
import { createServer, request as secretly } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Certificate, createCertificate } from '../../simulators/shared/certificate.ts';

/** Where a call to a public host goes. */
export interface Passage {
  /** Origin of a simulator on loopback. */
  readonly to: string;
  /** The path there, if it is another. */
  readonly path?: string;
}

export type PassageOf = (host: string, path: string, body: string) => Passage | undefined;

/**
 * A TLS server for public hosts, on loopback, which passes calls on to simulators. Hosts in what comes back stay public.
 *
 * @returns its port, the authority to trust, the hosts that were called, and those that nobody knows
 */
export async function startFront(hosts: readonly string[], passageOf: PassageOf) {
  const certificate: Certificate = await createCertificate(hosts);
  const called = new Set<string>();
  const unknown = new Set<string>();

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const host = request.headers.host ?? '';
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const passage = passageOf(host, request.url ?? '/', body.toString());
    if (!passage) {
      unknown.add(`${host}${request.url}`);
      response.writeHead(404).end();
      return;
    }
    called.add(host);
    const send = passage.to.startsWith('https:') ? secretly : plainly;
    const { method, headers } = request;
    const options = { method, headers, path: passage.path ?? request.url, rejectUnauthorized: false };
    const passed = send(passage.to, options, async (reply) => {
      const parts: Buffer[] = [];
      for await (const part of reply) parts.push(part as Buffer);
      // What a simulator says of its own address is as it was called, but for TLS.
      const text = Buffer.concat(parts).toString().replaceAll(`http://${host}`, `https://${host}`);
      const { 'content-length': _, 'transfer-encoding': __, connection: ___, ...kept } = reply.headers;
      response.writeHead(reply.statusCode ?? 502, kept).end(text);
    });
    passed.on('error', () => response.destroy());
    passed.end(body);
  }

  const server = createServer({ key: certificate.key, cert: certificate.cert }, (request, response) => {
    pass(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    ca: certificate.ca,
    called,
    unknown,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
