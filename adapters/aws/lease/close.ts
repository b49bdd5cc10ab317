import type { Placement } from '../../../src/core/rule/rule.ts';
import type { Allowed } from '../../../src/kit/call.ts';
import { allOf } from '../../../src/kit/outcome.ts';
import type { Aws } from '../ec2/context.ts';
import { groupRef } from '../ec2/ids.ts';
import { strategyOf } from './strategies.ts';

/** Takes rules away by their placements, group by group, each by the strategy that recorded it. */
export async function close(aws: Aws, placements: readonly Placement[], allowed: Allowed): Promise<void> {
  const byGroup = Map.groupBy(placements, ({ backend, at }) => `${strategyOf({ backend }).backend} ${at}`);
  await allOf([...byGroup.values()], async (those) => {
    const [first] = those;
    if (!first) return;
    const { group, ...where } = groupRef(first.at);
    await strategyOf(first).close({ aws, site: aws.sites.ofOpen(where), allowed }, group, those);
  });
}
