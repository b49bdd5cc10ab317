import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parse } from 'yaml';
import { awsAdapter } from '../../../adapters/aws/index.ts';
import { type AwsSimulator, startAwsSimulator } from '../../../simulators/aws/index.ts';
import { ManualClock } from '../../../simulators/shared/clock.ts';
import { DAY_MS, MINUTE_MS } from '../../../src/core/language/instant.ts';
import { type MachineId, machineId } from '../../../src/core/machine/machine.ts';
import { markSigner } from '../../../src/core/rule/mark.ts';
import { never } from '../../conformance/cloud-steps.ts';
import { testLog } from './harness.ts';

const ACCOUNTS = ['123456789012', '210987654321', '333333333333', '444444444444'];
const REGION = 'eu-west-1';
const PROD = 'ou-sim1-prod0001';
const PAYMENTS = 'ou-sim1-payments';
const TEST = 'ou-sim1-test0001';

let sim: AwsSimulator;
let clock: ManualClock;
beforeEach(async () => {
  clock = new ManualClock(Date.now());
  sim = await startAwsSimulator({
    clock: clock.now,
    maxSkewMs: DAY_MS,
    accounts: ACCOUNTS.map((id) => ({ id, regions: [REGION] })),
    instances: ACCOUNTS.map((account, i) => ({
      name: `m-${i}`,
      account,
      region: REGION,
      privateIp: '10.1.0.9',
      groups: [{ name: 'web' }],
    })),
  });
  for (const [unit, above] of [
    [PROD, 'r-sim1'],
    [PAYMENTS, PROD],
    [TEST, 'r-sim1'],
    ['ou-sim1-empty001', 'r-sim1'],
  ] as const)
    sim.units.set(unit, above);
  place(0, PAYMENTS);
  place(1, PROD);
  place(2, TEST);
});
afterEach(() => sim.stop());

function place(account: number, unit: string): void {
  sim.organization[account] = { id: ACCOUNTS[account] ?? '', state: 'ACTIVE', unit };
}

function adapter(units: object | false = {}) {
  const organization = { regions: [REGION], role: 'drawbridge-operator', externalId: sim.externalId };
  const credentials = { accessKeyId: sim.accessKeyId, secretAccessKey: sim.secretAccessKey };
  return awsAdapter(
    { accounts: [], organization, endpoint: sim.url, credentials, ...(units ? { units } : {}) },
    {
      marks: markSigner('test', [{ id: 'k1', secret: 'x' }]),
      installation: 'test',
      log: testLog(),
      now: clock.now,
      pause: async (ms) => clock.advance(ms),
    },
  );
}

const unitsIn = async (aws = adapter()) =>
  Object.fromEntries((await aws.machines(never)).all.map(({ name, units }) => [name, units]));
const idOf = (i: number) => {
  const instance = sim.state().instances.find(({ name }) => name === `m-${i}`)?.id;
  return machineId('aws', `${ACCOUNTS[i]}:${REGION}:${instance}`) as MachineId;
};

it('are those above the account up to the root, over all pages and levels', async () => {
  expect(await unitsIn()).toEqual({
    'm-0': [PAYMENTS, PROD, 'r-sim1'],
    'm-1': [PROD, 'r-sim1'],
    'm-2': [TEST, 'r-sim1'],
    'm-3': ['r-sim1'],
  });
  expect((await adapter().look(idOf(0), never)).machine.units).toEqual([PAYMENTS, PROD, 'r-sim1']);
});

it('are kept for minutes, and follow an account that moved', async () => {
  const aws = adapter();
  await unitsIn(aws);
  place(0, TEST);
  const roots = () => sim.log().filter(({ action }) => action === 'ListRoots').length;
  expect((await aws.look(idOf(0), never)).machine.units).toEqual([PAYMENTS, PROD, 'r-sim1']);
  expect(roots()).toBe(1);
  clock.advance(10 * MINUTE_MS);
  expect((await aws.look(idOf(0), never)).machine.units).toEqual([TEST, 'r-sim1']);
});

it('are not known of anything where one list may not be read, or where nobody wants them', async () => {
  sim.faults.add('ListAccountsForParent', { kind: 'error', status: 400, code: 'AccessDeniedException' }, 1_000);
  const aws = adapter();
  expect(await unitsIn(aws)).toEqual({ 'm-0': undefined, 'm-1': undefined, 'm-2': undefined, 'm-3': undefined });
  expect((await aws.examine([], never)).find(({ what }) => what === 'organizational units')).toMatchObject({
    verdict: 'fault',
    remedy: expect.stringContaining('manifests/aws/units.yaml'),
  });
  sim.faults.clear();
  expect((await adapter().examine([], never)).find(({ what }) => what === 'organizational units')).toMatchObject({
    verdict: 'fine',
  });
  const since = sim.log().length;
  expect(await unitsIn(adapter(false))).toMatchObject({ 'm-0': undefined });
  expect(
    sim
      .log()
      .slice(since)
      .map(({ action }) => action),
  ).not.toContain('ListRoots');
});

it('are not known of an account that is in two units at once: it moved while they were read', async () => {
  sim.organization.push({ id: ACCOUNTS[0] ?? '', state: 'ACTIVE', unit: TEST });
  expect(await unitsIn()).toMatchObject({ 'm-0': undefined, 'm-1': [PROD, 'r-sim1'] });
});

it('take what manifests/aws/units.yaml grants, and nothing else', async () => {
  const text = readFileSync(new URL('../../../manifests/aws/units.yaml', import.meta.url), 'utf8');
  const { Resources } = parse(text, { maxAliasCount: 0 }) as {
    Resources: { ReadTree: { Properties: { PolicyDocument: { Statement: { Action: string[] }[] } } } };
  };
  const since = sim.log().length;
  await unitsIn(adapter({ role: { arn: sim.roleArn, externalId: sim.externalId } }));
  const called = sim
    .log()
    .slice(since)
    .map(({ action }) => action);
  const named = called.filter((action) => action.startsWith('List')).map((action) => `organizations:${action}`);
  const { Statement } = Resources.ReadTree.Properties.PolicyDocument;
  expect([...new Set(named)].sort()).toEqual(Statement.flatMap(({ Action }) => Action).sort());
});
