import { afterEach, describe, expect, it } from 'vitest';
import type { AzureOptions } from '../../../simulators/azure/index.ts';
import { HOUR_MS, MINUTE_MS } from '../../../src/core/language/instant.ts';
import type { Placement } from '../../../src/core/rule/rule.ts';
import { go, HOME, never, openOne, placeOne, rule } from '../../conformance/cloud-steps.ts';
import { often } from '../../setup/lane.ts';
import { insist, numbers } from './bad-days.ts';
import { BARE, type FirewallHarness, type FirewallKind, firewallHarness, nat } from './firewall-harness.ts';
import { PROTECTION } from './harness.ts';

let cloud: FirewallHarness;
afterEach(() => cloud.stop());

const start = async (kind: FirewallKind, options: AzureOptions = {}) => {
  cloud = await firewallHarness(kind, options);
};
const close = (...placements: readonly Placement[]) => cloud.adapter.close(placements, never, go);
const behind = () =>
  cloud.sim.state().nsgs.flatMap((nsg) => nsg.rules.filter(({ name }) => name.startsWith('drawbridge-test-behind-')));

describe.each(['classic', 'policy', 'hub'] as const)('a machine that changes while a lease runs (%s)', (kind) => {
  it.each<[string, () => void | Promise<void>]>([
    ['its route', () => cloud.sim.human.setRoute('web', undefined)],
    ['its address', () => cloud.sim.human.setPrivateIp('web-1-nic', '10.0.0.4', '10.0.0.44')],
    ['its group', () => cloud.sim.human.setNicNsg('web-1-nic', 'jump-1-nsg')],
    ['its firewall, which goes', () => cloud.sim.human.deleteFirewall('edge')],
    ['everything: it goes', () => cloud.deleteMachine(cloud.machine)],
  ])('%s leaves no rule behind', async (_, happen) => {
    await start(kind);
    const placement = await placeOne(cloud);
    await openOne(cloud, placement, cloud.now() + HOUR_MS);
    await happen();
    await close(placement);
    expect(cloud.rulesLeft()).toEqual([]);
    expect(behind()).toEqual([]);
    expect(await Array.fromAsync(cloud.restarted().patrol(never))).toEqual([]);
  });

  it('in its address is led to by the next opening', async () => {
    await start(kind);
    const placement = await placeOne(cloud);
    const until = cloud.now() + HOUR_MS;
    const { connect } = await openOne(cloud, placement, until);
    cloud.sim.human.setPrivateIp('web-1-nic', '10.0.0.4', '10.0.0.44');
    const { ours } = await cloud.adapter.observe(cloud.machine, [placement], never);
    expect(ours[0]?.until).toBeUndefined();
    expect((await openOne(cloud, placement, until)).connect).toBe(connect);
    expect(cloud.reachable('203.0.113.7')).toBe(true);
  });
});

describe('bad days', () => {
  it('write over nothing that somebody else has just changed', async () => {
    await start('classic');
    const placement = await placeOne(cloud);
    cloud.advance(MINUTE_MS);
    cloud.sim.human.putCollection('edge', 'nat', {
      name: 'more',
      priority: 500,
      action: { type: 'Dnat' },
      rules: [nat(8443)],
    });
    cloud.staleReads(3_000);
    const until = cloud.now() + HOUR_MS;
    await insist(cloud, () => openOne(cloud, placement, until));
    cloud.behave();
    expect(cloud.others()).toContain('n-8443');
    expect(cloud.rulesLeft()).toEqual([`22 ${HOME}`]);
  });

  it.each(['classic', 'policy'] as const)('of all kinds leave the rules of others as they were (%s)', async (kind) => {
    await start(kind, { firewallMs: 20_000, operationMs: 1_000 });
    const before = cloud.others();
    const next = numbers(7);
    const open = new Map<string, Placement>();
    for (let i = 0; i < often(40, 400); i += 1) {
      if (next() < 0.3) cloud.loseReply(next() < 0.5 ? 'open' : 'close', 1);
      if (next() < 0.2) cloud.cut('read', 1);
      if (next() < 0.2) cloud.staleReads(2_000);
      const source = `203.0.113.${10 + Math.floor(next() * 4)}/32`;
      const wanted = rule(cloud.machine, next() < 0.5 ? 22 : 3389, source);
      const key = `${wanted.port.number} ${source}`;
      const there = open.get(key);
      if (there) {
        await insist(cloud, () => close(there));
        open.delete(key);
      } else {
        const placement = await insist(cloud, () => placeOne(cloud, wanted));
        open.set(key, placement);
        const until = cloud.now() + HOUR_MS;
        await insist(cloud, () => openOne(cloud, placement, until));
      }
      cloud.behave();
    }
    await insist(cloud, () => close(...open.values()));
    // The second look, for what a reading from before an opening did not show.
    const found = await Array.fromAsync(cloud.restarted().patrol(never));
    await insist(cloud, () => close(...found.map(({ placement }) => placement)));
    expect(cloud.rulesLeft()).toEqual([]);
    expect(behind()).toEqual([]);
    expect(cloud.others()).toBe(before);
  });
});

describe.each(['classic', 'policy'] as const)('a machine that no group guards (%s)', (kind) => {
  const notes = () =>
    cloud.sim
      .state()
      .firewalls.flatMap(({ collections }) =>
        collections.filter(({ name }) => name === 'drawbridge-test-protection').flatMap(({ rules }) => rules),
      );

  it('is protected by a note on the firewall that changes nothing, opened and closed there', async () => {
    cloud = await firewallHarness(kind, {}, BARE);
    const before = cloud.others();
    expect(notes()).toMatchObject([
      { sources: ['255.255.255.255'], destinations: ['10.0.0.4'], ports: ['22', '3389'], protocols: ['TCP'] },
    ]);
    expect((await cloud.adapter.look(cloud.machine, never)).protection?.ports).toEqual(PROTECTION.ports);
    const { placement } = await openOne(cloud, await placeOne(cloud), cloud.now() + HOUR_MS);
    expect(cloud.reachable('203.0.113.7')).toBe(true);
    await close(placement);
    expect(cloud.reachable('203.0.113.7')).toBe(false);
    const seen = await cloud.adapter.observe(cloud.machine, [placement], never);
    // Whoever is inside gets in without the firewall, before and after.
    const inside = { source: 'VirtualNetwork', through: 'no network security group' };
    expect(seen.effective).toMatchObject([{ state: 'open', ...inside }]);
    expect(seen.others).toMatchObject([inside]);
    expect(cloud.reachable('10.0.1.4')).toBe(true);
    expect(cloud.others()).toBe(before);
    await cloud.adapter.unprotect(cloud.machine, never);
    expect(notes()).toEqual([]);
    expect(JSON.stringify(cloud.sim.state().firewalls)).not.toContain('drawbridge');
  });

  it('has the limits that were given last, and loses single ports', async () => {
    cloud = await firewallHarness(kind, {}, BARE);
    cloud.advance(5 * MINUTE_MS);
    const port = (number: number, sources: readonly string[], hours: number) => ({
      port: { number, protocol: 'tcp' as const },
      sources,
      longestMs: hours * HOUR_MS,
    });
    await cloud.adapter.protect(cloud.machine, { ports: [port(22, [], 24), port(3389, [], 24)] }, never);
    const narrow = port(22, ['198.51.100.0/24'], 3);
    const after = await cloud.adapter.protect(cloud.machine, { ports: [narrow] }, never);
    expect(after.protection?.ports).toEqual([narrow, port(3389, [], 24)]);
    const left = await cloud.adapter.unprotect(cloud.machine, never, [{ number: 3389, protocol: 'tcp' }]);
    expect(left.protection?.ports).toEqual([narrow]);
    expect((await cloud.restarted().look(cloud.machine, never)).protection?.ports).toEqual([narrow]);
  });

  it('is told where to connect when the firewall was ready between two looks', async () => {
    cloud = await firewallHarness(kind, { firewallMs: 3 * MINUTE_MS }, BARE);
    cloud.advance(5 * MINUTE_MS);
    const [placement, until] = [await placeOne(cloud), cloud.now() + HOUR_MS];
    await expect(openOne(cloud, placement, until)).rejects.toMatchObject({ code: 'cloudBusy' });
    cloud.advance(5 * MINUTE_MS);
    const { ours } = await cloud.adapter.observe(cloud.machine, [placement], never);
    expect(ours).toMatchObject([{ mark: 'valid', until, connect: expect.stringMatching(/^198\.51\.100\.9:4/) }]);
  });

  it('stays as it is for those whose source does not come through the firewall', async () => {
    cloud = await firewallHarness(kind, {}, BARE);
    const inside = placeOne(cloud, rule(cloud.machine, 22, '10.0.2.4/32'));
    await expect(inside).rejects.toMatchObject({ code: 'machineUnreachable' });
  });
});
