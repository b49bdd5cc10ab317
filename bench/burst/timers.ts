import { serve } from '../child.ts';
import { type Closing, CONCURRENCY, closings } from './closing.ts';
import type { Plan } from './shared.ts';

/* The plainest way: one timer of the process for each lease. Nothing is kept anywhere else. */

async function start(plan: Plan): Promise<void> {
  const { all, close } = await closings(plan);
  if (plan.isAgain) return;
  const waiting: Closing[] = [];
  let busy = 0;
  const work = async () => {
    busy += 1;
    for (let next = waiting.shift(); next; next = waiting.shift())
      await close(next).catch((error: unknown) => console.error('a plain timer failed', error));
    busy -= 1;
  };
  for (const closing of all)
    setTimeout(() => {
      waiting.push(closing);
      if (busy < CONCURRENCY) void work();
    }, plan.until - Date.now());
}

serve({ start, cpu: () => process.cpuUsage() }, async () => {});
