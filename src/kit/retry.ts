import type { Clock } from './clock.ts';

/** How long to wait between tries. */
export interface Distance {
  readonly firstMs: number;
  /** How the distance grows from try to try: it stays, goes up by `firstMs`, or doubles. */
  readonly growth: 'none' | 'linear' | 'double';
  /** The longest distance; there is none unless told. */
  readonly mostMs?: number;
}

/** Errors that are tried again, as data: a table reads from top to bottom, and the first row that an error fits counts. */
export interface RetryRow extends Distance {
  /** In words, for who reads the table. */
  readonly what: string;
  readonly fits: (error: unknown) => boolean;
  /** How often at most, the first try counted. */
  readonly tries: number;
}

/** How long to wait after the first, second, … try. */
export function distanceMs({ firstMs, growth, mostMs = Number.POSITIVE_INFINITY }: Distance, tried: number): number {
  const factor = { none: 1, linear: tried, double: 2 ** (tried - 1) }[growth];
  return Math.min(mostMs, firstMs * factor);
}

/** How long until an error is tried again; undefined when it is not, or not any more. */
export function retryAfterMs(table: readonly RetryRow[], error: unknown, tried: number): number | undefined {
  const row = table.find(({ fits }) => fits(error));
  return row && tried < row.tries ? distanceMs(row, tried) : undefined;
}

/** Does a step, and again as the table says. The step reads what is there first, or is done once however often. Throws its last error. */
export async function retrying<T>(
  table: readonly RetryRow[],
  { pause }: Pick<Clock, 'pause'>,
  signal: AbortSignal,
  step: (tried: number) => Promise<T>,
): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await step(tried);
    } catch (error) {
      const waitMs = retryAfterMs(table, error, tried);
      if (waitMs === undefined) throw error;
      await pause(waitMs, signal);
    }
  }
}
