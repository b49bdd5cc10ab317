import type { Log } from '../ports/log.ts';

interface Options {
  /** Of one message in one period. */
  readonly most?: number;
  readonly periodMs?: number;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

/**
 * A log for what anybody may cause from outside: of each message so many warnings in a period are written, and the first
 * of the next period says how many were left out. Errors are all written.
 */
export function limitedLog(
  log: Log,
  { most = 30, periodMs = 60_000, now = () => performance.now() }: Options = {},
): Log {
  const periods = new Map<string, { readonly ends: number; count: number }>();
  return {
    info: (fields, message) => log.info(fields, message),
    warn(fields, message) {
      const known = periods.get(message);
      const period = known && now() < known.ends ? known : { ends: now() + periodMs, count: 0 };
      periods.set(message, period);
      period.count += 1;
      if (period.count > most) return;
      const leftOut = known && known !== period ? Math.max(0, known.count - most) : 0;
      log.warn(leftOut > 0 ? { ...fields, leftOut } : fields, message);
    },
    error: (fields, message) => log.error(fields, message),
  };
}

/** A Redis that answers, and may not be used, says so while the program waits for it. */
export function loudly(check: () => Promise<void>, log: Log): () => Promise<void> {
  const few = limitedLog(log, { most: 1 });
  return async () => {
    try {
      await check();
    } catch (error) {
      few.warn({ error }, 'Redis cannot be used');
      throw error;
    }
  };
}
