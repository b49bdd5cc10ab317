import { afterEach, describe, expect, it } from 'vitest';
import type { ClassicRule } from '../../../simulators/azure/firewall-model.ts';
import type { AzureOptions } from '../../../simulators/azure/index.ts';
import type { JitError } from '../../../src/core/errors/errors.ts';
import { HOUR_MS, MINUTE_MS } from '../../../src/core/language/instant.ts';
import type { Placement } from '../../../src/core/rule/rule.ts';
import { go, never, openOne, placeOne, rule } from '../../conformance/cloud-steps.ts';
import { sshFilter } from '../../simulators/azure-firewalls.ts';
import { insist } from './bad-days.ts';
import { type FirewallHarness, type FirewallKind, firewallHarness, nat } from './firewall-harness.ts';

const CLIENT = '203.0.113.7';
const WRITE = /^(AzureFirewalls|FirewallPolicyRuleCollectionGroups)_(CreateOrUpdate|Delete)$/;

let cloud: FirewallHarness;
afterEach(() => cloud.stop());

const start = async (kind: FirewallKind, options: AzureOptions = {}, nic = {}) => {
  cloud = await firewallHarness(kind, options, nic);
};
const close = (...placements: readonly Placement[]) => cloud.adapter.close(placements, never, go);
const writes = () => cloud.sim.log().filter(({ operation, status }) => WRITE.test(operation) && status < 300).length;
const note = { request: 'r-1', requester: 'ada', approver: 'grace' };
const behind = () =>
  cloud.sim.state().nsgs.flatMap((nsg) => nsg.rules.filter(({ name }) => name.startsWith('drawbridge-test-behind-')));
const refusal = (why: string) => ({ code: 'azureInTheWay', say: expect.stringContaining(why) });

const putNat = (...rules: readonly ClassicRule[]) =>
  cloud.sim.human.putCollection('edge', 'nat', { name: 'more', priority: 500, action: { type: 'Dnat' }, rules });

describe.each(['classic', 'policy', 'hub'] as const)('a lease through a firewall (%s)', (kind) => {
  it('lets in one client, says where to connect, and leaves everything of others as it was', async () => {
    await start(kind);
    const before = cloud.others();
    expect(cloud.reachable(CLIENT)).toBe(false);
    const { placement, connect = '' } = await openOne(cloud, await placeOne(cloud), cloud.now() + HOUR_MS);
    expect(cloud.reachable(CLIENT)).toBe(true);
    expect(cloud.reachable('203.0.113.8')).toBe(false);
    expect(cloud.reachable(CLIENT, 3389)).toBe(false);
    expect(connect).toMatch(/^198\.51\.100\.9:4\d{4}$/);
    const [way] = cloud.sim.ways({ from: CLIENT, machine: 'web-1', port: 22 });
    expect(`${way?.address}:${way?.port}`).toBe(connect);
    expect(cloud.others()).toBe(before);
    await close(placement);
    expect(cloud.reachable(CLIENT)).toBe(false);
    expect(behind()).toEqual([]);
    expect(cloud.others()).toBe(before);
    expect(JSON.stringify(cloud.sim.state().firewalls)).not.toContain('drawbridge');
  });

  it('lets in what the firewall translates from its subnet, and not the client itself', async () => {
    await start(kind);
    await openOne(cloud, await placeOne(cloud), cloud.now() + HOUR_MS);
    const subnet = kind === 'hub' ? '10.1.250.0/26' : '10.0.250.0/26';
    expect(behind()).toMatchObject([
      { sources: [subnet], destinations: ['10.0.0.4'], ports: ['22'] },
      { sources: [subnet], destinations: ['10.0.0.4'], ports: ['22'] },
    ]);
  });

  it('takes the minutes that a firewall takes, and opens the groups only then', async () => {
    await start(kind, { firewallMs: 3 * MINUTE_MS });
    const placement = await placeOne(cloud);
    const until = cloud.now() + HOUR_MS;
    const trouble = await openOne(cloud, placement, until).catch((error: unknown) => error);
    expect(trouble).toMatchObject({ code: 'cloudBusy', kind: 'busy' });
    expect((trouble as JitError).retryAfterMs).toBeGreaterThan(0);
    expect(cloud.reachable(CLIENT)).toBe(false);
    expect(behind()).toEqual([]);
    const { ours } = await cloud.adapter.observe(cloud.machine, [placement], never);
    expect(ours).toMatchObject([{ mark: 'valid' }]);
    expect(ours[0]?.until).toBeUndefined();
    const opened = await insist(cloud, () => openOne(cloud, placement, until));
    expect(opened.connect).toMatch(/:4\d{4}$/);
    expect(cloud.reachable(CLIENT)).toBe(true);
    expect(writes()).toBe(1);
    await expect(close(opened.placement)).rejects.toMatchObject({ code: 'cloudBusy' });
    // The groups close at once, whatever the firewall takes.
    expect(cloud.reachable(CLIENT)).toBe(false);
    await insist(cloud, () => close(opened.placement));
    expect(writes()).toBe(2);
    expect(cloud.rulesLeft()).toEqual([]);
  });

  it('is written in one call with others for the same firewall, and closed in one', async () => {
    await start(kind);
    const until = cloud.now() + HOUR_MS;
    const wanted = [rule(cloud.machine), rule(cloud.machine, 3389), rule(cloud.machine, 22, '198.51.100.16/28')];
    const placements = await cloud.adapter.locate(wanted, never);
    const openings = placements.map((placement) => ({ placement, until, now: cloud.now(), note }));
    const opened = await cloud.adapter.open(openings, never, go);
    expect(writes()).toBe(1);
    expect(cloud.reachable(CLIENT, 3389)).toBe(true);
    expect(cloud.reachable('198.51.100.17')).toBe(true);
    const [ssh, rdp, office] = opened.map(({ connect }) => connect);
    expect(ssh).toBe(office);
    expect(ssh).not.toBe(rdp);
    await close(...opened.map(({ placement }) => placement));
    expect(writes()).toBe(2);
    expect(cloud.rulesLeft()).toEqual([]);
  });

  it('is found without a memory when one part of it is gone', async () => {
    await start(kind);
    const until = cloud.now() + HOUR_MS;
    await openOne(cloud, await placeOne(cloud), until);
    const patrol = () => Array.fromAsync(cloud.restarted().patrol(never));
    for (const { name } of cloud.sim.state().nsgs) {
      for (const one of behind()) cloud.sim.human.removeRule(name, one.name);
    }
    expect(await patrol()).toMatchObject([{ mark: 'valid', until, placement: { rule: rule(cloud.machine) } }]);
    await openOne(cloud, await placeOne(cloud), until);
    cloud.sim.human.deleteFirewall('edge');
    if (kind !== 'policy') {
      const found = await patrol();
      expect(found).toMatchObject([{ mark: 'valid', until, placement: { rule: rule(cloud.machine) } }]);
    }
    await cloud.restarted().close(
      (await patrol()).map(({ placement }) => placement),
      never,
      go,
    );
    expect(behind()).toEqual([]);
    expect(await patrol()).toEqual([]);
  });
});

describe('the port of the firewall that leads to a machine', () => {
  const open = async (wanted = rule(cloud.machine)) =>
    openOne(cloud, await placeOne(cloud, wanted), cloud.now() + HOUR_MS);

  it('is the same again and again, whoever asks', async () => {
    await start('classic');
    const first = await open();
    await close(first.placement);
    const second = await open(rule(cloud.machine, 22, '192.0.2.4/32'));
    const third = await open();
    expect([second.connect, third.connect]).toEqual([first.connect, first.connect]);
    await close(second.placement);
    expect(cloud.reachable(CLIENT)).toBe(true);
    expect(cloud.reachable('192.0.2.4')).toBe(false);
  });

  it('is another one where somebody else has it', async () => {
    await start('classic');
    const first = await open();
    await close(first.placement);
    const taken = Number(first.connect?.split(':')[1]);
    putNat(nat(taken));
    const second = await open();
    expect(second.connect).not.toBe(first.connect);
    expect(cloud.reachable(CLIENT)).toBe(true);
  });

  it('is refused with its reason when the firewall takes no more', async () => {
    await start('classic');
    putNat(...Array.from({ length: 248 }, (_, i) => nat(1_000 + i)));
    await expect(open()).rejects.toMatchObject(refusal('no more than'));
    expect(cloud.rulesLeft()).toEqual([]);
  });
});

describe('what stands on the firewall already', () => {
  it('is refused where it keeps the client out', async () => {
    await start('classic');
    const deny = sshFilter('Deny', '203.0.113.0/24');
    const rules = deny.rules.map((one) => ({ ...one, destinationAddresses: ['10.0.0.0/24'] }));
    cloud.sim.human.putCollection('edge', 'network', { ...deny, rules });
    await expect(placeOne(cloud)).rejects.toMatchObject(refusal('firewall edge keeps this source out'));
    await expect(placeOne(cloud, rule(cloud.machine, 22, '192.0.2.4/32'))).resolves.toBeDefined();
  });

  it('is named while the lease opens the groups for it too', async () => {
    await start('classic');
    putNat(
      nat(2222, {
        name: 'vendor',
        sourceAddresses: ['192.0.2.0/24'],
        translatedAddress: '10.0.0.4',
        translatedPort: '22',
      }),
    );
    const look = async (placement: Placement) => cloud.adapter.observe(cloud.machine, [placement], never);
    const placement = await placeOne(cloud);
    expect((await look(placement)).others).toEqual([]);
    const { placement: known } = await openOne(cloud, placement, cloud.now() + HOUR_MS);
    expect(cloud.reachable('192.0.2.4')).toBe(true);
    expect((await look(known)).others).toEqual([
      { port: { number: 22, protocol: 'tcp' }, source: '192.0.2.0/24', through: 'edge: more/vendor' },
    ]);
    await close(known);
    expect(cloud.reachable('192.0.2.4')).toBe(false);
    expect(await look(known)).toMatchObject({ others: [], effective: [{ state: 'closed' }] });
  });

  it('is named with its policy, the parent’s rules too, where the groups let it in', async () => {
    await start('policy');
    for (const group of ['subnet-web-nsg', 'web-1-nsg'])
      cloud.sim.human.addRule(group, { name: 'branches', priority: 300, source: '192.168.0.0/16', ports: '22' });
    const collection = { name: 'site', priority: 300, action: { type: 'Allow' } } as const;
    const filter = { ruleCollectionType: 'FirewallPolicyFilterRuleCollection', ...collection } as const;
    const ssh = {
      ruleType: 'NetworkRule',
      name: 'ssh',
      ipProtocols: ['TCP'],
      sourceAddresses: ['192.168.7.0/24'],
      destinationAddresses: ['10.0.0.0-10.0.0.9'],
      destinationPorts: ['20-25'],
    } as const;
    cloud.sim.human.putRuleGroup('base', { name: 'all', priority: 700, collections: [{ ...filter, rules: [ssh] }] });
    const { standing } = await cloud.adapter.look(cloud.machine, never);
    expect(standing).toContainEqual({
      port: { number: 22, protocol: 'tcp' },
      source: '192.168.7.0/24',
      through: 'edge: base/all/site/ssh',
    });
  });
});

describe('other ways in', () => {
  it('go by the groups alone: from inside the networks, and where no route leads to a firewall', async () => {
    await start('classic');
    expect((await placeOne(cloud, rule(cloud.machine, 22, '10.0.2.4/32'))).backend).toBe('nsg');
    cloud.sim.human.setRoute('web', undefined);
    expect((await placeOne(cloud)).backend).toBe('nsg');
  });

  it('are those of a machine as before where the role may not read its route', async () => {
    await start('classic');
    cloud.sim.faults.add('RouteTables_Get', { kind: 'error', status: 403, code: 'AuthorizationFailed' }, 1);
    expect((await placeOne(cloud)).backend).toBe('nsg');
    expect(cloud.log.lines).toContain('the route of a machine could not be read');
  });
});
