import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Queue } from '../../src/ports/queue.ts';
import { startDueTimer } from '../../src/queue/due.ts';
import { bullQueue } from '../../src/queue/producer.ts';
import { startWorkers } from '../../src/queue/worker.ts';
import { redisStore } from '../../src/redis/store.ts';
import { change, machine, pending } from '../conformance/fixtures.ts';
import { QUIET, redisOfFile } from './server.ts';

const server = redisOfFile();

/** Another process that takes a job, says so, and is killed with -9 in the middle of it. Gives what it took. */
async function killedAtWork(prefix: string, mode: 'queue' | 'due'): Promise<string> {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('./work.ts', import.meta.url)), server.url(), prefix, mode],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  try {
    const { value } = await createInterface(child.stdout)[Symbol.asyncIterator]().next();
    return String(value);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

/** Works here until a machine is looked at; gives it and how long that took. */
async function nextLook(prefix: string): Promise<{ readonly id: string; readonly afterMs: number }> {
  const started = performance.now();
  const looked = Promise.withResolvers<string>();
  const workers = startWorkers({
    url: server.url(),
    prefix,
    log: QUIET,
    converge: async (id) => looked.resolve(id),
    notify: async () => {},
  });
  const id = await looked.promise;
  const afterMs = performance.now() - started;
  await workers.close();
  return { id, afterMs };
}

describe.concurrent('what a worker held that was killed with -9', () => {
  it('is run again through the due index, without BullMQ noticing', async () => {
    const store = redisStore({ redis: server.client(), prefix: 'due', log: QUIET });
    const { at } = await store.now();
    await store.save([change({ ...pending('aaaaaaa', at), lookAt: at }, 0)]);
    expect(await killedAtWork('due', 'due')).toBe(machine(1));
    const hints = bullQueue({ url: server.url(), prefix: 'due', log: QUIET });
    const hinted: string[] = [];
    const queue: Pick<Queue, 'converge'> = {
      converge: (machines, occasion, urgency) => {
        hinted.push(...machines);
        return hints.converge(machines, occasion, urgency);
      },
    };
    const timer = startDueTimer({ store, queue, log: QUIET });
    const { id } = await nextLook('due');
    expect(id).toBe(machine(1));
    // BullMQ gives the old hint again by itself; this one is new.
    expect(hinted).toContain(id);
    await timer.stop();
    await hints.close();
  });
});
