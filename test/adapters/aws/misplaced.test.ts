import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../../src/core/language/instant.ts';
import type { MachineId } from '../../../src/core/machine/machine.ts';
import type { Misplaced } from '../../../src/ports/places.ts';
import { go, never, openOne, placeOne } from '../../conformance/cloud-steps.ts';
import { type AwsHarness, awsHarness } from './harness.ts';
import { groupsOn } from './shared-group.ts';

let aws: AwsHarness;
beforeEach(async () => {
  aws = await awsHarness({ watching: true });
});
afterEach(() => aws.stop());

const instance = (machine: MachineId) => machine.slice(machine.lastIndexOf(':') + 1);
const ourGroup = (on = aws) => on.sim.state().groups.find(({ name }) => name.includes(instance(on.machine)));
const nicOf = (machine: MachineId, on = aws) =>
  on.sim.state().interfaces.find(({ instanceId }) => machine.endsWith(instanceId || '-'))?.id ?? '';
const misplaced = async (on = aws, only?: readonly MachineId[]) => {
  const found: Misplaced[] = [];
  for await (const one of on.adapter.misplaced(never, only)) found.push(one);
  return found;
};
const first = (found: readonly Misplaced[]) => {
  const [one] = found;
  if (!one) throw new Error('nothing is misplaced');
  return one;
};

test('what is where it belongs is not reported, and not touched', async () => {
  await openOne(aws, await placeOne(aws), aws.now() + HOUR_MS);
  const before = aws.mutations();
  expect(await misplaced()).toEqual([]);
  expect(aws.mutations()).toBe(before);
});

describe('a group that somebody took off its machine', () => {
  test('is found with the placements in it, and put back beside what is there now', async () => {
    const placement = await placeOne(aws);
    aws.sim.human.editGroups(nicOf(aws.machine), ['launch-wizard-1']);
    const found = first(await misplaced());
    expect(found).toMatchObject({
      what: 'takenOff',
      machine: aws.machine,
      at: placement.at,
      isRepairable: true,
      error: { code: 'groupTakenOff' },
    });
    await aws.adapter.putRight(found, never);
    expect(groupsOn(aws, aws.machine)).toEqual(['launch-wizard-1', ourGroup()?.name]);
    expect(await misplaced()).toEqual([]);
    const before = aws.mutations();
    await aws.adapter.putRight(found, never);
    expect(aws.mutations()).toBe(before);
  });

  test('is put back by the role that protects', async () => {
    aws.sim.human.editGroups(nicOf(aws.machine), ['api']);
    await aws.adapter.putRight(first(await misplaced()), never);
    const calls = aws.sim.log().filter(({ action }) => action === 'ModifyNetworkInterfaceAttribute');
    expect(calls.at(-1)?.caller).toContain('drawbridge-onboarder');
  });

  test('names who did it where CloudTrail told, and never itself', async () => {
    aws.sim.human.editGroups(nicOf(aws.machine), ['api']);
    expect(first(await misplaced()).by).toBeUndefined();
    expect(await aws.adapter.changed?.(never)).toEqual([aws.machine]);
    const by = 'arn:aws:iam::123456789012:user/deployer (Terraform)';
    expect(first(await misplaced())).toMatchObject({
      by,
      error: { say: expect.stringContaining(`taken off api-1 by ${by} and`) },
    });
    const own = { type: 'AssumedRole', arn: 'arn:aws:sts::123456789012:assumed-role/drawbridge-onboarder/drawbridge' };
    const detail = {
      eventName: 'ModifyNetworkInterfaceAttribute',
      userIdentity: own,
      requestParameters: { networkInterfaceId: nicOf(aws.machine) },
    };
    aws.sim.queue.send(JSON.stringify({ account: '123456789012', region: 'eu-west-1', detail }));
    await aws.adapter.changed?.(never);
    expect(first(await misplaced()).by).toBe(by);
  });

  test('of a machine that is gone is a leftover, and nothing is misplaced', async () => {
    await aws.deleteMachine(aws.machine);
    expect(await misplaced()).toEqual([]);
  });

  test('is not called deletable while a lease is in it', async () => {
    const { placement } = await openOne(aws, await placeOne(aws), aws.now() + HOUR_MS);
    aws.sim.human.editGroups(nicOf(aws.machine), ['api']);
    expect((await aws.adapter.assess(never)).leftovers).toEqual([
      expect.stringContaining('was taken off its machine while access is open in it: do not delete it.'),
    ]);
    await aws.adapter.close([placement], never, go);
    const { leftovers, machines } = await aws.adapter.assess(never);
    expect(leftovers).toEqual([]);
    expect(machines.find(({ machine }) => machine.id === aws.machine)?.reasons).toContain(
      `Its security group ${ourGroup()?.name} was taken off it: protect it again, or unprotect it.`,
    );
  });
});

describe('a group that is on something else too', () => {
  test('is found, and stays where nobody lets Drawbridge take it off', async () => {
    aws.sim.human.launchMoreLike(instance(aws.machine), { name: 'api-2', privateIp: '10.1.0.11' });
    expect(await misplaced()).toMatchObject([
      { what: 'elsewhere', machine: aws.machine, isRepairable: false, error: { code: 'foreignInterface' } },
    ]);
    expect(await misplaced(aws, [aws.exposed])).toEqual([]);
    expect(await misplaced(aws, [aws.machine])).toHaveLength(1);
  });

  test('is taken off there where the settings say so', async () => {
    const detaching = await awsHarness({ foreignInterfaces: 'detach' });
    try {
      detaching.sim.human.launchMoreLike(instance(detaching.machine), { name: 'api-2', privateIp: '10.1.0.11' });
      const found = first(await misplaced(detaching));
      expect(found.isRepairable).toBe(true);
      await detaching.adapter.putRight(found, never);
      expect(groupsOn(detaching, detaching.idOf('api-2'))).toEqual(['api']);
      expect(await misplaced(detaching)).toEqual([]);
    } finally {
      await detaching.stop();
    }
  });

  test('as the last group there it stays, and that is said', async () => {
    const detaching = await awsHarness({ foreignInterfaces: 'detach' });
    try {
      detaching.sim.human.launchMoreLike(instance(detaching.machine), { name: 'api-2', privateIp: '10.1.0.11' });
      const id = ourGroup(detaching)?.id ?? '';
      detaching.sim.human.editGroups(nicOf(detaching.idOf('api-2'), detaching), [id]);
      const found = first(await misplaced(detaching));
      expect(found.isRepairable).toBe(false);
      await expect(detaching.adapter.putRight(found, never)).rejects.toMatchObject({ code: 'foreignInterface' });
    } finally {
      await detaching.stop();
    }
  });
});

test('a group of a lease is misplaced only while a lease is in it', async () => {
  const perRequest = await awsHarness({ strategy: 'perRequest' });
  try {
    const { placement } = await openOne(perRequest, await placeOne(perRequest), perRequest.now() + HOUR_MS);
    const own = perRequest.sim.state().groups.find(({ name }) => name === placement.at.split(':')[2]);
    const jit = perRequest.sim.state().groups.find(({ name }) => name.endsWith(instance(perRequest.machine)));
    perRequest.sim.human.editGroups(nicOf(perRequest.machine, perRequest), ['api', jit?.id ?? '']);
    expect(await misplaced(perRequest)).toMatchObject([{ what: 'takenOff', at: placement.at, id: own?.id }]);
    for (const { id } of own?.rules.filter(({ direction }) => direction === 'ingress') ?? [])
      perRequest.sim.human.removeRule(id);
    expect(await misplaced(perRequest)).toEqual([]);
  } finally {
    await perRequest.stop();
  }
});
