import { expect, it, onTestFinished } from 'vitest';
import { formatOf } from '../../../simulators/aws/flow-logs.ts';
import type { FlowLogSpec } from '../../../simulators/aws/flow-records.ts';
import { MINUTE_MS } from '../../../src/core/language/instant.ts';
import { never } from '../../conformance/cloud-steps.ts';
import { type AwsHarness, awsHarness } from './harness.ts';

const SSH = [{ number: 22, protocol: 'tcp' as const }];
const SOURCE = '203.0.113.7/32';
const MORE = { emptyPages: 2, pageSize: 7 };

async function house(options: { readonly log?: Partial<FlowLogSpec> | false } = {}) {
  const cloud = await awsHarness({ flowLogs: true, asUser: true });
  onTestFinished(cloud.stop);
  const { sim, machine, advance } = cloud;
  const nic = sim.state().interfaces.find(({ instanceId }) => machine.endsWith(instanceId))?.id ?? '';
  const made = (spec: Partial<FlowLogSpec> = {}) =>
    sim.flowRecords.create({ resourceId: nic, intervalS: 60, group: 'flows', ...spec });
  if (options.log !== false) made(options.log);
  advance(20 * MINUTE_MS);
  const from = cloud.now();
  sim.human.addRule('api', { port: 22, source: SOURCE });
  const connect = (more: object = {}) =>
    sim.flowRecords.connect({ from: '203.0.113.7', interfaceId: nic, port: 22, ...more });
  const used = (source = SOURCE) => {
    const ask = { machine, source, ports: SSH, from, until: from + 30 * MINUTE_MS, now: cloud.now() };
    return cloud.adapter.used?.(ask, never);
  };
  return { ...cloud, nic, from, made, connect, used };
}

const untold = async ({ adapter, machine }: Pick<AwsHarness, 'adapter' | 'machine'>) =>
  (await adapter.look(machine, never)).usageUntold;

it('nobody came: known once the log is settled, and not before', async () => {
  const { used, advance, sim } = await house();
  Object.assign(sim.flowRecords.behaviour, MORE);
  advance(39 * MINUTE_MS);
  expect(await used()).toEqual({ is: 'not yet' });
  expect(sim.log().some(({ action }) => action === 'FilterLogEvents')).toBe(false);
  advance(2 * MINUTE_MS);
  expect(await used()).toEqual({ is: 'not seen' });
});

it('somebody came, within the time or later', async () => {
  const { used, advance, connect, from } = await house();
  advance(35 * MINUTE_MS);
  expect(connect()).toBe(true);
  advance(10 * MINUTE_MS);
  const answer = await used();
  expect(answer?.is === 'seen' && answer.at > from).toBe(true);
});

it.each([
  ['who is not let in', { port: 3389 }],
  ['from elsewhere', { from: '203.0.113.8' }],
  ['by UDP', { protocol: 'udp' }],
])('does not count %s', async (_, more) => {
  const { used, advance, connect, sim } = await house();
  if ('from' in more) sim.human.addRule('api', { port: 22, source: '203.0.113.8/32' });
  advance(10 * MINUTE_MS);
  connect(more);
  advance(35 * MINUTE_MS);
  expect(await used()).toEqual({ is: 'not seen' });
});

it('tells of every interface of a machine, and of prefixes', async () => {
  const { used, advance, connect } = await house();
  advance(10 * MINUTE_MS);
  connect();
  advance(35 * MINUTE_MS);
  expect(await used('203.0.113.0/24')).toMatchObject({ is: 'seen' });
  expect(await used('sg-0a1b2c3d4e5f60718')).toMatchObject({ is: 'untold' });
});

it.each([
  ['skipped', 'skipped', /has a gap/],
  ['lost', 'lost', /has a gap/],
] as const)('cannot be told where windows are %s', async (_, kind, why) => {
  const { used, advance, sim, nic, from } = await house();
  sim.flowRecords.befall({ interfaceId: nic, kind, fromMs: from + 10 * MINUTE_MS, untilMs: from + 12 * MINUTE_MS });
  advance(45 * MINUTE_MS);
  const answer = await used();
  expect(answer).toMatchObject({ is: 'untold', why: expect.stringMatching(why) });
});

it('waits for what comes late', async () => {
  const { used, advance, sim, nic, from, connect } = await house();
  const byMs = 20 * MINUTE_MS;
  sim.flowRecords.befall({ interfaceId: nic, kind: 'late', fromMs: from, untilMs: from + 90 * MINUTE_MS, byMs });
  advance(29 * MINUTE_MS);
  connect();
  advance(12 * MINUTE_MS);
  expect(await used()).toEqual({ is: 'not yet' });
  advance(20 * MINUTE_MS);
  expect(await used()).toMatchObject({ is: 'seen' });
});

it.each<[string, Partial<FlowLogSpec> | false, string]>([
  ['none', false, 'no flow log of its interface, subnet, or VPC'],
  ['ten minutes', { intervalS: 600 }, 'has an aggregation interval of 10 minutes, not of 1'],
  ['a bucket', { destination: 's3' }, 'does not go to CloudWatch Logs'],
  ['rejected traffic alone', { trafficType: 'REJECT' }, 'has no accepted traffic'],
  [
    'a format without ports',
    { format: formatOf('interface-id srcaddr start end action log-status') },
    'has no field dstport',
  ],
  ['a failure', { failure: 'Access error' }, 'is not delivered'],
])('says beforehand why it cannot be told: %s', async (_, log, why) => {
  const cloud = await house({ log });
  expect(await untold(cloud)).toContain(why);
  cloud.advance(45 * MINUTE_MS);
  expect(await cloud.used()).toMatchObject({ is: 'untold', why: expect.stringContaining(why) });
});

it.each<[string, Partial<FlowLogSpec>]>([
  ['of its interface', {}],
  ['of accepted traffic', { trafficType: 'ACCEPT' }],
  [
    'in a format of its owner',
    {
      format: formatOf('log-status interface-id pkt-srcaddr srcaddr dstport protocol start end action flow-direction'),
    },
  ],
])('can be told from a flow log %s', async (_, log) => {
  const cloud = await house({ log });
  expect(await untold(cloud)).toBeUndefined();
  const { used, advance, connect } = cloud;
  advance(5 * MINUTE_MS);
  connect();
  advance(40 * MINUTE_MS);
  expect(await used()).toMatchObject({ is: 'seen' });
});

it('takes another flow log where one does not tell, and none of two that write into each other', async () => {
  const cloud = await house({ log: { intervalS: 600, group: 'slow' } });
  const { made, sim, advance, from, nic } = cloud;
  expect(await untold(cloud)).toContain('10 minutes');
  const subnetId = sim.state().interfaces.find(({ id }) => id === nic)?.subnetId ?? '';
  made({ resourceId: subnetId, createdMs: from - 60 * MINUTE_MS });
  advance(2 * MINUTE_MS);
  expect(await untold(cloud)).toBeUndefined();
  made({ trafficType: 'REJECT' });
  advance(2 * MINUTE_MS);
  expect(await untold(cloud)).toContain('10 minutes');
  advance(45 * MINUTE_MS);
  expect(await cloud.used()).toMatchObject({ is: 'untold' });
});

it('a log that starts only after the opening does not tell', async () => {
  const cloud = await house({ log: false });
  cloud.advance(5 * MINUTE_MS);
  cloud.made();
  cloud.advance(45 * MINUTE_MS);
  expect(await cloud.used()).toMatchObject({ why: expect.stringContaining('made only afterwards') });
});

it('lines that nobody can explain tell nothing', async () => {
  const { used, advance, sim, nic } = await house();
  advance(10 * MINUTE_MS);
  sim.flowRecords.write('flows', `${nic}-all`, 'REPORT RequestId: 3a1f');
  advance(45 * MINUTE_MS);
  expect(await used()).toMatchObject({ why: expect.stringContaining('cannot be read') });
});

it('a log with too many records is not read to the end', async () => {
  const { used, advance, sim } = await house();
  sim.flowRecords.behaviour.pageSize = 2;
  advance(45 * MINUTE_MS);
  expect(await used()).toMatchObject({ why: expect.stringContaining('too many records') });
  expect(sim.log().filter(({ action }) => action === 'FilterLogEvents')).toHaveLength(20);
});

it.each([
  ['cloudBusy', { kind: 'error', status: 400, code: 'ThrottlingException' }],
  ['cloudDenied', { kind: 'error', status: 400, code: 'AccessDeniedException' }],
  ['cloudStrange', { kind: 'strange', body: '<html>Sign in</html>' }],
] as const)('%s: asked again later', async (code, fault) => {
  const { used, advance, sim } = await house();
  advance(45 * MINUTE_MS);
  sim.faults.add('FilterLogEvents', fault, Number.POSITIVE_INFINITY);
  await expect(used()).rejects.toMatchObject({ code });
  sim.faults.clear();
  expect(await used()).toEqual({ is: 'not seen' });
});

it('who may not read flow logs says so beforehand', async () => {
  const cloud = await house();
  cloud.sim.faults.add('DescribeFlowLogs', { kind: 'error', status: 403, code: 'UnauthorizedOperation' }, 2);
  expect(await untold(cloud)).toBe('flow logs could not be read');
  expect(await untold(cloud)).toBeUndefined();
});

it('a terminated machine tells nothing', async () => {
  const { used, deleteMachine, machine, advance } = await house();
  await deleteMachine(machine);
  advance(45 * MINUTE_MS);
  expect(await used()).toMatchObject({ is: 'untold' });
});

it('the doctor looks at the right, the log groups, and the machines of which nobody can tell', async () => {
  const cloud = await house();
  const { sim, adapter, machine, nic } = cloud;
  const doctor = async () => {
    const found = await adapter.examine([], never);
    return found
      .filter(({ what }) => /flow log|log group/.test(what))
      .map(({ what, verdict }) => `${what}: ${verdict}`);
  };
  const right = 'right to read flow logs: ';
  expect(await doctor()).toEqual([`${right}fine`, 'log group flows: fine', 'flow logs of protected machines: fine']);
  sim.flowRecords.behaviour.isDenied = true;
  expect(await doctor()).toEqual([`${right}fine`, 'log group flows: fault', 'flow logs of protected machines: fine']);
  sim.flowRecords.create({ resourceId: nic, group: 'flows' });
  expect(await doctor()).toEqual([`${right}fine`, 'flow logs of protected machines: unknown']);
  const [found] = (await adapter.examine([], never)).filter(({ what }) => what.startsWith('flow logs'));
  expect(JSON.stringify(found)).toContain(`${machine.split(':').at(-1)}: flow log`);
  sim.faults.add('DescribeFlowLogs', { kind: 'error', status: 403, code: 'UnauthorizedOperation' }, 2);
  expect(await doctor()).toEqual([`${right}fault`]);
});
