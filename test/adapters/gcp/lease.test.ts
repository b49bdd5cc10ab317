import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PolicyRule } from '../../../simulators/gcp/model.ts';
import { HOUR_MS } from '../../../src/core/language/instant.ts';
import type { Found } from '../../../src/ports/found.ts';
import { HOME, never, openOne, placeOne } from '../../conformance/cloud-steps.ts';
import { type GcpHarness, gcpHarness } from './harness.ts';

const SSH = { number: 22, protocol: 'tcp' as const };
const tcp22 = { layer4Configs: [{ ipProtocol: 'tcp', ports: ['22'] }] };
const rule = (change: Partial<PolicyRule>): PolicyRule => ({
  priority: 10,
  action: 'deny',
  direction: 'INGRESS',
  match: tcp22,
  ...change,
});

describe('leases in Google Cloud', () => {
  let cloud: GcpHarness;
  beforeEach(async () => {
    cloud = await gcpHarness();
  });
  afterEach(() => cloud.stop());
  const patrol = async (): Promise<readonly Found[]> => Array.fromAsync(cloud.adapter.patrol(never));
  const opened = async () => openOne(cloud, await placeOne(cloud), cloud.now() + HOUR_MS);
  const stateOf = async () => (await cloud.adapter.observe(cloud.machine, [await placeOne(cloud)], never)).effective[0];
  const policies = (
    order: 'AFTER_CLASSIC_FIREWALL' | 'BEFORE_CLASSIC_FIREWALL',
    type: 'HIERARCHY' | 'NETWORK',
    rules: readonly PolicyRule[],
  ) => cloud.sim.world.networks.set('default', { name: 'default', order, policies: [{ name: 'org', type, rules }] });

  test('are for the one address of the machine, and for no other that bears its tags', async () => {
    await opened();
    const found = cloud.sim.world.firewalls().find(({ allowed }) => allowed);
    expect(cloud.sim.world.firewalls().filter(({ name }) => name.startsWith('db-test-l'))).toMatchObject([
      { destinationRanges: ['10.132.0.10/32'], sourceRanges: [HOME], direction: 'INGRESS', disabled: false },
    ]);
    expect(found?.targetTags).toEqual(['legacy']);
  });

  test('in a project that is not configured any more are read and closed all the same, and nothing is opened there', async () => {
    cloud.sim.human.addRule({
      ...{ name: 'wide', network: 'default', direction: 'INGRESS', priority: 900 },
      ...{ allowed: [{ IPProtocol: 'tcp', ports: ['22'] }], sourceRanges: ['0.0.0.0/0'] },
    });
    const { placement } = await opened();
    const after = cloud.restarted(['another-project']);
    const note = { request: 'r-2', requester: 'ada', approver: 'grace' };
    const opening = { placement, until: cloud.now() + 2 * HOUR_MS, now: cloud.now(), note };
    const refused = {
      code: 'notConfigured',
      say: expect.stringContaining(`the Google Cloud project ${cloud.sim.project}`),
    };
    await expect(after.open([opening], never, () => {})).rejects.toMatchObject(refused);
    await expect(after.look(cloud.machine, never)).rejects.toMatchObject(refused);
    await expect(after.locate([placement.rule], never)).rejects.toMatchObject(refused);
    await after.close([placement], never, () => {});
    expect(cloud.rulesLeft()).toEqual([]);
    // What others let in there is not called closed.
    const { ours, effective } = await after.observe(cloud.machine, [placement], never);
    expect([ours, effective]).toMatchObject([[], [{ state: 'open', through: 'wide' }]]);
  });

  test('whose address another machine has got by now are closed by the patrol, and not opened again', async () => {
    const { placement } = await opened();
    expect((await patrol()).map(({ mark }) => mark)).toEqual(['valid']);
    cloud.sim.human.deleteInstance('api-1');
    cloud.sim.human.addInstance({ name: 'other-1', address: '10.132.0.10' });
    expect(await patrol()).toMatchObject([{ mark: 'wrong' }]);
    cloud.sim.human.addInstance({ name: 'api-1', address: '10.132.0.99' });
    await expect(openOne(cloud, placement, cloud.now() + 2 * HOUR_MS)).rejects.toMatchObject({ code: 'cloudRefused' });
  });

  test.each([
    ['widened', { sourceRanges: ['0.0.0.0/0'] }],
    ['given to more', { destinationRanges: [] }],
    ['given another port', { allowed: [{ IPProtocol: 'tcp', ports: ['1-65535'] }] }],
    ['left without words', { description: '' }],
  ])('that somebody has %s have no valid mark, and are put right', async (_, change) => {
    const { placement } = await opened();
    cloud.sim.human.editRule(placement.id ?? '', change);
    const [found] = await patrol();
    expect(found?.mark).not.toBe('valid');
    await openOne(cloud, placement, cloud.now() + HOUR_MS);
    expect(cloud.rulesLeft()).toEqual([`22 ${HOME}`]);
    expect(await patrol()).toMatchObject([{ mark: 'valid' }]);
  });

  test('that a quota refuses after the 200 are not opened, and it is no missing right', async () => {
    const placement = await placeOne(cloud);
    cloud.sim.failNext({ code: 'QUOTA_EXCEEDED', message: "Quota 'FIREWALLS' exceeded.", status: 403 });
    await expect(openOne(cloud, placement, cloud.now() + HOUR_MS)).rejects.toMatchObject({ code: 'cloudRefused' });
    expect(cloud.rulesLeft()).toEqual([]);
  });

  test('of an installation whose name goes on are not touched', async () => {
    const { placement } = await opened();
    const found = cloud.sim.world.firewall(placement.id ?? '');
    if (!found) throw new Error('not there');
    cloud.sim.human.addRule({ ...found, name: found.name.replace('db-test-l', 'db-test-l-l') });
    expect(await patrol()).toHaveLength(1);
  });

  test.each([
    ['a hierarchical deny', 'AFTER_CLASSIC_FIREWALL', 'HIERARCHY', rule({}), 'deniedInGcp'],
    ['a network policy’s deny in front', 'BEFORE_CLASSIC_FIREWALL', 'NETWORK', rule({}), 'deniedInGcp'],
    ['a network policy’s deny behind', 'AFTER_CLASSIC_FIREWALL', 'NETWORK', rule({}), undefined],
    [
      'a deny of other ports',
      'AFTER_CLASSIC_FIREWALL',
      'HIERARCHY',
      rule({ match: { layer4Configs: [{ ipProtocol: 'tcp', ports: ['80-90'] }] } }),
      undefined,
    ],
    ['a disabled deny', 'AFTER_CLASSIC_FIREWALL', 'HIERARCHY', rule({ disabled: true }), undefined],
    ['goto_next', 'AFTER_CLASSIC_FIREWALL', 'HIERARCHY', rule({ action: 'goto_next' }), undefined],
  ] as const)('are told to be useless under %s where they are', async (_, order, type, one, code) => {
    policies(order, type, [one]);
    const { keptOut } = await cloud.adapter.look(cloud.machine, never);
    expect(keptOut?.(SSH, HOME)?.code).toBe(code);
  });

  test('are told to be useless behind a deny rule of the same priority, and not before a weaker one', async () => {
    const deny = {
      network: 'default',
      direction: 'INGRESS',
      denied: [{ IPProtocol: 'all' }],
      sourceRanges: ['0.0.0.0/0'],
    } as const;
    cloud.sim.human.addRule({ ...deny, name: 'late', priority: 1001 });
    expect((await cloud.adapter.look(cloud.machine, never)).keptOut?.(SSH, HOME)).toBeUndefined();
    cloud.sim.human.addRule({ ...deny, name: 'tie', priority: 1000 });
    expect((await cloud.adapter.look(cloud.machine, never)).keptOut?.(SSH, HOME)?.code).toBe('deniedInGcp');
  });

  test.each([
    [
      'a hierarchical allow',
      'HIERARCHY',
      rule({ action: 'allow', match: { ...tcp22, srcIpRanges: ['192.0.2.0/24'] } }),
      'open',
      'org: 10',
    ],
    ['a network policy’s allow', 'NETWORK', rule({ action: 'allow', ruleName: 'let-in' }), 'open', 'org: let-in'],
    [
      'a rule for names',
      'HIERARCHY',
      rule({ action: 'allow', match: { ...tcp22, srcFqdns: ['example.com'] } }),
      'unknown',
      'srcFqdns of org: 10',
    ],
    [
      'a rule for countries',
      'HIERARCHY',
      rule({ action: 'allow', match: { ...tcp22, srcRegionCodes: ['DE'] } }),
      'unknown',
      'srcRegionCodes of org: 10',
    ],
    ['inspection', 'NETWORK', rule({ action: 'apply_security_profile_group' }), 'unknown', 'the inspection of org: 10'],
  ] as const)('leave a port as %s has it', async (_, type, one, state, through) => {
    policies('AFTER_CLASSIC_FIREWALL', type, [one]);
    expect(await stateOf()).toMatchObject({ state, through });
  });

  test.each([
    ['only an alias range is let in', { allow: ['10.8.0.0/24'] }, 'open'],
    ['its first address is denied, and not its alias range', { deny: ['10.132.0.10/32'], allow: [] }, 'open'],
    ['a part of an alias range is denied', { deny: ['10.132.0.10/32', '10.8.0.8/29'], allow: [] }, 'open'],
    ['all of its addresses are denied', { deny: ['10.132.0.0/24', '10.8.0.0/28'], allow: [] }, 'closed'],
    ['the public address of a load balancer is let in', { allow: ['203.0.113.5/32'] }, 'unknown'],
    ['another machine’s address is let in', { allow: ['10.8.0.16/28', '10.132.0.11/32'] }, 'closed'],
  ])('are judged at every address that the machine has: %s', async (_, ranges, state) => {
    const { world, human } = cloud.sim;
    const [own] = [...world.instances.values()].filter(({ name }) => name === 'api-1');
    if (own) world.instances.set('api-1', { ...own, aliases: ['10.8.0.0/28'] });
    const ssh = [{ IPProtocol: 'tcp', ports: ['22'] }];
    const base = { network: 'default', direction: 'INGRESS', sourceRanges: ['0.0.0.0/0'] } as const;
    const { deny = [], allow } = { deny: [] as string[], ...ranges };
    if (deny.length > 0)
      human.addRule({ ...base, name: 'shield', priority: 900, denied: ssh, destinationRanges: deny });
    const aimed = allow.length > 0 ? { destinationRanges: allow } : {};
    human.addRule({ ...base, name: 'let-in', priority: 950, allowed: ssh, ...aimed });
    expect(await stateOf()).toMatchObject({ state });
  });

  test('are judged at every address of the block that an IPv6 address is of', async () => {
    const ssh = [{ IPProtocol: 'tcp', ports: ['22'] }];
    const base = { network: 'default', direction: 'INGRESS', sourceRanges: ['::/0'] } as const;
    const one = ['2001:db8:1::10/128'];
    cloud.sim.human.addRule({ ...base, name: 'shield', priority: 900, denied: ssh, destinationRanges: one });
    cloud.sim.human.addRule({ ...base, name: 'let-in', priority: 950, allowed: ssh });
    expect(await stateOf()).toMatchObject({ state: 'open', source: '::/0' });
  });

  test('leave a port that members of a tag get to as one that nobody can tell of', async () => {
    cloud.sim.human.addRule({
      name: 'from-jump',
      network: 'default',
      direction: 'INGRESS',
      priority: 1000,
      allowed: [{ IPProtocol: 'tcp' }],
      sourceTags: ['jump'],
    });
    expect(await stateOf()).toMatchObject({ state: 'unknown', through: 'who bears jump' });
  });

  test('refuses more ports than the text of a rule can hold', async () => {
    const ports = Array.from({ length: 300 }, (_, i) => ({
      port: { number: 8000 + i, protocol: 'tcp' as const },
      sources: [],
      longestMs: 3_600_000,
    }));
    const refused = cloud.adapter.protect(cloud.idOf('api-1'), { ports }, never);
    await expect(refused).rejects.toMatchObject({
      code: 'protectionTooLong',
      say: expect.stringContaining('Google Cloud keeps them in 2048 characters'),
    });
  });

  test('protecting writes a rule that is disabled, and opens and closes nothing', async () => {
    const [record] = cloud.sim.world.firewalls().filter(({ name }) => name.startsWith('db-test-p'));
    expect(record).toMatchObject({ disabled: true, destinationRanges: ['10.132.0.10/32'] });
    expect(record?.allowed).toBeUndefined();
  });
});
