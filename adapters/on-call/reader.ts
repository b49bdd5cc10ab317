import { parentPort, workerData } from 'node:worker_threads';
import { eventsNow } from './events.ts';

const { text, now, zone } = workerData as { readonly text: string; readonly now: number; readonly zone: string };
parentPort?.postMessage(eventsNow(text, now, zone));
