import { overlaps } from '../core/policy/overlap.ts';
import type { Fault } from './fault.ts';
import { houseRules, peopleOf } from './house.ts';
import type { Config } from './schema.ts';

/** What is right, and may not be meant so: policies that come too late in the file. */
export function warningsOf(config: Config): readonly Fault[] {
  return overlaps(houseRules(config).policies, peopleOf(config)).map(({ at, say }) => ({
    path: ['policies', at],
    message: say,
  }));
}
