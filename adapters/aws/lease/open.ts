import type { Allowed } from '../../../src/kit/call.ts';
import type { Opened, Opening } from '../../../src/ports/cloud.ts';
import type { Aws } from '../ec2/context.ts';
import { groupRef } from '../ec2/ids.ts';
import { strategyOf } from './strategies.ts';

/** Opens one after the other, each by the strategy that located it. */
export async function open(aws: Aws, openings: readonly Opening[], allowed: Allowed): Promise<readonly Opened[]> {
  const opened: Opened[] = [];
  for (const opening of openings) {
    const site = aws.sites.of(groupRef(opening.placement.at));
    opened.push(await strategyOf(opening.placement).open({ aws, site, allowed }, opening));
  }
  return opened;
}
