/**
 * Started by the tests as a process of its own: works on hints as the program does, says each machine that it begins, and
 * never ends one.
 */

import { startDueTimer } from '../../src/queue/due.ts';
import { bullQueue } from '../../src/queue/producer.ts';
import { startWorkers } from '../../src/queue/worker.ts';
import { connectRedis } from '../../src/redis/connect.ts';
import { redisStore } from '../../src/redis/store.ts';

const [url = '', prefix = '', mode] = process.argv.slice(2);
const log = { info: () => {}, warn: () => {}, error: () => {} };
const options = { url, prefix, log };
startWorkers({
  ...options,
  converge: (machine) => {
    process.stdout.write(`${machine}\n`);
    return new Promise(() => {});
  },
  notify: async () => {},
});
if (mode === 'due') {
  const store = redisStore({ redis: connectRedis(url, { log }), prefix, log });
  startDueTimer({ store, queue: bullQueue(options), log });
}
