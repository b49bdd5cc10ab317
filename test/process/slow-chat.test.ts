import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { JIT } from '../../simulators/demo/jit.ts';
import { SMALL } from '../config/files.ts';

const SECRETS = { A: 'xoxb-1', B: 'xapp-1', AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'key' };

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What it said so far. */
function saidBy(child: ChildProcess): () => string {
  let said = '';
  child.stderr?.on('data', (data) => {
    said += data;
  });
  return () => said;
}

it('looks after the clouds although a chat that it connects to is silent', async () => {
  const connecting = Promise.withResolvers<void>();
  // Says where to connect to, and never answers there.
  const slack = createServer((request, reply) => {
    const url = `ws://${request.headers.host}/link`;
    reply.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ ok: true, url }));
  });
  slack.on('upgrade', () => connecting.resolve());
  const asked = Promise.withResolvers<void>();
  const aws = createServer((_, reply) => {
    asked.resolve();
    reply.writeHead(503).end();
  });
  const rest = parse(SMALL.replace(/^(?:slack|aws|places): .*$/gm, ''));
  const config = {
    ...{ ...rest, http: { port: 0 }, places: { ops: { slack: 'C1' } } },
    slack: {
      ...{ mode: 'socket', botToken: 'env:A', appToken: 'env:B', teamId: 'T1', appId: 'A1' },
      apiUrl: `${await listening(slack)}/api/`,
    },
    aws: { endpoint: await listening(aws), accounts: [{ id: '123456789012', regions: ['eu-west-1'] }] },
  };
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-slow-'));
  writeFileSync(join(folder, 'drawbridge.yaml'), JSON.stringify(config));
  const child = spawn(process.execPath, [JIT, 'start'], {
    cwd: folder,
    env: { PATH: process.env.PATH, ...SECRETS },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit');
  onTestFinished(async () => {
    // Not at once with -9: its Redis goes with it.
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });
  const said = saidBy(child);
  await Promise.race([Promise.all([connecting.promise, asked.promise]), ended]);
  expect(said()).not.toContain('Drawbridge is ready');
  expect(child.exitCode).toBeNull();
});
