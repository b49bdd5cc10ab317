import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Redis, type RedisOptions } from 'ioredis';
import { findRedisProgram } from '../../src/redis/find-program.ts';
import { freePort } from './free-port.ts';

/** As on a server that keeps what it is given, and quick to replicate. */
const KEEPS = ['save ""', 'appendonly yes', 'maxmemory-policy noeviction', 'hz 100', 'repl-diskless-sync-delay 0'];
const READY_MS = 10_000;
const LOOK_MS = 20;

export interface Node {
  readonly port: number;
  readonly folder: string;
  readonly process: ChildProcess;
  /** A connection to this server itself. */
  readonly direct: Redis;
  kill(signal?: NodeJS.Signals): Promise<void>;
}

export interface NodeOptions {
  readonly lines?: readonly string[];
  readonly sentinel?: boolean;
  readonly port?: number;
  /** How the test itself signs in. */
  readonly direct?: RedisOptions;
}

interface Launch extends NodeOptions {
  /** Of one that was there before: this one goes on with its data, and with its configuration as it was rewritten meanwhile. */
  readonly folder?: string;
}

/** A real server as a process on loopback, which answers. Whoever launches it ends it. */
export async function launch(options: Launch): Promise<Node> {
  const { lines = [], sentinel = false, port = await freePort() } = options;
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'drawbridge-node-'));
  const config = join(folder, 'node.conf');
  // One with TLS names its port in its own lines.
  const own = lines.some((line) => line.startsWith('tls-port')) ? [] : [`port ${port}`];
  const all = [...own, 'bind 127.0.0.1', `dir ${folder}`, ...(sentinel ? [] : KEEPS), ...lines];
  if (!existsSync(config)) writeFileSync(config, `${all.join('\n')}\n`);
  const program = await findRedisProgram();
  const child = spawn(program.path, [config, ...(sentinel ? ['--sentinel'] : [])], {
    cwd: folder,
    stdio: 'ignore',
    env: { PATH: process.env.PATH, LD_LIBRARY_PATH: program.libraryPath },
  });
  const exited = once(child, 'exit');
  const direct = new Redis({ port, host: '127.0.0.1', retryStrategy: () => 50, ...options.direct });
  direct.on('error', () => {});
  const late = performance.now() + READY_MS;
  while (!(await direct.ping().catch(() => undefined))) {
    if (performance.now() > late) {
      direct.disconnect();
      child.kill('SIGKILL');
      throw new Error('a server on loopback did not answer in time');
    }
    await wait(LOOK_MS);
  }
  return {
    port,
    folder,
    process: child,
    direct,
    async kill(signal = 'SIGKILL') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await exited;
    },
  };
}
