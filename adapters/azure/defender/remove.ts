import { providerIdOf } from '../../../src/core/machine/machine.ts';
import { type Placement, placementKey } from '../../../src/core/rule/rule.ts';
import type { Allowed } from '../../../src/kit/call.ts';
import { outcomesOf } from '../../../src/kit/outcome.ts';
import type { MayGo } from '../../../src/ports/remover.ts';
import { type Azure, nowAt, siteOf } from '../arm/context.ts';
import { close } from './close.ts';
import { rulesAt } from './observe.ts';
import { readRecorded } from './reading.ts';

/** Defender ends its own rules; what is to go earlier, or has outlasted its end, is deleted in the groups, rule by rule. */
export async function remove(
  azure: Azure,
  placements: readonly Placement[],
  mayGo: MayGo,
  allowed: Allowed,
): Promise<readonly Placement[]> {
  const byMachine = [...Map.groupBy(placements, ({ rule }) => rule.machine)];
  const { done, failed } = await outcomesOf(byMachine, async ([machine, those]) => {
    const reading = await readRecorded(azure, machine, those, allowed.signal);
    const cloudNow = nowAt(azure, siteOf(azure, providerIdOf(machine)));
    const wanted = new Set(those.map(placementKey));
    const going = rulesAt(reading, those)
      .ours.filter((found) => wanted.has(placementKey(found.placement)) && mayGo({ ...found, cloudNow }))
      .map(({ placement }) => placement);
    if (going.length > 0) await close(azure, going, allowed);
    return going;
  });
  const [first] = failed;
  if (first) throw first.error;
  return done.flatMap(({ value }) => value);
}
