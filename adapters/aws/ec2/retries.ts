import { JitError } from '../../../src/core/errors/errors.ts';
import { type RetryRow, retrying } from '../../../src/kit/retry.ts';
import { isInUse, isNotFound } from '../errors.ts';
import type { Aws } from './context.ts';

const TEN_TRIES = { tries: 10, firstMs: 500, growth: 'linear' } as const;

/** What is tried again within a step. */
const AGAIN: readonly RetryRow[] = [
  // EC2 developer guide, "Eventual consistency".
  { what: 'was just made, and is not known everywhere yet', fits: isNotFound, ...TEN_TRIES },
  {
    what: 'was just taken off, and that is not known everywhere yet',
    fits: isInUse,
    ...TEN_TRIES,
  },
  {
    what: 'nobody answered, or EC2 is busy',
    fits: (error) => error instanceof JitError && error.kind === 'busy',
    ...TEN_TRIES,
  },
];

/** Who tries a step: its clock, and its signal. */
export interface Trying {
  readonly aws: Pick<Aws, 'pause'>;
  readonly signal: AbortSignal;
}

/** Does a step, and again as the table says: it reads what is there first, or is done once however often. */
export function patiently<T>({ aws, signal }: Trying, step: () => Promise<T>): Promise<T> {
  return retrying(AGAIN, aws, signal, step);
}
