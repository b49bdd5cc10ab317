import { PgBoss } from 'pg-boss';
import { serve } from '../child.ts';
import { inTurns } from '../in-turns.ts';
import { type Closing, CONCURRENCY, closings } from './closing.ts';
import type { Plan } from './shared.ts';

/*
 * One deferred pg-boss job for each lease. In batches, and looked for as often as it allows: one job for each fetch, or
 * its default of two seconds, would be many times slower.
 */
const QUEUE = 'revoke';
const AT_ONCE = 1_000;
const BATCH = 500;
const FETCHERS = 2;
const STOP_MS = 5_000;

let stop = async () => {};

async function start(plan: Plan): Promise<void> {
  if (plan.postgresUrl === undefined) throw new Error('no PostgreSQL');
  const { all, close } = await closings(plan);
  const boss = new PgBoss({ connectionString: plan.postgresUrl, schedule: false });
  boss.on('error', (error) => console.error('pg-boss', error));
  await boss.start();
  await boss.createQueue(QUEUE);
  for (let from = 0; !plan.isAgain && from < all.length; from += AT_ONCE) {
    const startAfter = new Date(plan.until);
    await boss.insert(
      QUEUE,
      all.slice(from, from + AT_ONCE).map((data) => ({ data, startAfter })),
    );
  }
  const batch = { batchSize: BATCH, pollingIntervalSeconds: 0.5, localConcurrency: FETCHERS };
  await boss.work<Closing>(QUEUE, batch, (jobs) =>
    inTurns(jobs.length, CONCURRENCY / FETCHERS, async (n) => {
      const job = jobs[n];
      if (job) await close(job.data);
    }),
  );
  stop = () => boss.stop({ graceful: false, timeout: STOP_MS });
}

serve({ start, cpu: () => process.cpuUsage() }, () => stop());
