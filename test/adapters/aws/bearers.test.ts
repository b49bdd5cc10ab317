import { EC2 } from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { HOUR_MS } from '../../../src/core/language/instant.ts';
import { never, openOne, placeOne, rule } from '../../conformance/cloud-steps.ts';
import { type AwsHarness, awsHarness } from './harness.ts';

let aws: AwsHarness;
beforeEach(async () => {
  aws = await awsHarness({
    instances: [
      { name: 'api-1', privateIp: '10.1.0.10', groups: [{ name: 'api', rules: [] }] },
      { name: 'jump-1', privateIp: '10.1.0.30', groups: [{ name: 'jump', rules: [] }] },
      { name: 'far-1', privateIp: '10.2.0.30', groups: [{ name: 'far', rules: [] }] },
      { name: 'legacy-1', privateIp: '10.1.0.31', groups: [{ name: 'jump', rules: [] }] },
    ],
  });
});
afterEach(() => aws.stop());

const group = (name: string) => aws.sim.state().groups.find((one) => one.name === name)?.id ?? '';
const bearers = (id: string) => aws.adapter.bearers(aws.machine, id, never);

test('whoever decides is told how many bear the group', async () => {
  expect(await bearers(group('jump'))).toBe(
    'Everything that bears the security group jump can reach the machine during that time: 2 network interfaces now.',
  );
  aws.sim.faults.add('DescribeNetworkInterfaces', { kind: 'error', status: 403, code: 'UnauthorizedOperation' }, 1);
  expect(await bearers(group('jump'))).toMatch(/that time: how many that are could not be read\.$/);
});

test.each([
  ['of another VPC', 'far', /: it is in vpc-[0-9a-f]+, and the machine in vpc-[0-9a-f]+\.$/],
  ['that is not there', 'nowhere', /: account 123456789012 has no such group in eu-west-1\.$/],
  ['of Drawbridge itself', 'drawbridge-', /: it is a group of Drawbridge, which comes and goes\.$/],
])('a group %s is refused: nobody would get in by it', async (_, name, why) => {
  const found = aws.sim.state().groups.find((one) => one.name.startsWith(name));
  await expect(bearers(found?.id ?? 'sg-0123456789abcdef0')).rejects.toMatchObject({
    code: 'groupElsewhere',
    say: expect.stringMatching(why),
  });
});

test.each(['dedicated', 'perRequest'] as const)(
  'members get in while it is open, and nobody else (%s)',
  async (strategy) => {
    const adapter = aws.restarted(strategy);
    const gets = (from: string) => aws.sim.reachable({ from, machine: 'api-1', port: 22 });
    const placement = await placeOne({ ...aws, adapter }, rule(aws.machine, 22, group('jump')));
    const opened = await openOne({ ...aws, adapter }, placement, aws.now() + HOUR_MS);
    expect(['10.1.0.30', '10.1.0.31', '10.1.0.99'].map(gets)).toEqual([true, true, false]);
    await adapter.close([opened.placement], never, () => {});
    expect(['10.1.0.30', '10.1.0.31', '10.1.0.99'].map(gets)).toEqual([false, false, false]);
  },
);

test('access follows the group: what bears it later gets in, what does not bear it any more does not', async () => {
  const gets = (from: string) => aws.sim.reachable({ from, machine: 'api-1', port: 22 });
  await openOne(aws, await placeOne(aws, rule(aws.machine, 22, group('jump'))), aws.now() + HOUR_MS);
  const of = (address: string) => aws.sim.state().interfaces.find(({ privateIp }) => privateIp === address)?.id ?? '';
  aws.sim.human.editGroups(of('10.1.0.31'), ['api']);
  expect(['10.1.0.30', '10.1.0.31'].map(gets)).toEqual([true, false]);
  aws.sim.human.editGroups(of('10.1.0.31'), ['api', 'jump']);
  expect(['10.1.0.30', '10.1.0.31'].map(gets)).toEqual([true, true]);
});

test('a group that an open access names cannot be deleted before its rule is gone', async () => {
  const placement = await placeOne(aws, rule(aws.machine, 22, group('jump')));
  const opened = await openOne(aws, placement, aws.now() + HOUR_MS);
  for (const { id, privateIp } of aws.sim.state().interfaces)
    if (['10.1.0.30', '10.1.0.31'].includes(privateIp)) aws.sim.human.editGroups(id, ['api']);
  const GroupId = group('jump');
  const { url: endpoint, region, accessKeyId, secretAccessKey } = aws.sim;
  const ec2 = new EC2({ endpoint, region, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 });
  onTestFinished(() => ec2.destroy());
  const remove = () => ec2.deleteSecurityGroup({ GroupId });
  await expect(remove()).rejects.toMatchObject({ name: 'DependencyViolation' });
  await aws.adapter.close([opened.placement], never, () => {});
  await remove();
  expect(group('jump')).toBe('');
});

test('a trace asks about each member', async () => {
  const ask = async () => (await aws.adapter.trace(rule(aws.machine, 22, group('jump')), never)).ways;
  expect((await ask()).map(({ to }) => to)).toEqual([
    '10.1.0.10, over the network, from 10.1.0.30',
    '10.1.0.10, over the network, from 10.1.0.31',
  ]);
  expect((await ask()).every(({ steps }) => steps.some(({ passing }) => passing === 'stopped'))).toBe(true);
  await openOne(aws, await placeOne(aws, rule(aws.machine, 22, group('jump'))), aws.now() + HOUR_MS);
  expect((await ask()).every(({ steps }) => steps.every(({ passing }) => passing === 'passes'))).toBe(true);
  const { ways } = await aws.adapter.trace(rule(aws.machine, 22, group('api')), never);
  expect(ways).toMatchObject([{ steps: [{ passing: 'stopped', because: 'nothing that can get here bears it' }] }]);
});
