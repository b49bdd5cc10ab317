import { afterEach, beforeEach, expect, test } from 'vitest';
import { never } from '../../conformance/cloud-steps.ts';
import { memoryUndo } from '../../memory/undo.ts';
import { type AwsHarness, awsHarness, PROTECTION } from './harness.ts';
import { groupNamed, inbound, launchSharing } from './shared-group.ts';

let aws: AwsHarness;
beforeEach(async () => {
  aws = await awsHarness();
});
afterEach(() => aws.stop());

const SSH = { number: 22, protocol: 'tcp' } as const;

test('what was closed stays closed when its undo records are lost, and what replaced it bears their tag', async () => {
  const [machine] = launchSharing(aws);
  const kept = new Map<string, string>();
  await aws.adapter.protect(machine, PROTECTION, never);
  await aws.adapter.lockDown({ machine, ports: [SSH], how: 'close' }, memoryUndo(kept), never);
  const [record] = kept.keys();
  const closed = ['tcp 20-21 0.0.0.0/0', 'tcp 23-25 0.0.0.0/0', 'tcp 443-443 0.0.0.0/0'];
  expect(inbound(aws, 'web')).toEqual(closed);
  kept.clear();
  await aws.adapter.unprotect(machine, never);
  expect(await aws.adapter.putBack({ machine }, memoryUndo(kept), never)).toEqual([]);
  expect(inbound(aws, 'web')).toEqual(closed);
  const tagged = groupNamed(aws, 'web').rules.filter(({ tags }) => tags['drawbridge:undo'] === record);
  expect(tagged.map(({ fromPort }) => fromPort).sort()).toEqual([20, 23]);
});
