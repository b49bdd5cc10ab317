import { serve } from '../child.ts';
import { startHouse } from './house.ts';
import type { Plan } from './shared.ts';

let stop = async () => {};

async function start(plan: Plan): Promise<void> {
  ({ stop } = await startHouse(plan));
}

serve({ start, cpu: () => process.cpuUsage() }, () => stop());
