import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { awsAdapter } from '../../../adapters/aws/index.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../src/core/language/instant.ts';
import { placementKey } from '../../../src/core/rule/rule.ts';
import type { CloudAdapter, Found } from '../../../src/ports/cloud.ts';
import { go, HOME, never, openOne, placeOne } from '../../conformance/cloud-steps.ts';
import { type AwsHarness, awsHarness, INSTALLATION, PROTECTION } from './harness.ts';

let aws: AwsHarness;
beforeEach(async () => {
  aws = await awsHarness();
});
afterEach(() => aws.stop());

const patrol = async (adapter: CloudAdapter = aws.adapter) => {
  const found = [];
  for await (const one of adapter.patrol(never)) found.push(one);
  return found;
};
const ourGroup = () => aws.sim.state().groups.find(({ name }) => name.startsWith('drawbridge-'))?.id ?? '';

/** An adapter with settings of its own on the same simulated AWS. */
const adapterWith = (settings: Partial<Parameters<typeof awsAdapter>[0]>, on = aws) => {
  const { url: endpoint, accessKeyId, secretAccessKey, accountId, region, roleArn, externalId } = on.sim;
  const accounts = [{ id: accountId, regions: [region], role: { arn: roleArn, externalId } }];
  return awsAdapter(
    { endpoint, credentials: { accessKeyId, secretAccessKey }, accounts, callMs: 5_000, ...settings },
    { marks: on.marks, installation: INSTALLATION, log: on.log, now: on.now },
  );
};

describe('the patrol', () => {
  test('reports what stands in our group without our mark', async () => {
    aws.sim.human.addRule(ourGroup(), { port: 22, source: '192.0.2.0/24' });
    expect(await patrol()).toMatchObject([
      { mark: 'missing', placement: { rule: { machine: aws.machine, source: '192.0.2.0/24' } } },
    ]);
  });

  test('tells the time of the cloud', async () => {
    await openOne(aws, await placeOne(aws), aws.now() + HOUR_MS);
    aws.advance(MINUTE_MS);
    const [found] = await patrol();
    expect(found?.cloudNow).toBe(Math.floor(aws.now() / 1000) * 1000);
  });

  test('finds a marked rule although somebody took the tags off its group', async () => {
    const placement = await placeOne(aws);
    await openOne(aws, placement, aws.now() + HOUR_MS);
    aws.sim.human.setTags(ourGroup(), {});
    const found = await patrol();
    expect(found.map((one) => placementKey(one.placement))).toEqual([placementKey(placement)]);
    await aws.adapter.close([found[0]?.placement ?? placement], never, go);
    expect(aws.rulesLeft()).toEqual([]);
  });

  test('leaves alone a copy of our mark in a group of others', async () => {
    const { placement } = await openOne(aws, await placeOne(aws), aws.now() + HOUR_MS);
    const tags = { 'drawbridge:mark': aws.marks.sign(placement, aws.now()), 'drawbridge:machine': aws.machine };
    aws.sim.human.addRule('api', { port: 22, source: HOME, tags });
    expect(await patrol()).toHaveLength(1);
  });

  test('leaves alone what looks like our group but is not', async () => {
    aws.sim.human.launch({
      name: 'impostor',
      privateIp: '10.1.0.77',
      groups: [{ name: `drawbridge-${INSTALLATION}-i-0123456789abcdef0`, rules: [{ port: 22, source: HOME }] }],
    });
    expect(await patrol()).toEqual([]);
  });

  test('reads page by page', async () => {
    // More than a page holds; a group that is really there could have so many only over several of them.
    for (let i = 0; i < 1100; i += 1)
      aws.sim.human.addRule(ourGroup(), { port: 22, source: `10.0.${i >> 8}.${i & 255}/32` });
    const calls = aws.sim.log().length;
    expect(await patrol()).toHaveLength(1100);
    // Five pages of our groups’ rules, and one reading of what bears our mark elsewhere.
    expect(aws.actionsSince(calls).filter((action) => action === 'DescribeSecurityGroupRules')).toHaveLength(6);
  });
});

describe('several accounts', () => {
  const accounts = [
    { id: '123456789012', regions: ['eu-west-1', 'us-east-1'] },
    { id: '210987654321', regions: ['eu-west-1'] },
  ];
  const role = (id: string) => ({
    arn: aws.sim.roleArn.replace(aws.sim.accountId, id),
    externalId: aws.sim.externalId,
  });
  const machine = (name: string, account: string, region: string) => ({
    ...{ name, account, region, privateIp: '10.1.0.9', groups: [{ name: 'app' }] },
  });
  let many: AwsHarness;
  let adapter: ReturnType<typeof adapterWith>;
  beforeEach(async () => {
    many = await awsHarness({
      accounts,
      instances: [
        { name: 'api-1', privateIp: '10.1.0.2', groups: [{ name: 'api' }] },
        { name: 'legacy-1', privateIp: '10.1.0.3', groups: [{ name: 'api' }] },
        machine('far', '123456789012', 'us-east-1'),
        machine('foreign', '210987654321', 'eu-west-1'),
      ],
    });
    adapter = adapterWith({ accounts: accounts.map((one) => ({ ...one, role: role(one.id) })) }, many);
  });
  afterEach(() => many.stop());

  test('are all listed, each machine with its place', async () => {
    const { all: machines } = await adapter.machines(never);
    expect(machines.map(({ name, location }) => `${name}: ${location}`).sort()).toEqual([
      'api-1: 123456789012, eu-west-1',
      'far: 123456789012, us-east-1',
      'foreign: 210987654321, eu-west-1',
      'legacy-1: 123456789012, eu-west-1',
    ]);
  });

  test('of which one cannot be reached: the others are listed and patrolled, and the start says so', async () => {
    const foreign = (await adapter.machines(never)).all.find(({ name }) => name === 'foreign');
    await adapter.protect(foreign?.id ?? aws.unknown, PROTECTION, never);
    const [placement] = await adapter.locate(
      [{ machine: foreign?.id ?? aws.unknown, port: { number: 22, protocol: 'tcp' }, source: HOME }],
      never,
    );
    if (!placement) throw new Error('nothing placed');
    await openOne({ ...many, adapter }, placement, many.now() + HOUR_MS);

    const broken = [
      { id: '123456789012', regions: ['us-east-1'], role: { arn: role('123456789012').arn, externalId: 'wrong' } },
      { ...accounts[1], id: '210987654321', regions: ['eu-west-1'], role: role('210987654321') },
    ];
    const half = adapterWith({ accounts: broken }, many);
    await expect(half.check(never)).rejects.toMatchObject({ code: 'cloudDenied' });
    expect(await half.machines(never)).toMatchObject({
      all: [{ name: 'foreign' }],
      unread: [expect.stringContaining('us-east-1')],
    });
    expect(many.log.lines).toContain('the machines of a region could not be read');
    // Neither the region that was read, nor the one that could not be, is asked again by the next who asks.
    const before = many.sim.log().length;
    for (let i = 0; i < 3; i += 1)
      expect(await half.machines(never)).toMatchObject({
        all: [{ name: 'foreign' }],
        unread: [expect.stringContaining('us-east-1')],
      });
    expect(many.sim.log().slice(before)).toEqual([]);
    const found: Found[] = [];
    await expect(
      (async () => {
        for await (const one of half.patrol(never)) found.push(one);
      })(),
    ).rejects.toMatchObject({ code: 'cloudDenied' });
    expect(found).toHaveLength(1);
  });
});

describe('the list of machines', () => {
  test('is read once a minute and leaves out what is terminated', async () => {
    const reads = () => aws.sim.log().filter(({ action }) => action === 'DescribeInstances').length;
    await Promise.all([aws.adapter.machines(never), aws.adapter.machines(never)]);
    const before = reads();
    await aws.deleteMachine(aws.exposed);
    expect((await aws.adapter.machines(never)).all).toHaveLength(2);
    expect(reads()).toBe(before);
    aws.advance(MINUTE_MS);
    expect((await aws.adapter.machines(never)).all.map(({ id }) => id)).toEqual([aws.machine]);
  });

  test('that failed is read again after a while, not for each who asks', async () => {
    const fresh = aws.restarted();
    aws.deny('read', 1);
    await expect(fresh.machines(never)).rejects.toMatchObject({ code: 'cloudDenied' });
    await expect(fresh.machines(never)).rejects.toMatchObject({ code: 'cloudDenied' });
    aws.advance(5 * SECOND_MS);
    expect((await fresh.machines(never)).all).toHaveLength(2);
  });
});

describe('signing in', () => {
  test.each([
    [
      'a role that is gone',
      () =>
        adapterWith({
          accounts: [{ id: aws.sim.accountId, regions: [aws.sim.region], role: { arn: `${aws.sim.roleArn}-2` } }],
        }),
      'cloudDenied',
    ],
    [
      'a wrong secret',
      () => adapterWith({ credentials: { accessKeyId: aws.sim.accessKeyId, secretAccessKey: 'wrong' } }),
      'cloudDenied',
    ],
    ['nobody there', () => adapterWith({ endpoint: 'http://127.0.0.1:1' }), 'cloudSilent'],
  ])('%s is said at the start', async (_, make, code) => {
    await expect(make().check(never)).rejects.toMatchObject({ code });
  });

  test('works without a role, with the program’s own credentials', async () => {
    const own = adapterWith({ accounts: [{ id: aws.sim.accountId, regions: [aws.sim.region] }] });
    await expect(own.check(never)).resolves.toBeUndefined();
  });
});
