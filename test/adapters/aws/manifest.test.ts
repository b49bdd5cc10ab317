import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { HOUR_MS } from '../../../src/core/language/instant.ts';
import { go, never, openOne, placeOne } from '../../conformance/cloud-steps.ts';
import { memoryUndo } from '../../memory/undo.ts';
import { type AwsHarness, awsHarness, PROTECTION } from './harness.ts';
import { makeReady } from './sessions-harness.ts';

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

const text = readFileSync(new URL('../../../manifests/aws/roles.yaml', import.meta.url), 'utf8');
// CloudFormation knows no aliases.
const { Resources } = parse(text, { maxAliasCount: 0 }) as {
  Resources: Record<string, { Properties: { PolicyDocument?: { Statement: readonly Statement[] } } }>;
};

const statements = (policy: string) => Resources[policy]?.Properties.PolicyDocument?.Statement ?? [];
const granted = (policy: string) =>
  [...new Set(statements(policy).flatMap(({ Action }) => Action))]
    .map((action) => action.replace(/^(?:ec2|servicequotas):/, ''))
    .sort();

let aws: AwsHarness;
beforeEach(async () => {
  aws = await awsHarness();
});
afterEach(() => aws.stop());

/** What has to be read only where something of it is there. */
function furnishWithEverything({ sim }: Pick<AwsHarness, 'sim'>): void {
  sim.human.addRule('api', { port: 22, source: sim.state().prefixLists[0]?.id ?? '' });
  sim.human.setPublicAccess('public', { mode: 'block-ingress' });
}

const called = (since: number, of = aws) => new Set(of.actionsSince(since).filter((action) => action !== 'AssumeRole'));

test('the operator may do what a lease takes, and nothing else', async () => {
  furnishWithEverything(aws);
  const since = aws.sim.log().length;
  // A program that has just started knows nothing yet.
  const operator = { ...aws, adapter: aws.restarted() };
  await operator.adapter.machines(never);
  await operator.adapter.look(aws.machine, never);
  const { placement } = await openOne(operator, await placeOne(operator), aws.now() + HOUR_MS);
  await openOne(operator, placement, aws.now() + 2 * HOUR_MS);
  await aws.adapter.observe(aws.machine, [placement], never);
  for await (const _ of aws.adapter.patrol(never));
  await aws.adapter.close([placement], never, go);
  expect([...called(since)].sort()).toEqual(granted('OpenAndClose'));
});

test('the onboarder may do what protecting takes besides, and nothing else', async () => {
  const since = aws.sim.log().length;
  // A program that has just started knows nothing yet.
  const adapter = aws.restarted();
  await adapter.protect(aws.exposed, PROTECTION, never);
  const dns = { port: { number: 53, protocol: 'udp' as const }, sources: [], longestMs: HOUR_MS };
  await adapter.protect(aws.exposed, { ports: [dns] }, never);
  await adapter.unprotect(aws.exposed, never);
  const reads = granted('OpenAndClose').filter((action) => /^(?:Describe|Get)/.test(action));
  const more = [...called(since)].filter((action) => !reads.includes(action));
  expect(more.sort()).toEqual(granted('Protect'));
});

test('with a group for each lease the operator may make and attach them, and nothing else', async () => {
  const harness = await awsHarness({ strategy: 'perRequest' });
  const perRequest = { ...harness, adapter: harness.restarted() };
  try {
    furnishWithEverything(perRequest);
    const since = perRequest.sim.log().length;
    await perRequest.adapter.look(perRequest.machine, never);
    const { placement } = await openOne(perRequest, await placeOne(perRequest), perRequest.now() + HOUR_MS);
    await openOne(perRequest, placement, perRequest.now() + 2 * HOUR_MS);
    await perRequest.adapter.close([placement], never, go);
    const all = perRequest.actionsSince(since).filter((action) => action !== 'AssumeRole');
    const more = [...granted('GroupForEachLease'), ...granted('OpenAndClose')];
    expect([...new Set(all)].sort()).toEqual([...new Set(more)].sort());
  } finally {
    await perRequest.stop();
  }
});

test('asking what people may takes a few more reads', async () => {
  const asking = await awsHarness({ entitlement: 'ssm:StartSession', identityCenter: true });
  try {
    const since = asking.sim.log().length;
    const arn = asking.sim.identityCenter.assign('ada', '123456789012', 'Admin');
    asking.sim.setPolicies(arn, [{ effect: 'Allow', actions: ['*'] }]);
    const person = { id: 'ada', name: 'Ada', identityCenter: 'ada', groups: [] };
    await asking.adapter.mayRequest?.(person, asking.machine, never);
    const reads = granted('OpenAndClose');
    const all = asking.actionsSince(since).filter((action) => action !== 'AssumeRole' && !reads.includes(action));
    const services: Readonly<Record<string, string>> = {
      GetUserId: 'identitystore',
      DescribePermissionSet: 'sso',
      ListAccountAssignmentsForPrincipal: 'sso',
    };
    const named = all.map((action) => `${services[action] ?? 'iam'}:${action}`);
    expect([...new Set(named)].sort()).toEqual(granted('AskWhatPeopleMay'));
  } finally {
    await asking.stop();
  }
});

test('hearing of changes takes what is granted for it', async () => {
  const drift = readFileSync(new URL('../../../manifests/aws/drift.yaml', import.meta.url), 'utf8');
  const { Resources: more } = parse(drift, { maxAliasCount: 0 }) as { Resources: typeof Resources };
  const listen = more.Listen?.Properties.PolicyDocument?.Statement ?? [];
  const listening = await awsHarness({ watching: true });
  try {
    const since = listening.sim.log().length;
    listening.sim.human.addRule('api', { port: 8443, source: '0.0.0.0/0' });
    await listening.adapter.changed?.(never);
    const reads = granted('OpenAndClose').map((action) => `ec2:${action}`);
    const all = listening.actionsSince(since).map((action) => {
      // Deleting many is one permission with deleting one ("Actions, resources, and condition keys for Amazon SQS").
      if (action === 'ReceiveMessage') return 'sqs:ReceiveMessage';
      return action === 'DeleteMessageBatch' ? 'sqs:DeleteMessage' : `ec2:${action}`;
    });
    const wanted = [...new Set(all)].filter((action) => action !== 'ec2:AssumeRole' && !reads.includes(action));
    expect(wanted.sort()).toEqual(listen.flatMap(({ Action }) => Action).sort());
  } finally {
    await listening.stop();
  }
});

test('reading the event history takes one right', async () => {
  const since = aws.sim.log().length;
  const [log] = await aws.adapter.logs(never);
  await aws.adapter.written(log?.name ?? '', { from: aws.now() - HOUR_MS, to: aws.now() }, never);
  expect([...called(since)].map((action) => `cloudtrail:${action}`)).toEqual(granted('ReadEventHistory'));
});

test('cutting sessions takes what is granted for it: one document, on machines with the tag', async () => {
  const cutting = await awsHarness({ cutSessions: true });
  try {
    makeReady(cutting);
    const since = cutting.sim.log().length;
    await cutting.adapter.look(cutting.machine, never);
    const ask = {
      machine: cutting.machine,
      source: '203.0.113.7/32',
      ports: [{ number: 22, protocol: 'tcp' as const }],
    };
    const begun = await cutting.adapter.cut?.({ ...ask, token: 't' }, never, go);
    const command = begun?.state === 'under way' ? begun.command : '';
    await cutting.adapter.cut?.({ ...ask, token: 't', command }, never, go);
    const reads = ['AssumeRole', ...granted('OpenAndClose')];
    const all = cutting.actionsSince(since).filter((action) => !reads.includes(action));
    const named = [...new Set(all)].map((action) => `ssm:${action}`);
    const examining = cutting.sim.log().length;
    await cutting.adapter.examine([], never);
    if (called(examining, cutting).has('SimulatePrincipalPolicy')) named.push('iam:SimulatePrincipalPolicy');
    expect(named.sort()).toEqual(granted('CutSessionsAtTheEnd'));
    const running = statements('CutSessionsAtTheEnd').filter(({ Action }) => Action === 'ssm:SendCommand');
    const [document, machines] = running.map(({ Resource, Condition }) => JSON.stringify({ Resource, Condition }));
    expect(running).toHaveLength(2);
    expect(document).toMatch(/:document\/\$\{CutSessions\}"/);
    expect(machines).toMatch(/:instance\/\*".*"ssm:resourceTag\/drawbridge:cut-sessions":\{"Ref":"Installation"\}/);
  } finally {
    await cutting.stop();
  }
});

test('reading flow logs takes what is granted for it: which there are, and the records of one log group', async () => {
  const reading = await awsHarness({ flowLogs: true });
  try {
    const { sim, adapter, machine, now } = reading;
    const nic = sim.state().interfaces.find(({ instanceId }) => machine.endsWith(instanceId))?.id ?? '';
    sim.flowRecords.create({ resourceId: nic, intervalS: 60 });
    const since = sim.log().length;
    await adapter.look(machine, never);
    const ports = [{ number: 22, protocol: 'tcp' as const }];
    const ask = { machine, source: '203.0.113.7/32', ports, from: now(), until: now(), now: now() + HOUR_MS };
    await adapter.used?.(ask, never);
    await adapter.examine([], never);
    const flow = [...called(since, reading)].filter((action) => /FlowLogs|LogEvents/.test(action));
    expect(flow.map((action) => (action === 'FilterLogEvents' ? `logs:${action}` : action)).sort()).toEqual(
      granted('ReadFlowLogs'),
    );
    const [, records] = statements('ReadFlowLogs');
    expect(JSON.stringify(records?.Resource)).toMatch(/:log-group:\$\{FlowLogs\}"/);
    expect(JSON.stringify(records?.Resource)).not.toContain('"*"');
  } finally {
    await reading.stop();
  }
});

test('the Terraform module gives the template every parameter that it has, and asks for each value', () => {
  const module = readFileSync(new URL('../../../manifests/aws/roles.tf', import.meta.url), 'utf8');
  const { Parameters } = parse(text, { maxAliasCount: 0 }) as { Parameters: Record<string, unknown> };
  const given = [...module.matchAll(/^ {4}(\w+) += var\.(\w+)$/gm)];
  expect(given.map(([, name]) => name).sort()).toEqual(Object.keys(Parameters).sort());
  const asked = [...module.matchAll(/^variable "(\w+)"/gm)].map(([, name]) => name);
  expect(given.map(([, , variable]) => variable).sort()).toEqual(asked.sort());
});

test('closing what others let stand open takes what is granted for it, and nothing else', async () => {
  const undo = memoryUndo();
  const ports = PROTECTION.ports.map(({ port }) => port);
  const launch = { groups: [{ name: 'shared', rules: [{ port: 22, source: '0.0.0.0/0', tags: { owner: 'ops' } }] }] };
  aws.sim.human.launch({ name: 'twin-1', privateIp: '10.1.0.71', ...launch });
  aws.sim.human.launch({ name: 'twin-2', privateIp: '10.1.0.72', ...launch });
  const twin = aws.idOf('twin-1');
  aws.sim.human.addRule('shared', { port: 443, source: '198.51.100.0/24', egress: true });
  const source = aws.sim.state().prefixLists[0]?.id ?? '';
  aws.sim.human.addRule('shared', { port: 20, toPort: 30, source });
  const since = aws.sim.log().length;
  await aws.adapter.protect(twin, PROTECTION, never);
  for (const how of ['close', 'copy'] as const) {
    await aws.adapter.planLockdown({ machine: twin, ports, how }, never);
    await aws.adapter.lockDown({ machine: twin, ports, how }, undo, never);
    await aws.adapter.unprotect(twin, never);
    await aws.adapter.putBack({ machine: twin }, undo, never);
    await aws.adapter.protect(twin, PROTECTION, never);
  }
  const all = new Set(['OpenAndClose', 'Protect', 'CloseStanding'].flatMap(granted));
  expect([...called(since)].filter((action) => !all.has(action))).toEqual([]);
  expect(granted('CloseStanding').filter((action) => !called(since).has(action) && action !== 'CreateTags')).toEqual(
    [],
  );
});

test('whatever changes a security group is fenced by our tag, but for closing others’ rules', () => {
  const all = [...statements('OpenAndClose'), ...statements('Protect'), ...statements('GroupForEachLease')];
  const onGroups = all.filter(({ Resource }) => JSON.stringify(Resource).endsWith(':security-group/*"}'));
  expect(onGroups.length).toBeGreaterThan(3);
  for (const { Condition } of onGroups)
    expect(JSON.stringify(Condition)).toMatch(/drawbridge:installation|CreateSecurityGroup/);
  expect(all.every(({ Effect }) => Effect === 'Allow')).toBe(true);
});
