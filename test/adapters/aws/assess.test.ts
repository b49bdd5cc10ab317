import { afterEach, describe, expect, test } from 'vitest';
import { awsAdapter } from '../../../adapters/aws/index.ts';
import { largeWorld } from '../../../simulators/aws/index.ts';
import { HOUR_MS } from '../../../src/core/language/instant.ts';
import { never, openOne, placeOne } from '../../conformance/cloud-steps.ts';
import { type AwsHarness, awsHarness, INSTALLATION } from './harness.ts';

let aws: AwsHarness;
afterEach(() => aws.stop());

const byName = async () => {
  const { machines } = await aws.adapter.assess(never);
  return new Map(machines.map(({ machine, verdict, tab, reasons }) => [machine.name, { verdict, tab, reasons }]));
};

describe('all instances are assessed', () => {
  test('a protected one is healthy, one that is open to everybody is not', async () => {
    aws = await awsHarness();
    aws.sim.human.launch({ name: 'inner-1', privateIp: '10.1.1.9', groups: [{ name: 'inner' }] });
    aws.sim.human.addRule('inner', { port: 22, source: '198.51.100.0/24' });
    const all = await byName();
    expect(all).toEqual(
      new Map([
        ['api-1', { verdict: 'healthy', tab: 'configured', reasons: ['It is protected.'] }],
        [
          'legacy-1',
          {
            verdict: 'unhealthy',
            tab: 'notConfigured',
            reasons: ['22 is open to 0.0.0.0/0 through launch-wizard-1.'],
          },
        ],
        [
          'inner-1',
          {
            verdict: 'healthy',
            tab: 'notConfigured',
            reasons: ['Its security groups open no management port to any address.'],
          },
        ],
      ]),
    );
  });

  test('a protected one that a group gets to says which, by name, and that nobody else does', async () => {
    aws = await awsHarness();
    const wizard = aws.sim.state().groups.find(({ name }) => name === 'launch-wizard-1')?.id ?? '';
    aws.sim.human.addRule('api', { port: 22, source: wizard });
    const api = async () => (await aws.adapter.assess(never)).machines.find(({ machine }) => machine.name === 'api-1');
    expect(await api()).toMatchObject({
      verdict: 'healthy',
      opensToFew: true,
      stillOpen: [`22 is open to security group launch-wizard-1 (${wizard}) through api.`],
    });
    aws.sim.human.addRule('api', { port: 22, source: '0.0.0.0/0' });
    expect(await api()).not.toHaveProperty('opensToFew');
  });

  test('groups of ours that are on no machine any more are found', async () => {
    aws = await awsHarness();
    expect((await aws.adapter.assess(never)).leftovers).toEqual([]);
    await aws.deleteMachine(aws.machine);
    const group = aws.sim.state().groups.find(({ name }) => name.startsWith('drawbridge-'));
    expect((await aws.adapter.assess(never)).leftovers).toEqual([
      `Security group ${group?.name} (${group?.id}; 123456789012, eu-west-1) is not attached to any machine and can be deleted.`,
    ]);
  });

  test('a group that somebody took off, or an open rule over IPv6, changes the answer at once', async () => {
    aws = await awsHarness();
    const nic = aws.sim.state().interfaces.find(({ instanceId }) => aws.machine.endsWith(instanceId ?? '-'));
    aws.sim.human.editGroups(nic?.id ?? '', ['api']);
    expect((await byName()).get('api-1')).toMatchObject({ verdict: 'healthy', tab: 'notConfigured' });
    aws.sim.human.addRule('api', { port: 3389, source: '::/0' });
    const group = aws.sim.state().groups.find(({ name }) => name.startsWith('drawbridge-'));
    const reasons = [
      `Its security group ${group?.name} was taken off it: protect it again, or unprotect it.`,
      '3389 is open to ::/0 through api.',
    ];
    expect((await byName()).get('api-1')).toEqual({ verdict: 'unhealthy', tab: 'notConfigured', reasons });
  });

  test('what keeps a protected one open is said, and leases are not', async () => {
    aws = await awsHarness();
    const stillOpen = async () => {
      const { machines } = await aws.adapter.assess(never);
      return machines.find(({ machine }) => machine.name === 'api-1')?.stillOpen;
    };
    await openOne(aws, await placeOne(aws), aws.now() + HOUR_MS);
    aws.sim.human.addRule('api', { port: 5986, source: '0.0.0.0/0' });
    expect(await stillOpen()).toBeUndefined();
    aws.sim.human.addRule('api', { port: 22, source: '198.51.100.0/24' });
    expect(await stillOpen()).toEqual(['22 is open to 198.51.100.0/24 through api.']);
  });

  test('one that was terminated is left out', async () => {
    aws = await awsHarness();
    await aws.deleteMachine(aws.exposed);
    expect([...(await byName()).keys()]).toEqual(['api-1']);
  });

  test('a thousand cost a call for each page of 250, and none of their own', async () => {
    aws = await awsHarness();
    for (const spec of largeWorld({ machines: 999 })) aws.sim.human.launch(spec);
    const begun = aws.sim.log().length;
    expect((await byName()).size).toBe(1_001);
    const actions = aws.actionsSince(begun).filter((action) => action.startsWith('Describe'));
    expect(
      Object.fromEntries([...Map.groupBy(actions, (name) => name)].map(([name, all]) => [name, all.length])),
    ).toEqual({
      DescribeInstances: 5,
      DescribeNetworkInterfaces: 5,
      DescribeSecurityGroupRules: 1,
      // Whether those without a rule are shown at all.
      DescribeSecurityGroups: 2,
    });
  });
});

describe('what cannot be read', () => {
  test('is named and left out', async () => {
    aws = await awsHarness();
    const { sim } = aws;
    const accounts = [
      { id: sim.accountId, regions: [sim.region], role: { arn: sim.roleArn, externalId: sim.externalId } },
      { id: '210987654321', regions: ['eu-north-1'], role: { arn: 'arn:aws:iam::210987654321:role/none' } },
    ];
    const credentials = { accessKeyId: sim.accessKeyId, secretAccessKey: sim.secretAccessKey };
    const adapter = awsAdapter(
      { accounts, endpoint: sim.url, credentials },
      { marks: aws.marks, installation: INSTALLATION, log: aws.log, now: aws.now },
    );
    const { machines, unread } = await adapter.assess(never);
    expect(machines).toHaveLength(2);
    expect(unread).toEqual(['210987654321, eu-north-1']);
    expect(aws.log.lines).toEqual(['a region could not be assessed']);
  });

  test('is the error when there is nothing else', async () => {
    aws = await awsHarness();
    aws.deny('read', Number.POSITIVE_INFINITY);
    await expect(aws.adapter.assess(never)).rejects.toMatchObject({ code: 'cloudDenied' });
  });

  test('is not waited for by one who gives up', async () => {
    aws = await awsHarness();
    await expect(aws.adapter.assess(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });
});
