import { Queue, Worker } from 'bullmq';
import { bullConnection } from '../../src/queue/connection.ts';
import { serve } from '../child.ts';
import { type Closing, CONCURRENCY, closings } from './closing.ts';
import type { Plan } from './shared.ts';

/* The usual way: one delayed BullMQ job for each lease, whose worker makes the closing call. */
const AT_ONCE = 500;
const QUEUE = 'revoke';
/** Complete jobs go away, as ours do; what fails is tried again. */
const OPTIONS = {
  ...{ removeOnComplete: true, removeOnFail: false },
  ...{ attempts: 25, backoff: { type: 'fixed', delay: 1_000 } },
} as const;

let stop = async () => {};

async function start(plan: Plan): Promise<void> {
  const { all, close } = await closings(plan);
  const connection = bullConnection(plan.redisUrl, null);
  const queue = new Queue<Closing>(QUEUE, { connection: connection.redis, defaultJobOptions: OPTIONS });
  for (let from = 0; !plan.isAgain && from < all.length; from += AT_ONCE) {
    const delay = plan.until - Date.now();
    await queue.addBulk(all.slice(from, from + AT_ONCE).map((data) => ({ name: QUEUE, data, opts: { delay } })));
  }
  const worker = new Worker<Closing>(QUEUE, ({ data }) => close(data), {
    connection: connection.redis,
    concurrency: CONCURRENCY,
    ...(plan.stalledMs === undefined ? {} : { lockDuration: plan.stalledMs, stalledInterval: plan.stalledMs }),
  });
  worker.on('failed', (_, error) => console.error('a plain job failed', error));
  stop = async () => {
    await worker.close();
    await queue.close();
    connection.end();
  };
}

serve({ start, cpu: () => process.cpuUsage() }, () => stop());
