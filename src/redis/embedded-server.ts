import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { open, readFile, readlink, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { JitError } from '../core/errors/errors.ts';
import type { Log } from '../ports/log.ts';
import { findRedisProgram } from './find-program.ts';

export type Fsync = 'everysec' | 'always';

/** A running server and our own connection to it, which tells others that we use it and us that it died. */
export interface Connected {
  readonly url: string;
  readonly pid: number;
  readonly client: Redis;
  /** Undefined when another process started it. */
  readonly child: ChildProcess | undefined;
  /** Stops the server and waits for its end, or only disconnects while another program is connected in the same way. */
  leave(): Promise<void>;
}

interface LaunchOptions {
  readonly dataDir: string;
  readonly cacheDir: string | undefined;
  readonly appendfsync: Fsync;
  readonly log: Log | undefined;
}

const USER_NAME = 'drawbridge-user';
const READY_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 10_000;
const ANSWER_LIMIT_MS = 5_000;
const LOOK_AGAIN_MS = 10;
/** A socket's address has room for 104 bytes on macOS and 108 on Linux: unix(4), unix(7). */
const LONGEST_SOCKET_PATH = 100;
/** BullMQ's floor: https://docs.bullmq.io/guide/connections */
const OLDEST_VERSION = [6, 2] as const;

/** The server that already runs on this folder, or undefined. */
export async function attach(dataDir: string, appendfsync: Fsync): Promise<Connected | undefined> {
  const url = await readFile(join(dataDir, 'address'), 'utf8').catch(() => undefined);
  const server = url === undefined ? undefined : await connect(url);
  if (server) {
    await server.client.config('SET', 'appendfsync', appendfsync);
    return server;
  }
  const pid = Number(await readFile(join(dataDir, 'redis.pid'), 'utf8').catch(() => Number.NaN));
  // Two servers would spoil one append-only file. A server's working folder is its data folder.
  if (pid > 0 && (await workingFolder(pid)) === dataDir) {
    throw new JitError('redisFailed', {
      why: `process ${pid} holds ${dataDir} but does not respond`,
      fix: `Run \`kill -9 ${pid}\` and try again.`,
    });
  }
  return undefined;
}

/** Starts a server on this folder and waits until it has read its data. */
export async function launch({ dataDir, cacheDir, appendfsync, log }: LaunchOptions): Promise<Connected> {
  const program = await findRedisProgram(cacheDir, log);
  const { url, lines } = await chooseAddress(dataDir);
  const config = join(dataDir, 'redis.conf');
  const settings = [
    ...lines,
    `dir ${JSON.stringify(dataDir)}`,
    `pidfile ${JSON.stringify(join(dataDir, 'redis.pid'))}`,
    'daemonize no',
    'save ""',
    'appendonly yes',
    `appendfsync ${appendfsync}`,
    'maxmemory-policy noeviction',
    // Blocked clients' time limits are looked at once a tick: at the default of 10 a timer is up to 100 ms late.
    'hz 100',
    'loglevel warning',
  ];
  await writeFile(config, `${settings.join('\n')}\n`, { mode: 0o600 });
  await writeFile(join(dataDir, 'address'), url, { mode: 0o600 });
  const output = await open(join(dataDir, 'redis.log'), 'a', 0o600);
  // Its own session, so that Ctrl-C reaches us and not the server that we still need to finish; and none of our
  // secrets in its environment.
  const child = spawn(program.path, [config], {
    cwd: dataDir,
    detached: true,
    stdio: ['ignore', output.fd, output.fd],
    env: { PATH: process.env.PATH, LD_LIBRARY_PATH: program.libraryPath },
  });
  child.unref();
  const failed = once(child, 'exit').then(
    () => 'it ended at once',
    (error: Error) => error.message,
  );
  try {
    const server = await Promise.race([ready(url, child), failed]);
    if (typeof server !== 'string') return server;
    const last = (await readFile(join(dataDir, 'redis.log'), 'utf8')).trimEnd().split('\n').at(-1);
    throw new JitError('redisFailed', { why: last || server, fix: `See ${join(dataDir, 'redis.log')}.` });
  } catch (error) {
    child.kill('SIGTERM');
    throw error;
  } finally {
    await output.close();
  }
}

/** Reaches for the new server until it answers; gives up when it ended or takes too long. */
async function ready(url: string, child: ChildProcess): Promise<Connected> {
  const giveUpAt = performance.now() + READY_LIMIT_MS;
  for (;;) {
    const server = await connect(url, child);
    if (server) return server;
    if (child.exitCode !== null || child.signalCode !== null || performance.now() > giveUpAt) {
      throw new JitError('redisFailed', {
        why: `nothing responds at ${url.replace(/:[^:]*@/, ':…@')}`,
        fix: 'Check that its data folder is complete.',
      });
    }
    await wait(LOOK_AGAIN_MS);
  }
}

/** Resolves when the server has read its data; undefined when nobody answers there. */
async function connect(url: string, child?: ChildProcess): Promise<Connected | undefined> {
  const client = new Redis(url, {
    lazyConnect: true,
    connectionName: USER_NAME,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    maxLoadingRetryTime: LOOK_AGAIN_MS,
    commandTimeout: ANSWER_LIMIT_MS,
  });
  // Whatever it is, it ends this connection, and the end is what is listened to.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const info = await client.info('server');
    const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';
    const pid = Number(field('process_id'));
    const server: Connected = { url, pid, client, child, leave: () => leave(server) };
    refuseOld(field('redis_version'));
    return server;
  } catch (error) {
    client.disconnect();
    if (error instanceof TooOld) throw error;
    return undefined;
  }
}

class TooOld extends Error {}

function refuseOld(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > OLDEST_VERSION[0] || (major === OLDEST_VERSION[0] && minor >= OLDEST_VERSION[1])) return;
  throw new TooOld(`Redis ${version} is too old: install ${OLDEST_VERSION.join('.')} or newer, or set REDIS_URL.`);
}

async function leave({ client, child, pid }: Connected): Promise<void> {
  if (client.status === 'end') return;
  // NB. A connection that is closed is listed until the server notices: who leaves says so first, and waits for the answer.
  await client.client('SETNAME', '');
  const others = String(await client.client('LIST')).split(` name=${USER_NAME} `).length - 1;
  if (others > 0) return client.disconnect();
  const running = child && child.exitCode === null && child.signalCode === null;
  // The server's end closes our connection: that also holds for one that is not our child.
  const over = Promise.all([once(client, 'end'), running ? once(child, 'exit') : undefined]);
  const folder = await workingFolder(pid);
  process.kill(pid, 'SIGTERM');
  const impatient = setTimeout(() => process.kill(pid, 'SIGKILL'), STOP_LIMIT_MS);
  await over;
  // One that is not our child closes its connections a moment before it ends.
  while (!running && folder !== undefined && (await workingFolder(pid)) === folder) await wait(LOOK_AGAIN_MS);
  clearTimeout(impatient);
}

/** Undefined for a process that is no more, a dead one that nobody waited for included, and where there is no /proc. */
function workingFolder(pid: number): Promise<string | undefined> {
  return readlink(`/proc/${pid}/cwd`).catch(() => undefined);
}

/** A Unix socket in the folder, which only this user may enter; a port of loopback and a password where its path is too long. */
async function chooseAddress(dataDir: string): Promise<{ url: string; lines: string[] }> {
  const socket = join(dataDir, 'redis.sock');
  if (Buffer.byteLength(socket) < LONGEST_SOCKET_PATH) {
    return { url: socket, lines: ['port 0', `unixsocket ${JSON.stringify(socket)}`, 'unixsocketperm 700'] };
  }
  // The address of last time, so that those who know it find the server again when it was started again.
  const before = await readFile(join(dataDir, 'address'), 'utf8').catch(() => '');
  const last = URL.canParse(before) ? new URL(before) : undefined;
  const port = (last && (await freePort(Number(last.port)))) || (await freePort(0));
  const password = last?.password || randomBytes(24).toString('hex');
  return {
    url: `redis://:${password}@127.0.0.1:${port}`,
    lines: [`port ${port}`, 'bind 127.0.0.1', `requirepass ${password}`],
  };
}

/** This port when it is free, any free one for 0, undefined when it is taken. */
async function freePort(wanted: number): Promise<number | undefined> {
  const server = createServer();
  try {
    await once(server.listen(wanted, '127.0.0.1'), 'listening');
    return (server.address() as AddressInfo).port;
  } catch {
    return undefined;
  } finally {
    server.close();
  }
}
