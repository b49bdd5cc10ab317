import { type ChildProcess, fork } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { JIT } from './jit.ts';

/** From the fork to “ready”: what the slowest of machines needs, a first download of Redis included. */
const START_MS = 60_000;
const STOP_MS = 25_000;

export interface Program {
  readonly pid: number;
  /** Where it takes deliveries. */
  readonly url: string;
  /** How it ended; pending while it runs. */
  readonly ended: Promise<string>;
  /** SIGTERM, and waits for it. */
  stop(): Promise<void>;
  /** SIGKILL: nothing of the program gets a chance to clean up. */
  kill(): Promise<void>;
}

interface Options {
  readonly configFile: string;
  readonly logFile: string;
  readonly secrets: Readonly<Record<string, string>>;
  /** Further words of the command line. */
  readonly words?: readonly string[];
  /** The file of `jit`, if not that of these sources. */
  readonly jit?: string;
}

/** Runs the real program (`jit start`) as a process of its own and waits until it is ready. */
export async function startProgram({ configFile, logFile, secrets, words = [], jit = JIT }: Options): Promise<Program> {
  const log = createWriteStream(logFile, { flags: 'a' });
  // Its own process group: Ctrl-C reaches us alone, and we stop it. If we are killed, it sees the channel close and stops.
  const child = fork(jit, ['start', '--config', configFile, ...words], {
    env: { ...process.env, ...secrets },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: [],
  });
  let tail = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (data: Buffer) => {
      log.write(data);
      tail = `${tail}${data}`.slice(-2_000);
    });
  }
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      log.end();
      resolve(`${signal ?? `exit code ${code}`}${code ? `: ${tail.trim()}` : ''}`);
    });
  });
  const url = await ready(child, ended);
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await ended;
  };
  return {
    pid: child.pid ?? 0,
    url,
    ended,
    kill: () => end('SIGKILL'),
    async stop() {
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await end('SIGTERM');
      clearTimeout(late);
    },
  };
}

function ready(child: ChildProcess, ended: Promise<string>): Promise<string> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error('the program was not ready in time'));
    }, START_MS);
    child.once('message', (message: { readonly url: string }) => {
      clearTimeout(late);
      resolve(message.url);
    });
    ended.then((how) => {
      clearTimeout(late);
      reject(new Error(`the program ended before it was ready: ${how}`));
    }, reject);
  });
}
