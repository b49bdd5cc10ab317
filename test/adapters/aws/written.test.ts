import { expect, it } from 'vitest';
import { MINUTE_MS } from '../../../src/core/language/instant.ts';
import { never } from '../../conformance/cloud-steps.ts';
import { writeLogConformance } from '../../conformance/write-log.ts';
import { type AwsHarness, awsHarness } from './harness.ts';

const nicOf = ({ sim, machine }: AwsHarness) =>
  sim.state().interfaces.find(({ instanceId }) => machine.endsWith(instanceId))?.id ?? '';
const ourGroup = ({ sim }: AwsHarness) =>
  sim.state().groups.find(({ name }) => name.startsWith('drawbridge-'))?.id ?? '';

writeLogConformance('AWS', async () => {
  const cloud = await awsHarness();
  const { sim } = cloud;
  let port = 1_000;
  return {
    cloud,
    foreignWrite() {
      port += 1;
      sim.human.addRule(ourGroup(cloud), { port, source: '0.0.0.0/0' });
    },
    elsewhere: () => void sim.human.addRule('launch-wizard-1', { port: 8443, source: '0.0.0.0/0' }),
    reattach: () => sim.human.editGroups(nicOf(cloud), ['api']),
    lag(ms) {
      sim.trail.behaviour.lagMs = ms;
    },
    deny() {
      sim.trail.behaviour.isDenied = true;
    },
    throttle: () => sim.faults.add('LookupEvents', { kind: 'error', status: 400, code: 'ThrottlingException' }, 2),
    address: '203.0.113.77',
  };
});

const look = async ({ adapter, now }: AwsHarness) => {
  const [log] = await adapter.logs(never);
  const period = { from: now() - MINUTE_MS, to: now() + MINUTE_MS };
  const all = await adapter.written(log?.name ?? '', period, never);
  return adapter.around(log?.name ?? '', all, never);
};

it('keeps to two lookups a second, and takes an event that came twice for one', async ({ onTestFinished }) => {
  const cloud = await awsHarness();
  onTestFinished(cloud.stop);
  Object.assign(cloud.sim.trail.behaviour, { isPaced: true, isDoubled: true });
  cloud.advance(10 * MINUTE_MS);
  cloud.sim.human.addRule('api', { port: 22, source: '0.0.0.0/0' });
  expect((await look(cloud)).filter(({ by }) => by === 'other')).toHaveLength(1);
});

it('finds a new machine with one of our groups, and none that shares another group', async ({ onTestFinished }) => {
  const cloud = await awsHarness();
  onTestFinished(cloud.stop);
  cloud.advance(10 * MINUTE_MS);
  const { sim } = cloud;
  const launch = (groupId: string) =>
    sim.trail.done(sim.accountId, sim.region, {
      eventName: 'RunInstances',
      userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::${sim.accountId}:user/mallory` },
      requestParameters: { groupSet: { items: [{ groupId }] } },
      responseElements: { instancesSet: { items: [{ instanceId: 'i-0123456789abcdef0' }] } },
    });
  launch(sim.state().groups.find(({ name }) => name === 'api')?.id ?? '');
  launch(ourGroup(cloud));
  expect(await look(cloud)).toMatchObject([{ operation: 'RunInstances', machines: [cloud.machine], by: 'other' }]);
});

it('leaves out what EC2 refused', async ({ onTestFinished }) => {
  const cloud = await awsHarness();
  onTestFinished(cloud.stop);
  cloud.advance(10 * MINUTE_MS);
  const { sim } = cloud;
  sim.trail.done(sim.accountId, sim.region, {
    eventName: 'AuthorizeSecurityGroupIngress',
    userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::${sim.accountId}:user/mallory` },
    requestParameters: { groupId: ourGroup(cloud) },
    errorCode: 'Client.UnauthorizedOperation',
    responseElements: null,
  });
  expect(await look(cloud)).toEqual([]);
});

it('knows the key of a user by itself', async ({ onTestFinished }) => {
  const cloud = await awsHarness({ asUser: true });
  onTestFinished(cloud.stop);
  cloud.advance(10 * MINUTE_MS);
  cloud.sim.human.addRule(ourGroup(cloud), { port: 22, source: '0.0.0.0/0' });
  expect((await look(cloud)).map(({ by }) => by)).toEqual(['other']);
});
