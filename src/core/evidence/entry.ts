import { type Instant, LAST } from '../language/instant.ts';

/** An entry of the audit, as it was written (ports/audit.ts). */
export interface Placed {
  readonly epoch: number;
  readonly sequence: number;
  readonly at: number;
  readonly record: string;
  readonly people: string;
  readonly hash: string;
}

/** Can an entry stand there? Whoever writes to Redis or to files may write any number; what follows from it must be one, and its day have a name. */
export function isPlace({
  epoch,
  sequence,
  at,
}: {
  readonly epoch: number;
  readonly sequence: number;
  readonly at: Instant;
}): boolean {
  return [epoch, sequence, at].every((one) => Number.isSafeInteger(one) && one >= 0) && at <= LAST;
}
