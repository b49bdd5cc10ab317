import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type EmbeddedRedis, startEmbeddedRedis } from '../../src/redis/embedded.ts';
import { writeStub } from './stub.ts';

let folder: string;
let clean: (() => unknown)[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drawbridge-'));
  clean = [() => rmSync(folder, { recursive: true, force: true })];
});

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const undo of clean.reverse()) await undo();
});

async function start(dataDir = folder): Promise<EmbeddedRedis> {
  const redis = await startEmbeddedRedis({ dataDir });
  clean.push(() => redis.stop());
  return redis;
}

async function within<T>(redis: { url: string }, work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(redis.url, { maxRetriesPerRequest: 50, retryStrategy: () => 20 });
  client.on('error', () => undefined);
  return work(client).finally(() => client.disconnect());
}

/** Another program with this folder, and what it found. */
async function otherProgram(dataDir = folder) {
  const child = spawn(process.execPath, [fileURLToPath(new URL('./hold-redis.ts', import.meta.url)), dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  clean.push(() => child.kill('SIGKILL'));
  const { value } = await createInterface(child.stdout)[Symbol.asyncIterator]().next();
  const found = JSON.parse(String(value)) as { url: string; pid: number; reused: boolean };
  clean.push(() => isAlive(found.pid) && process.kill(found.pid, 'SIGKILL'));
  return { child, ...found };
}

function isAlive(pid: number): boolean {
  try {
    // A zombie, which nobody may have waited for, is not alive.
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

describe('the embedded Redis', () => {
  it('writes everything to a file, evicts nothing and is for this user on this computer only', async () => {
    const redis = await start();
    const settings = await within(redis, async (client) => {
      const names = ['appendonly', 'appendfsync', 'maxmemory-policy', 'save', 'hz', 'port'];
      return Promise.all(names.map((name) => client.config('GET', name)));
    });
    expect(settings.flat()).toEqual(
      ['appendonly', 'yes', 'appendfsync', 'everysec', 'maxmemory-policy', 'noeviction', 'save', '', 'hz', '100']
        .concat(['port', '0'])
        .map(String),
    );
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(redis.url).mode & 0o777).toBe(0o700);
    expect(redis.reused).toBe(false);
  });

  it('keeps its data over a stop, and runs no longer than that', async () => {
    const first = await start();
    await within(first, (client) => client.set('lease', 'kept'));
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);

    const second = await start();
    expect(second).toMatchObject({ reused: false, url: first.url });
    expect(await within(second, (client) => client.get('lease'))).toBe('kept');
  });

  it('takes the server of a program that was killed with -9, with its data', async () => {
    const killed = await otherProgram();
    await within(killed, (client) => client.set('lease', 'kept'));
    killed.child.kill('SIGKILL');
    await once(killed.child, 'exit');

    const redis = await start();
    expect(redis).toMatchObject({ reused: true, pid: killed.pid });
    expect(await within(redis, (client) => client.get('lease'))).toBe('kept');
    await redis.stop();
    expect(isAlive(killed.pid)).toBe(false);
  });

  it('is one server for programs that start at once, and stops with the last of them', async () => {
    const [redis, other] = await Promise.all([start(), otherProgram()]);
    expect(other.pid).toBe(redis.pid);
    expect([redis.reused, other.reused].sort()).toEqual([false, true]);

    await redis.stop();
    expect(await within(other, (client) => client.ping())).toBe('PONG');
    other.child.kill('SIGTERM');
    await once(other.child, 'exit');
    // The kernel takes a moment from the end of a process to its last state.
    await vi.waitUntil(() => !isAlive(other.pid));
  });

  it('sends the new appendfsync to a server that was already running', async () => {
    const killed = await otherProgram();
    killed.child.kill('SIGKILL');
    await once(killed.child, 'exit');
    const redis = await startEmbeddedRedis({ dataDir: folder, appendfsync: 'always' });
    clean.push(() => redis.stop());
    expect(await within(redis, (client) => client.config('GET', 'appendfsync'))).toEqual(['appendfsync', 'always']);
  });

  it('ignores the files of a server that is no more, whoever has its process id now', async () => {
    writeFileSync(join(folder, 'redis.pid'), String(process.pid));
    writeFileSync(join(folder, 'address'), join(folder, 'redis.sock'));
    expect((await start()).reused).toBe(false);
  });

  it('starts again, with its data, when it is killed', async () => {
    const redis = await start();
    await within(redis, (client) => client.set('lease', 'kept'));
    const { pid } = redis;
    process.kill(pid, 'SIGKILL');
    await vi.waitFor(() => expect(redis.pid).not.toBe(pid));
    expect(await within(redis, (client) => client.get('lease'))).toBe('kept');
    await redis.stop();
    expect(isAlive(redis.pid)).toBe(false);
  });

  it('does not hear the Ctrl-C of our terminal', async () => {
    const { pid } = await start();
    const [, group] = /\) \w \d+ (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    expect(group).toBe(String(pid));
  });

  it('uses a port of loopback and a password where a socket’s path would be too long', async () => {
    const long = join(folder, 'x'.repeat(100));
    const redis = await start(long);
    expect(redis.url).toMatch(/^redis:\/\/:[0-9a-f]{48}@127\.0\.0\.1:\d+$/);
    const stranger = connect(Number(new URL(redis.url).port), '127.0.0.1').end('GET lease\r\n');
    expect(String(await once(stranger, 'data'))).toMatch(/^-NOAUTH/);

    await redis.stop();
    expect((await start(long)).url).toBe(redis.url);
  });

  it('says in one line why the server did not start', async () => {
    const bin = join(folder, 'bin');
    writeStub(bin, 'redis-server', '#!/bin/sh\necho "no memory left"\nexit 1\n');
    vi.stubEnv('PATH', `${bin}:${process.env.PATH}`);
    await expect(start()).rejects.toMatchObject({
      code: 'redisFailed',
      say: 'Redis did not start: no memory left.',
      hint: expect.stringMatching(/^See .*redis\.log\.$/),
    });
  });
});
