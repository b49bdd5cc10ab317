import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, sep } from 'node:path';
import { type Acting, act } from './actions.ts';
import { BadDays } from './bad-days.ts';
import { buildPage } from './build.ts';
import { Feed } from './feed.ts';
import { checkCaller, Refused, readJson } from './guard.ts';
import { lookAt, type Simulators } from './state.ts';

interface PageOptions extends Simulators {
  /** On 127.0.0.1; 0 (the default) lets the system choose. */
  readonly port?: number;
  /** `kill -9` of the program and a new one on the same data. Without it the page has no such button. */
  readonly restartProgram?: () => Promise<void>;
  readonly programStatus?: () => 'running' | 'stopped';
  /** Where the program serves its board; without it the page has no link to it. */
  readonly boardUrl?: string;
}

interface Page {
  readonly url: string;
  /** Tells open pages to look again: for what no simulator knows of, such as a program that stopped. */
  changed(): void;
  stop(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Nothing of the page may come from, or go to, anywhere else; nobody may frame it. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

interface StaticFile {
  readonly type: string;
  readonly body: Buffer;
}

/** Serves the page and its API on 127.0.0.1; builds the page first where it has changed. */
export async function startPage(options: PageOptions): Promise<Page> {
  const files = readFiles(await buildPage());
  const { slack, teams, azure, aws, gcp, port = 0, restartProgram, programStatus = () => 'running' as const } = options;
  const simulators = { slack, teams, azure, aws, ...(gcp ? { gcp } : {}) };
  const badDays = new BadDays({ azure: azure.faults, aws: aws.faults });
  const board = options.boardUrl === undefined ? {} : { board: options.boardUrl };
  const look = () =>
    lookAt(simulators, badDays, { status: programStatus(), canRestart: restartProgram !== undefined, ...board });
  const feed = new Feed(look);
  const world: Acting = {
    ...simulators,
    badDays,
    ...(restartProgram ? { restart: () => restarted(restartProgram, feed) } : {}),
  };
  const stops = Object.values(simulators).map((simulator) => simulator.onChange(() => feed.changed()));

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      const { status, message } =
        error instanceof Refused ? error : { status: 500, message: 'The page has an internal error.' };
      if (status === 500) console.error(error);
      send(response, status, { ok: false, notice: message });
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    checkCaller(request, (server.address() as AddressInfo).port);
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    if (request.method === 'POST') {
      const outcome = await act(path, await readJson(request), world);
      feed.changed();
      if (!outcome) throw new Refused(404, 'Unknown action.');
      return send(response, 200, outcome);
    }
    if (path === '/api/state') return send(response, 200, { nowMs: Date.now(), ...look() });
    if (path === '/api/events') return feed.add(response);
    const file = files.get(path === '/' ? '/index.html' : path);
    if (!file) throw new Refused(404, 'Not found.');
    response.writeHead(200, { ...HEADERS, 'content-type': file.type }).end(file.body);
  }

  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    changed: () => feed.changed(),
    async stop() {
      for (const stop of stops) stop();
      feed.stop();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Shows the program as stopped while it is. */
async function restarted(restart: () => Promise<void>, feed: Feed): Promise<void> {
  const done = restart();
  feed.changed();
  await done;
}

/** Everything below the folder, by the path that it is served at. */
function readFiles(folder: string): ReadonlyMap<string, StaticFile> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    names.map((entry) => {
      const file = join(entry.parentPath, entry.name);
      const path = `/${file.slice(folder.length + 1).replaceAll(sep, '/')}`;
      return [path, { type: TYPES[extname(file)] ?? 'application/octet-stream', body: readFileSync(file) }];
    }),
  );
}

function send(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent) return void response.end();
  response.writeHead(status, { ...HEADERS, 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}
