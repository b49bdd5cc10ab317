import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { awsAdapter } from '../../../adapters/aws/index.ts';
import { type AwsSimulator, startAwsSimulator } from '../../../simulators/aws/index.ts';
import { ManualClock } from '../../../simulators/shared/clock.ts';
import { DAY_MS, MINUTE_MS } from '../../../src/core/language/instant.ts';
import { machineId } from '../../../src/core/machine/machine.ts';
import { markSigner } from '../../../src/core/rule/mark.ts';
import { never } from '../../conformance/cloud-steps.ts';
import { PROTECTION, realRules, testLog } from './harness.ts';

const ACCOUNTS = ['123456789012', '210987654321', '333333333333'];
const REGION = 'eu-west-1';

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
});
afterEach(() => sim.stop());

function adapter(more: object = {}) {
  return awsAdapter(
    {
      accounts: [],
      organization: {
        regions: [REGION],
        role: 'drawbridge-operator',
        onboarder: 'drawbridge-onboarder',
        externalId: sim.externalId,
      },
      endpoint: sim.url,
      credentials: { accessKeyId: sim.accessKeyId, secretAccessKey: sim.secretAccessKey },
      ...more,
    },
    {
      marks: markSigner('test', [{ id: 'k1', secret: 'x' }]),
      installation: 'test',
      log: testLog(),
      now: clock.now,
      pause: async (ms) => clock.advance(ms),
    },
  );
}
const names = async (aws = adapter()) => (await aws.machines(never)).all.map(({ name }) => name).sort();
const idOf = (i: number) =>
  machineId('aws', `${ACCOUNTS[i]}:${REGION}:${sim.state().instances.find(({ name }) => name === `m-${i}`)?.id}`);

describe('the accounts of an organization', () => {
  test('are all looked in, page by page, with the same roles', async () => {
    expect(await names()).toEqual(['m-0', 'm-1', 'm-2']);
    expect(sim.log().filter(({ action }) => action === 'ListAccounts')).toHaveLength(2);
  });

  test('are left out when they are closed, and found when they are new', async () => {
    const aws = adapter();
    sim.organization[1] = { id: '210987654321', state: 'SUSPENDED' };
    expect(await names(aws)).toEqual(['m-0', 'm-2']);
    sim.organization[1] = { id: '210987654321', state: 'ACTIVE' };
    clock.advance(5 * MINUTE_MS);
    expect(await names(aws)).toEqual(['m-0', 'm-2']);
    clock.advance(6 * MINUTE_MS);
    expect(await names(aws)).toEqual(['m-0', 'm-1', 'm-2']);
  });

  test('and the doctor says whether they can be listed', async () => {
    const listing = async () => (await adapter().examine([], never)).find(({ what }) => what === 'list of accounts');
    expect(await listing()).toMatchObject({ of: 'AWS organization', verdict: 'fine' });
    sim.faults.add('ListAccounts', { kind: 'error', status: 400, code: 'AccessDeniedException' }, Infinity);
    expect(await listing()).toMatchObject({ verdict: 'fault', remedy: expect.stringContaining('ListAccounts') });
  });

  test('stay as they were listed while the list cannot be read', async () => {
    const aws = adapter();
    await aws.machines(never);
    sim.faults.add('ListAccounts', { kind: 'error', status: 400, code: 'AccessDeniedException' }, Infinity);
    clock.advance(20 * MINUTE_MS);
    const asked = () => sim.log().filter(({ action }) => action === 'ListAccounts').length;
    expect(await names(aws)).toEqual(['m-0', 'm-1', 'm-2']);
    const before = asked();
    for (let i = 0; i < 3; i += 1) await aws.machines(never);
    expect(asked()).toBe(before);
    clock.advance(MINUTE_MS);
    expect(await names(aws)).toEqual(['m-0', 'm-1', 'm-2']);
    expect(asked()).toBeGreaterThan(before);
  });

  test('that nobody can list are an error, and what was opened in one is closed all the same', async () => {
    sim.faults.add('ListAccounts', { kind: 'error', status: 400, code: 'AccessDeniedException' }, Infinity);
    const aws = adapter();
    await expect(aws.machines(never)).rejects.toMatchObject({ code: 'cloudDenied' });
    const machine = idOf(1);
    if (!machine) throw new Error('no machine');
    await aws.protect(machine, PROTECTION, never);
    const [placement] = await aws.locate(
      [{ machine, port: { number: 22, protocol: 'tcp' }, source: '203.0.113.7/32' }],
      never,
    );
    if (!placement) throw new Error('nothing placed');
    const note = { request: 'r', requester: 'a', approver: 'b' };
    await aws.open([{ placement, until: clock.now() + DAY_MS, now: clock.now(), note }], never, () => {});
    await adapter().close([placement], never, () => {});
    const ours = sim.state().groups.filter(({ name }) => name.startsWith('drawbridge-'));
    expect(realRules(ours.flatMap(({ rules }) => rules))).toEqual([]);
  });

  test('come besides those of the settings, which have their own roles', async () => {
    const aws = adapter({ accounts: [{ id: '123456789012', regions: [REGION] }] });
    await aws.machines(never);
    const callers = sim.log().filter(({ action }) => action === 'DescribeInstances');
    expect(callers.map(({ caller }) => caller?.replace(/.*:(?=user|assumed)/, '')).sort()).toEqual([
      'assumed-role/drawbridge-operator/drawbridge',
      'assumed-role/drawbridge-operator/drawbridge',
      'user/drawbridge',
    ]);
  });

  test('have each of their roles tried by the check', async () => {
    await adapter().check(never);
    sim.removeRole('arn:aws:iam::333333333333:role/drawbridge-onboarder');
    await expect(adapter().check(never)).rejects.toMatchObject({ code: 'cloudDenied' });
  });
});
