import { type MarkedRule, type Placement, placementKey } from '../../../src/core/rule/rule.ts';
import type { GroupRule } from '../arm/groups.ts';
import { located, mergedLocation } from '../arm/location.ts';
import type { OwnRules } from '../backend.ts';
import { accessAt, type RecordedMachine } from './reading.ts';

/**
 * A rule of Defender's is ours when a record bears our mark for it, or when it stands exactly where we had it written
 * and nobody else asks for the same: the record goes at its end, or with a policy that was written anew.
 */
export function rulesAt(reading: RecordedMachine, placements: readonly Placement[]): OwnRules {
  const location = mergedLocation([{ groups: [...reading.groups.keys()], addresses: reading.addresses }]);
  const known = [...reading.accesses.flatMap(({ ours }) => ours?.placement ?? []), ...placements];
  const ours: MarkedRule[] = [];
  const found: GroupRule[] = [];
  for (const placement of new Map(known.map((one) => [placementKey(one), one])).values()) {
    const { written, complete, foreign, ours: record } = accessAt(reading, placement);
    if (written.length === 0 || foreign) continue;
    found.push(...written);
    // NB. Without an end it is opened again, or remarked: a rule that is not in all its places opens nothing, and a record may be lost.
    const until = complete && record?.status !== 'Revoked' ? record?.ours?.until : undefined;
    ours.push({
      placement: located(placement, location),
      mark: 'valid',
      fixedEnd: true,
      ...(until === undefined ? {} : { until }),
    });
  }
  return { ours, written: found };
}
