import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import { serve } from '../child.ts';
import { type Closing, CONCURRENCY, closings } from './closing.ts';
import type { Plan } from './shared.ts';

/* One graphile-worker job for each lease, with its local queue: without it, each job would be fetched by itself. */
const TASK = 'revoke';
const AT_ONCE = 1_000;
const LOCAL = 500;
const QUIET = new Logger(() => (level, message) => {
  if (level === 'error') console.error('graphile-worker', message);
});

let stop = async () => {};

async function start(plan: Plan): Promise<void> {
  const { postgresUrl: connectionString } = plan;
  if (connectionString === undefined) throw new Error('no PostgreSQL');
  const { all, close } = await closings(plan);
  const utils = await makeWorkerUtils({ connectionString, logger: QUIET });
  await utils.migrate();
  const runAt = new Date(plan.until);
  for (let from = 0; !plan.isAgain && from < all.length; from += AT_ONCE)
    await utils.addJobs(all.slice(from, from + AT_ONCE).map((payload) => ({ identifier: TASK, payload, runAt })));
  await utils.release();
  const worker = {
    connectionString,
    concurrentJobs: CONCURRENCY,
    maxPoolSize: CONCURRENCY,
    pollInterval: 500,
    localQueue: { size: LOCAL },
    logger: QUIET,
  };
  const runner = await run({
    preset: { worker },
    noHandleSignals: true,
    taskList: { [TASK]: (payload) => close(payload as Closing) },
  });
  stop = () => runner.stop();
}

serve({ start, cpu: () => process.cpuUsage() }, () => stop());
