import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../../src/core/language/instant.ts';
import type { MachineId } from '../../../src/core/machine/machine.ts';
import { never, openOne, placeOne } from '../../conformance/cloud-steps.ts';
import { type AwsHarness, awsHarness, PROTECTION } from './harness.ts';
import { groupsOn } from './shared-group.ts';

let aws: AwsHarness;
beforeEach(async () => {
  aws = await awsHarness();
});
afterEach(() => aws.stop());

const instance = (machine: MachineId) => machine.slice(machine.lastIndexOf(':') + 1);
const ourGroup = (on = aws) => on.sim.state().groups.find(({ name }) => name.endsWith(instance(on.machine)));
const nicOf = (machine: MachineId, on = aws) => {
  const found = on.sim.state().interfaces.find(({ instanceId }) => machine.endsWith(instanceId || '-'));
  if (!found) throw new Error('no interface');
  return found;
};
const launchTwin = (on = aws) => {
  on.sim.human.launchMoreLike(instance(on.machine), {
    name: 'api-2',
    privateIp: '10.1.0.11',
    publicIp: '198.51.100.11',
  });
  return on.idOf('api-2');
};

describe('a group of ours that is on another machine too', () => {
  test('lets nothing be opened, and it is said whose interface it is', async () => {
    const placement = await placeOne(aws);
    const twin = launchTwin();
    await expect(openOne(aws, placement, aws.now() + HOUR_MS)).rejects.toMatchObject({
      code: 'foreignInterface',
      say: expect.stringContaining(`of api-1 is also on api-2 (${nicOf(twin).id})`),
    });
    expect(aws.rulesLeft()).toEqual([]);
  });

  test('is said when somebody asks, before anybody decides', async () => {
    expect((await aws.adapter.look(aws.machine, never)).against).toBeUndefined();
    launchTwin();
    expect((await aws.adapter.look(aws.machine, never)).against).toMatchObject([{ code: 'foreignInterface' }]);
  });

  test('is on an interface of no instance: the same', async () => {
    const placement = await placeOne(aws);
    const nlb = {
      description: 'ELB net/front/50dc6c495c0c9188',
      type: 'network_load_balancer',
      privateIp: '10.1.0.99',
    };
    const id = aws.sim.human.addService({ ...nlb, groups: [ourGroup()?.id ?? ''] });
    await expect(openOne(aws, placement, aws.now() + HOUR_MS)).rejects.toMatchObject({
      say: expect.stringContaining(`network load balancer ELB net/front/50dc6c495c0c9188 (${id})`),
    });
    expect((await aws.adapter.assess(never)).leftovers).toEqual([
      expect.stringContaining(`is also on ${id}, ELB net/front/50dc6c495c0c9188, which is no machine`),
    ]);
  });

  test('on a second interface of its own machine is nobody else’s', async () => {
    aws.sim.human.launch({
      name: 'two-1',
      privateIp: '10.1.0.61',
      groups: [{ name: 'two' }],
      moreInterfaces: [{ privateIp: '10.1.0.62', groups: [{ name: 'two' }] }],
    });
    const two = aws.idOf('two-1');
    const protection = { ports: [{ port: { number: 22, protocol: 'tcp' as const }, sources: [], longestMs: HOUR_MS }] };
    await aws.adapter.protect(two, protection, never);
    const ours = aws.sim.state().groups.find(({ name }) => name.endsWith(instance(two)));
    const second = aws.sim.state().interfaces.find(({ privateIp }) => privateIp === '10.1.0.62');
    aws.sim.human.editGroups(second?.id ?? '', ['two', ours?.id ?? '']);
    expect((await aws.adapter.look(two, never)).against).toBeUndefined();
  });

  test('makes the other machine unhealthy, and its leases standing rules there', async () => {
    await openOne(aws, await placeOne(aws), aws.now() + HOUR_MS);
    const twin = launchTwin();
    const { machines } = await aws.adapter.assess(never);
    expect(machines.find(({ machine }) => machine.id === twin)).toMatchObject({
      verdict: 'unhealthy',
      reasons: [
        `The group of api-1 (${ourGroup()?.name}) is on it: what is opened there is open here too.`,
        expect.anything(),
      ],
    });
    expect((await aws.adapter.look(twin, never)).standing).toMatchObject([{ through: ourGroup()?.name }]);
  });

  test('a protected one stays configured, and is said to be open', async () => {
    await aws.adapter.protect(aws.exposed, PROTECTION, never);
    const own = nicOf(aws.exposed).groups;
    aws.sim.human.editGroups(nicOf(aws.exposed).id, [...own, ourGroup()?.id ?? '']);
    const { machines } = await aws.adapter.assess(never);
    const told = machines.find(({ machine }) => machine.id === aws.exposed);
    expect(told).toMatchObject({
      tab: 'configured',
      stillOpen: [expect.stringContaining('The group of api-1'), expect.anything()],
    });
  });
});

describe('where the settings say so', () => {
  let detaching: AwsHarness;
  beforeEach(async () => {
    detaching = await awsHarness({ foreignInterfaces: 'detach' });
  });
  afterEach(() => detaching.stop());

  test('it is taken off there, and then opened', async () => {
    const placement = await placeOne(detaching);
    const twin = launchTwin(detaching);
    expect((await detaching.adapter.look(detaching.machine, never)).against).toBeUndefined();
    await openOne(detaching, placement, detaching.now() + HOUR_MS);
    expect(groupsOn(detaching, twin)).toEqual(['api']);
    expect(groupsOn(detaching, detaching.machine)).toContain(ourGroup(detaching)?.name);
    expect(detaching.log.lines).toContain('took a security group off a foreign interface');
  });

  test('the last group of an interface stays, and nothing is opened', async () => {
    const placement = await placeOne(detaching);
    const twin = launchTwin(detaching);
    detaching.sim.human.editGroups(nicOf(twin, detaching).id, [ourGroup(detaching)?.id ?? '']);
    expect((await detaching.adapter.look(detaching.machine, never)).against).toMatchObject([
      { code: 'foreignInterface' },
    ]);
    await expect(openOne(detaching, placement, detaching.now() + HOUR_MS)).rejects.toMatchObject({
      code: 'foreignInterface',
    });
    expect(groupsOn(detaching, twin)).toEqual([ourGroup(detaching)?.name]);
    expect(detaching.rulesLeft()).toEqual([]);
  });
});

test('a group of a lease on another machine lets nothing more be opened in it', async () => {
  const perRequest = await awsHarness({ strategy: 'perRequest' });
  try {
    const { placement } = await openOne(perRequest, await placeOne(perRequest), perRequest.now() + HOUR_MS);
    launchTwin(perRequest);
    await expect(openOne(perRequest, placement, perRequest.now() + 2 * HOUR_MS)).rejects.toMatchObject({
      code: 'foreignInterface',
    });
  } finally {
    await perRequest.stop();
  }
});

test('the patrol makes a group of an earlier version unlike all others, and closes its way out', async () => {
  const group = ourGroup();
  for (const { id } of group?.rules ?? []) aws.sim.human.removeRule(id);
  aws.sim.human.addRule(group?.id ?? '', { protocol: '-1', source: '0.0.0.0/0', egress: true });
  const patrol = async () => {
    for await (const _ of aws.adapter.patrol(never));
  };
  await patrol();
  expect(ourGroup()?.rules).toMatchObject([{ direction: 'egress', source: expect.stringMatching(/^100::/) }]);
  const before = aws.mutations();
  await patrol();
  expect(aws.mutations()).toBe(before);
});

test('a group that the patrol may not change hides nothing', async () => {
  await openOne(aws, await placeOne(aws), aws.now() + HOUR_MS);
  for (const { id, direction } of ourGroup()?.rules ?? []) if (direction === 'egress') aws.sim.human.removeRule(id);
  aws.sim.faults.add('AuthorizeSecurityGroupEgress', { kind: 'error', status: 403, code: 'UnauthorizedOperation' }, 1);
  expect(await Array.fromAsync(aws.adapter.patrol(never))).toHaveLength(1);
  expect(aws.log.lines).toContain('a security group still lets something out, or is like others');
});

test('no two idle groups are the same to whoever compares their rules', async () => {
  const protection = { ports: [{ port: { number: 22, protocol: 'tcp' as const }, sources: [], longestMs: HOUR_MS }] };
  await aws.adapter.protect(aws.exposed, protection, never);
  const ours = aws.sim.state().groups.filter(({ name }) => name.startsWith('drawbridge-'));
  const ruleSets = ours.map(({ rules }) =>
    JSON.stringify(rules.map(({ direction, protocol, fromPort, source }) => [direction, protocol, fromPort, source])),
  );
  expect(ours).toHaveLength(2);
  expect(new Set(ruleSets).size).toBe(2);
  expect(ours.flatMap(({ rules }) => rules.filter(({ direction }) => direction === 'ingress'))).toEqual([]);
});
