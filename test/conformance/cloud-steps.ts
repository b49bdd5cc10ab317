import { expect } from 'vitest';
import type { MachineId } from '../../src/core/machine/machine.ts';
import { type MarkedRule, type Observed, type Placement, placementKey, type Rule } from '../../src/core/rule/rule.ts';
import type { Opened } from '../../src/ports/cloud.ts';
import type { CloudHarness } from './cloud-harness.ts';

/** One address (RFC 5737). */
export const HOME = '203.0.113.7/32';

const note = { request: 'r-1', requester: 'ada', approver: 'grace' };
/** A call may be made. */
export const go = (): void => {};
/** Never aborts. */
export const never = new AbortController().signal;

/** Port 22 from home, unless said otherwise. */
export function rule(machine: MachineId, number = 22, source = HOME): Rule {
  return { machine, port: { number, protocol: 'tcp' }, source };
}

/** Where one rule goes. */
export async function placeOne(cloud: CloudHarness, wanted: Rule = rule(cloud.machine)): Promise<Placement> {
  const [placement] = await cloud.adapter.locate([wanted], never);
  if (!placement) throw new Error('nothing was placed');
  return placement;
}

/** Opens one rule until then (UTC), for a request that has everything a cloud's records want. */
export async function openOne(
  cloud: CloudHarness,
  placement: Placement,
  until: number,
  { signal = never, beforeCall = go }: { signal?: AbortSignal; beforeCall?: () => void } = {},
): Promise<Opened> {
  const opened = await cloud.adapter.open([{ placement, until, now: cloud.now(), note }], signal, beforeCall);
  expect(opened).toHaveLength(1);
  return opened[0] as Opened;
}

/** What was seen of ours at one placement. */
export function ours({ ours: found }: Observed, placement: Placement): MarkedRule | undefined {
  return found.find((one) => placementKey(one.placement) === placementKey(placement));
}
