import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { whenStopped } from './endings.ts';

const run = promisify(execFile);
/** Where Debian and Ubuntu put each version: its programs are not on the PATH. */
const DEBIAN = '/usr/lib/postgresql';
const READY_MS = 20_000;
const LOOK_MS = 50;
const USER = 'bench';
/** `nobody` of Debian: PostgreSQL refuses to run as root. */
const NOBODY = 65_534;

/** A PostgreSQL of the bench's own, with its usual durability (every commit reaches the disk). */
export interface Postgres {
  /** A new, empty database. */
  fresh(): Promise<string>;
  stop(): Promise<void>;
}

/** Starts the PostgreSQL that is installed, in this folder and on loopback; or says why it does not run. */
export async function startPostgres(folder: string): Promise<Postgres | { readonly notRun: string }> {
  const programs = programsOf();
  if (programs === undefined) return { notRun: 'no PostgreSQL is installed (Debian: `apt-get install postgresql`)' };
  const data = join(folder, 'postgres');
  const as = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  mkdirSync(data, { mode: 0o700 });
  if (as.uid !== undefined) {
    chownSync(folder, NOBODY, NOBODY);
    chownSync(data, NOBODY, NOBODY);
  }
  const program = (name: string) => join(programs, name);
  const options = { ...as, cwd: data, env: { ...process.env, LC_ALL: 'C' } };
  await run(program('initdb'), ['-D', data, '-U', USER, '--auth=trust', '-E', 'UTF8'], options);
  const port = String(await freePort());
  const settings = ['shared_buffers=256MB', 'listen_addresses=127.0.0.1', 'unix_socket_directories='];
  const server = spawn(
    program('postgres'),
    ['-D', data, '-p', port, ...settings.flatMap((setting) => ['-c', setting])],
    { ...options, stdio: 'ignore' },
  );
  const ended = once(server, 'exit');
  const stop = async () => {
    // A fast shutdown: connections are cut (PostgreSQL, "Shutting Down the Server").
    server.kill('SIGINT');
    await ended;
  };
  const forget = whenStopped(stop);
  const at = ['-h', '127.0.0.1', '-p', port, '-U', USER];
  const isReady = () =>
    run(program('pg_isready'), at).then(
      () => true,
      () => false,
    );
  for (const giveUpAt = Date.now() + READY_MS; !(await isReady()); await wait(LOOK_MS))
    if (Date.now() > giveUpAt || server.exitCode !== null) throw new Error('PostgreSQL did not start');
  let count = 0;
  return {
    async fresh() {
      count += 1;
      const name = `round${count}`;
      await run(program('createdb'), [...at, name]);
      return `postgres://${USER}@127.0.0.1:${port}/${name}`;
    },
    stop() {
      forget();
      return stop();
    },
  };
}

/** The folder of `initdb` and the others. */
function programsOf(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [...versions.map((version) => join(DEBIAN, version, 'bin')), ...(process.env.PATH ?? '').split(':')];
  return folders.find((folder) => ['initdb', 'postgres', 'createdb'].every((name) => existsSync(join(folder, name))));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
