import { fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { HandMaker } from '../ports/drill.ts';
import type { Log } from '../ports/log.ts';

/** TypeScript, or compiled, as this file is. */
const HAND = fileURLToPath(new URL(`./drill-hand${extname(import.meta.url)}`, import.meta.url));

/**
 * Starts the process of a drill that closes and is killed, with the same configuration file. Only this child is ever
 * killed, by its handle and never by a number.
 */
export function handMaker(file: string, log: Log): HandMaker {
  return (canary) => {
    const child = fork(HAND, {
      env: bareEnvironment(),
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      serialization: 'advanced',
      execArgv: [],
    });
    let state: 'waiting' | 'closing' | 'ended' = 'waiting';
    const ended = new Promise<void>((resolve) => {
      const end = () => {
        state = 'ended';
        resolve();
      };
      child.once('exit', end);
      child.once('error', (error) => {
        log.error({ error }, 'the process of a drill could not be started');
        end();
      });
    });
    child.on('message', (told) => {
      if (told === 'closing' && state === 'waiting') state = 'closing';
    });
    child.send({ file, environment: { ...process.env }, ...canary }, (error) => {
      if (error) log.error({ error }, 'the process of a drill could not be told what to do');
    });
    return {
      state: () => state,
      async kill() {
        if (state === 'ended') return;
        child.kill('SIGKILL');
        await ended;
      },
    };
  };
}

/** What Node itself needs as it starts. Secrets go by the channel: the environment of a process can be read from outside. */
function bareEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TZ, NODE_EXTRA_CA_CERTS } = process.env;
  // As the other programs have it (jit.js): it has to be ready before the canary's time is over.
  const NODE_COMPILE_CACHE = fileURLToPath(new URL('../../.cache/compiled', import.meta.url));
  const all = { PATH, HOME, TZ, NODE_EXTRA_CA_CERTS, NODE_COMPILE_CACHE };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
