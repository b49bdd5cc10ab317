import { loadConfig } from '../config/load.ts';
import { run } from '../main.ts';
import { jsonLog } from '../observe/log.ts';
import { commandLine } from './command-line.ts';

/** The longest that a clean stop may take; then the process goes, and the due index finds the work again. */
const STOP_MS = 20_000;

/**
 * `jit start`: runs until SIGINT or SIGTERM, or until the process that started it with an IPC channel is gone.
 * Tells such a parent `{ url }` once it is ready. Exits with 0, or with 1 when an error ended it or stopping took too long.
 */
export async function startVerb(file: string): Promise<void> {
  const log = jsonLog();
  const running = await run(loadConfig(file), log, commandLine());
  process.send?.({ url: running.url });
  const code = await new Promise<0 | 1>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(0));
    process.once('disconnect', () => resolve(0));
    // The last guard, for rejections too. What it was at work on is unknown, so the process goes; but cleanly.
    process.on('uncaughtException', (error, origin) => {
      log.error({ error, origin }, 'nobody caught an error; stopping');
      resolve(1);
    });
  });
  const late = setTimeout(() => {
    log.error({}, 'stopping took too long');
    process.exit(1);
  }, STOP_MS);
  late.unref();
  await running.stop();
  process.exit(code);
}
