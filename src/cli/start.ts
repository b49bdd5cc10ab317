import { loadConfig } from '../config/load.ts';
import { run } from '../main.ts';
import { jsonLog } from '../observe/log.ts';
import { commandLine } from './command-line.ts';

/** The longest that a clean stop may take; then the process goes, and the due index finds the work again. */
const STOP_MS = 20_000;

/**
 * `jit start`: runs until SIGINT or SIGTERM, or until the process that started it with an IPC channel is gone.
 * Tells such a parent `{ url }` once it is ready.
 */
export async function startVerb(file: string): Promise<void> {
  const log = jsonLog();
  const running = await run(loadConfig(file), log, commandLine());
  process.send?.({ url: running.url });
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
    process.once('disconnect', () => resolve());
  });
  const late = setTimeout(() => {
    log.error({}, 'stopping took too long');
    process.exit(1);
  }, STOP_MS);
  late.unref();
  await running.stop();
  process.exit(0);
}
