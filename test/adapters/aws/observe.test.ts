import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { largeWorld } from '../../../simulators/aws/index.ts';
import { HOUR_MS } from '../../../src/core/language/instant.ts';
import type { MachineId } from '../../../src/core/machine/machine.ts';
import { go, HOME, never, openOne, placeOne, rule } from '../../conformance/cloud-steps.ts';
import { type AwsHarness, awsHarness, PROTECTION } from './harness.ts';

type RuleSpec = Parameters<AwsHarness['sim']['human']['addRule']>[1];

let aws: AwsHarness;
beforeEach(async () => {
  aws = await awsHarness();
});
afterEach(() => aws.stop());

const standing = async () => (await aws.adapter.look(aws.machine, never)).standing;
const instanceOf = (machine: MachineId) => machine.slice(machine.lastIndexOf(':') + 1);
const groupId = (name: string) => aws.sim.state().groups.find((group) => group.name === name)?.id ?? '';

describe('what else opens a protected port', () => {
  test.each<[string, RuleSpec, string]>([
    ['everybody', { port: 22, source: '0.0.0.0/0' }, '0.0.0.0/0'],
    ['everybody over IPv6', { port: 22, source: '::/0' }, '::/0'],
    ['a range that holds it', { port: 20, toPort: 25, source: '192.0.2.0/24' }, '192.0.2.0/24'],
    ['a range that ends with it', { port: 1, toPort: 22, source: '192.0.2.0/24' }, '192.0.2.0/24'],
    ['all traffic', { protocol: '-1', source: '10.0.0.0/8' }, '10.0.0.0/8'],
  ])('%s', async (_, spec, source) => {
    aws.sim.human.addRule('api', spec);
    expect(await standing()).toContainEqual({ port: { number: 22, protocol: 'tcp' }, source, through: 'api' });
  });

  test('a prefix list and another group are named as sources', async () => {
    const other = groupId('launch-wizard-1');
    aws.sim.human.addRule('api', { port: 22, source: other });
    aws.sim.human.addRule('api', { port: 3389, source: 'pl-0123456789abcdef0' });
    expect((await standing()).map(({ source }) => source).sort()).toEqual(['pl-0123456789abcdef0', other]);
  });

  test('another group is named by its name, read once; one that cannot be read keeps its id', async () => {
    const [bastion, gone] = [groupId('launch-wizard-1'), 'sg-0123456789abcdef0'];
    aws.sim.human.addRule('api', { port: 22, source: bastion });
    aws.sim.human.addRule('api', { port: 22, source: `210987654321/${gone}` });
    aws.sim.human.addRule('api', { port: 9000, source: 'sg-0123456789abcdef1' });
    const named = [
      { port: { number: 22, protocol: 'tcp' }, source: bastion, sourceName: 'launch-wizard-1', through: 'api' },
      { port: { number: 22, protocol: 'tcp' }, source: gone, through: 'api' },
    ];
    expect(await standing()).toEqual(named);
    const { placement } = await openOne(aws, await placeOne(aws), aws.now() + HOUR_MS);
    expect((await aws.adapter.observe(aws.machine, [placement], never)).others).toEqual(named);
    const filters = aws.sim
      .log()
      .flatMap(({ action, summary }) => (action === 'DescribeSecurityGroups' ? [summary] : []));
    expect(filters.filter((text) => text.includes(bastion))).toHaveLength(1);
    expect(filters.filter((text) => text.includes('sg-0123456789abcdef1'))).toEqual([]);
  });

  test('names that may not be read change nothing else', async () => {
    const bastion = groupId('launch-wizard-1');
    aws.sim.human.addRule('api', { port: 22, source: bastion });
    const { placement } = await openOne(aws, await placeOne(aws), aws.now() + HOUR_MS);
    aws.sim.faults.add(
      'DescribeSecurityGroups',
      { kind: 'error', status: 403, code: 'UnauthorizedOperation' },
      Number.POSITIVE_INFINITY,
    );
    expect((await aws.adapter.observe(aws.machine, [placement], never)).others).toMatchObject([{ source: bastion }]);
  });

  test.each<[string, RuleSpec]>([
    ['another port', { port: 443, source: '192.0.2.0/24' }],
    ['a range beside it', { port: 23, toPort: 3388, source: '0.0.0.0/0' }],
    ['another protocol', { protocol: 'udp', port: 22, source: '0.0.0.0/0' }],
    ['a ping', { protocol: 'icmp', source: '0.0.0.0/0' }],
  ])('%s is nothing', async (_, spec) => {
    aws.sim.human.addRule('api', spec);
    expect(await standing()).toEqual([]);
  });

  test('a group on another interface of the machine counts', async () => {
    const id = aws.sim.human.launch({
      name: 'two-legs',
      privateIp: '10.1.0.50',
      groups: [{ name: 'front' }],
      moreInterfaces: [
        { privateIp: '10.1.1.50', groups: [{ name: 'back', rules: [{ port: 22, source: '10.0.0.0/8' }] }] },
      ],
    });
    const machine = `aws:${aws.sim.accountId}:${aws.sim.region}:${id}` as const;
    const state = await aws.adapter.protect(machine, PROTECTION, never);
    expect(state.standing).toMatchObject([{ source: '10.0.0.0/8', through: 'back' }]);
    const ours = groupId(`drawbridge-test-${id}`);
    const attached = aws.sim.state().interfaces.filter(({ groups }) => groups.includes(ours));
    expect(attached.map(({ privateIp }) => privateIp)).toEqual(['10.1.0.50']);
  });
});

describe('placing', () => {
  test('refuses an IPv6 source for a machine without such an address', async () => {
    await aws.adapter.protect(aws.exposed, PROTECTION, never);
    const wanted = rule(aws.exposed, 22, '2001:db8::/32');
    await expect(aws.adapter.locate([wanted], never)).rejects.toMatchObject({ code: 'noAddress' });
  });

  test('refuses while the JIT group is not on the interface', async () => {
    const nic = aws.sim.state().interfaces.find(({ instanceId }) => instanceId === instanceOf(aws.machine));
    aws.sim.human.editGroups(nic?.id ?? '', ['api']);
    await expect(placeOne(aws)).rejects.toMatchObject({ code: 'notProtected' });
  });

  test('names what is protected', async () => {
    await expect(placeOne(aws, rule(aws.machine, 8080))).rejects.toMatchObject({
      say: 'Port 8080 of api-1 is not protected, so it cannot be opened.',
      hint: expect.stringContaining('22, 3389'),
    });
  });

  test('puts account, region and group into the placement and its lock', async () => {
    const { at, locks, backend } = await placeOne(aws);
    expect(at).toMatch(/^123456789012:eu-west-1:sg-[0-9a-f]{17}$/);
    expect(locks).toEqual([`aws:${at}`]);
    expect(backend).toBe('securityGroup');
  });
});

describe('observing', () => {
  test('one machine alone takes two calls', async () => {
    const { placement } = await openOne(aws, await placeOne(aws), aws.now() + HOUR_MS);
    const before = aws.sim.log().length;
    await aws.adapter.observe(aws.machine, [placement], never);
    expect(aws.actionsSince(before)).toEqual(['DescribeInstances', 'DescribeSecurityGroupRules']);
  });

  test('and closing many machines at once takes little more than a call for each', async () => {
    const many = await awsHarness({
      instances: [
        ...largeWorld({ machines: 40 }),
        { name: 'api-1', privateIp: '10.1.0.2', groups: [{ name: 'api' }] },
        { name: 'legacy-1', privateIp: '10.1.0.3', groups: [{ name: 'api' }] },
      ],
    });
    try {
      const machines = (await many.adapter.machines(never)).all.filter(({ name }) => name.startsWith('m-'));
      const placements = await Promise.all(
        machines.map(async ({ id }) => {
          await many.adapter.protect(id, PROTECTION, never);
          return (await openOne(many, await placeOne(many, rule(id)), many.now() + HOUR_MS)).placement;
        }),
      );
      const before = many.sim.log().length;
      // In step: how much of it would come together by itself depends on how fast the machine is.
      const observed = () =>
        Promise.all(placements.map((placement) => many.adapter.observe(placement.rule.machine, [placement], never)));
      await observed();
      await Promise.all(placements.map((placement) => many.adapter.close([placement], never, go)));
      expect((await observed()).flatMap(({ ours }) => ours)).toEqual([]);
      expect(many.rulesLeft()).toEqual([]);
      // One closing each, and readings that come together: by itself, each machine would take five calls. On a busy machine fewer come together.
      expect(many.sim.log().length - before).toBeLessThan(3 * machines.length);
    } finally {
      await many.stop();
    }
  });

  test('a machine that is gone still shows what stands in its recorded group', async () => {
    const { placement } = await openOne(aws, await placeOne(aws), aws.now() + HOUR_MS);
    await aws.deleteMachine(aws.machine);
    const observed = await aws.adapter.observe(aws.machine, [placement], never);
    expect(observed.ours).toMatchObject([{ mark: 'valid', placement: { id: placement.id } }]);
    expect(observed.effective).toEqual([{ port: placement.rule.port, state: 'closed' }]);
  });

  test('sees a rule of ours in a group that somebody took off the interface', async () => {
    const { placement } = await openOne(aws, await placeOne(aws), aws.now() + HOUR_MS);
    const nic = aws.sim.state().interfaces.find(({ instanceId }) => instanceId === instanceOf(aws.machine));
    aws.sim.human.editGroups(nic?.id ?? '', ['api']);
    expect((await aws.adapter.observe(aws.machine, [placement], never)).ours).toHaveLength(1);
  });

  test('is not given up for others when one gives up', async () => {
    const { placement } = await openOne(aws, await placeOne(aws), aws.now() + HOUR_MS);
    const stop = new AbortController();
    const given = aws.adapter.observe(aws.machine, [placement], stop.signal);
    const other = aws.adapter.observe(aws.machine, [placement], never);
    stop.abort(new Error('enough'));
    await expect(given).rejects.toThrow('enough');
    expect((await other).ours[0]?.placement.rule.source).toBe(HOME);
  });
});
