import { setTimeout as wait } from 'node:timers/promises';
import { watchConfig } from '../config/watch.ts';
import { checkedConfig, readAgain } from '../configuration.ts';
import { jsonLog } from '../observe/log.ts';
import type { Log } from '../ports/log.ts';
import { commandLine } from './command-line.ts';
import { handMaker } from './fork-hand.ts';

/** The longest that a clean stop may take; then the process goes, and the due index finds the work again. */
const STOP_MS = 20_000;
/** Of that, for telling the operators. */
const LAST_WORDS_MS = 5_000;
/** How often it is looked whether the configuration is another one. */
const LOOK_MS = 5_000;

/**
 * `jit start [--web | --work]`: runs until SIGINT or SIGTERM, or until the process that started it with an IPC channel is gone.
 * Takes up a changed configuration, at SIGHUP at once. Tells such a parent `{ url }` once it is ready. Exits with 0, or with 1 when
 * an error ended it, when stopping took too long, or at once when it is told to stop a second time.
 */
export async function startVerb(file: string, { web = false, work = false } = {}): Promise<void> {
  const log = jsonLog();
  // Before anything is started, so that nothing which is half begun is left behind either.
  const told = Promise.withResolvers<0 | 1>();
  let isTold = false;
  const hear = (signal: NodeJS.Signals) => {
    if (isTold) {
      log.error({ signal }, 'told to stop a second time: ending at once; what is not done is found again');
      process.exit(1);
    }
    isTold = true;
    told.resolve(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => hear(signal));
  // A terminal that goes away takes the program with it; whoever supervises it means the configuration.
  let again = () => {};
  process.on('SIGHUP', () => (process.stdin.isTTY ? hear('SIGHUP') : again()));
  process.once('disconnect', () => told.resolve(0));
  // The last guard, for rejections too. What it was at work on is unknown, so the process goes; but cleanly, and soon.
  process.on('uncaughtException', (error, origin) => {
    log.error({ error, origin }, 'nobody caught an error; stopping');
    told.resolve(1);
  });
  // Also while it is still starting.
  const ending = told.promise.then((code) => {
    endLate(log);
    return code;
  });
  const { config, text } = await checkedConfig(file);
  // Loaded only now: whoever mistyped something is told within a second.
  const { run } = await import('../main.ts');
  const roles = web === work ? {} : { roles: { web, work } };
  const running = await run(config, log, { text, by: commandLine(), hand: handMaker(file, log), ...roles });
  const watch = watchConfig(file, LOOK_MS, {
    read: (text) => readAgain(text),
    tell: (read, text) => running.adopt(read, text),
    failed: (error) => log.error({ error }, 'drawbridge.yaml could not be taken up'),
  });
  again = () => void watch.again();
  process.send?.({ url: running.url });
  const code = await ending;
  watch.stop();
  if (code === 1) await Promise.race([running.lastWords(), wait(LAST_WORDS_MS)]);
  await running.stop();
  process.exit(code);
}

/** Whatever hangs: a process that is told to go does not stay. */
function endLate(log: Log): void {
  const late = setTimeout(() => {
    log.error({}, 'stopping took too long');
    process.exit(1);
  }, STOP_MS);
  late.unref();
}
