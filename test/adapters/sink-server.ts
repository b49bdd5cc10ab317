import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Got {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A host on loopback that takes what is posted, as far as it is told to. */
export async function sinkServer(answer: (got: Got) => { readonly status: number; readonly text?: string }) {
  const kept: Got[] = [];
  const state: { mode: 'well' | 'away' | 'hangs' | 'loses answers' } = { mode: 'well' };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += String(part);
    const got = { url: request.url ?? '', headers: request.headers, body };
    if (state.mode === 'away') return response.writeHead(503).end();
    if (state.mode === 'hangs') return undefined;
    const { status, text = '' } = answer(got);
    if (status < 300) kept.push(got);
    if (state.mode === 'loses answers') return response.destroy();
    return response.writeHead(status, { 'content-type': 'application/json' }).end(status === 204 ? undefined : text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    kept,
    state,
    async stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
