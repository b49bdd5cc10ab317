import type { JitError } from '../errors/errors.ts';
import type { SourceNames } from '../rule/source.ts';
import type { Heard } from './heard.ts';
import type { WallClock } from './until.ts';

/** What stands behind a verb, and where what is wrong with it is written down; the reading goes on with what was meant. */
export interface SaidCommand extends Heard {
  readonly names: SourceNames;
  /** Absent where nobody knows what the time is to whoever speaks. */
  readonly clock: WallClock | undefined;
  readonly faults: JitError[];
}
