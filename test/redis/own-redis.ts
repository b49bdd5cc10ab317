import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RedisClient } from '../../src/redis/client.ts';
import { connectRedis } from '../../src/redis/connect.ts';
import { findRedisProgram } from '../../src/redis/find-program.ts';
import { QUIET } from './server.ts';

/**
 * A real Redis that nobody starts again, to be killed, paused, demoted, filled, and emptied. Programs of their own reach it by
 * a port; without one it has a socket alone.
 */
export async function ownRedis({ port = 0 }: { readonly port?: number } = {}) {
  const program = await findRedisProgram();
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-'));
  const url = join(folder, 's');
  const args = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--unixsocket',
    url,
    '--dir',
    folder,
    '--save',
    '',
    '--appendonly',
    'yes',
  ];
  let child: ChildProcess | undefined;
  const start = async (...more: readonly string[]) => {
    child = spawn(program.path, [...args, '--appendfsync', 'always', '--maxmemory-policy', 'noeviction', ...more], {
      stdio: 'ignore',
      env: { PATH: process.env.PATH, LD_LIBRARY_PATH: program.libraryPath },
    });
    await once(child, 'spawn');
  };
  await start();
  const clients: RedisClient[] = [];
  const own = {
    url,
    folder,
    /** Its URL for programs. */
    tcp: `redis://127.0.0.1:${port}`,
    /** As the program connects. */
    client(): RedisClient {
      const client = connectRedis(url, { log: QUIET });
      clients.push(client);
      return client;
    },
    start,
    async kill() {
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
    pause: () => child?.kill('SIGSTOP'),
    resume: () => child?.kill('SIGCONT'),
    async stop() {
      for (const client of clients) client.disconnect();
      child?.kill('SIGCONT');
      await own.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return own;
}
