import { afterEach, describe, expect, it } from 'vitest';
import type { ClassicCollection, PolicyCollection } from '../../../simulators/azure/firewall-model.ts';
import { HOUR_MS, MINUTE_MS } from '../../../src/core/language/instant.ts';
import { remedyText, reopeningText, stayText } from '../../../src/core/machine/lockdown.ts';
import type { MachineId } from '../../../src/core/machine/machine.ts';
import type { Port } from '../../../src/core/rule/port.ts';
import { go, never, openOne, placeOne, rule } from '../../conformance/cloud-steps.ts';
import { memoryUndo } from '../../memory/undo.ts';
import { BARE, type FirewallHarness, firewallHarness } from './firewall-harness.ts';
import { type AzureHarness, azureHarness } from './harness.ts';
import { nsgHarness } from './nsg-harness.ts';

const SSH: Port = { number: 22, protocol: 'tcp' };
const RDP: Port = { number: 3389, protocol: 'tcp' };
const CLIENT = '203.0.113.7';
const STRANGER = '198.51.100.200';

let cloud: AzureHarness;
afterEach(() => cloud.stop());

const plan = (machine: MachineId, ports = [SSH, RDP]) =>
  cloud.adapter.planLockdown({ machine, ports, how: 'close' }, never);
const close = (machine: MachineId, ports = [SSH, RDP]) =>
  cloud.adapter.lockDown({ machine, ports, how: 'close' }, memoryUndo(), never);
const putBack = (machine: MachineId, ports?: readonly Port[]) =>
  cloud.adapter.putBack({ machine, ...(ports ? { ports } : {}) }, memoryUndo(), never);
const opens = async (machine: MachineId, ports?: readonly Port[]) => {
  const ask = { machine, ...(ports ? { ports } : {}) };
  const { reopenings } = await cloud.adapter.planPutBack(ask, memoryUndo(), never);
  return reopenings.map((one) => `${reopeningText(one)}${one.isPublic ? ' Public.' : ''}`);
};
const standing = async (machine: MachineId) =>
  (await cloud.adapter.look(machine, never)).standing.map(({ port, through }) => `${port.number} ${through}`);

describe('closing what others let stand open in a group', () => {
  const groups = () => JSON.stringify(cloud.sim.state().nsgs);
  const start = async () => {
    cloud = await nsgHarness();
    await cloud.adapter.protect(
      cloud.exposed,
      { ports: [SSH, RDP].map((port) => ({ port, sources: [], longestMs: HOUR_MS })) },
      never,
    );
  };
  const reachable = (from: string, port = 22) => cloud.sim.reachable({ from, machine: 'jump-1', port });

  it('denies before their rules, lets leases through, and leaves no trace', async () => {
    await start();
    const before = groups();
    expect(reachable(STRANGER)).toBe(true);
    const { remedies, stays } = await plan(cloud.exposed);
    expect(remedies.map(remedyText)).toEqual([
      'Network security group jump-1-nsg: a deny rule of Drawbridge at priority 299 closes 22 to 10.0.2.4, before allow-ssh-office (300).',
    ]);
    expect(stays).toEqual([]);
    expect(groups()).toBe(before);
    expect(await close(cloud.exposed)).toEqual([]);
    expect(reachable(STRANGER)).toBe(false);
    expect(await standing(cloud.exposed)).toEqual([]);
    const { placement } = await openOne(cloud, await placeOne(cloud, rule(cloud.exposed)), cloud.now() + HOUR_MS);
    expect([reachable(CLIENT), reachable(STRANGER)]).toEqual([true, false]);
    await cloud.adapter.close([placement], never, go);
    expect(reachable(CLIENT)).toBe(false);
    expect(await opens(cloud.exposed)).toEqual([
      'Network security group jump-1-nsg: 22 of 10.0.2.4 is let in again by allow-ssh-office (from 0.0.0.0/0), AllowVnetInBound (from VirtualNetwork). On jump-1. Public.',
    ]);
    expect(await opens(cloud.exposed, [RDP])).toEqual([]);
    await putBack(cloud.exposed);
    expect(await opens(cloud.exposed)).toEqual([]);
    expect(groups()).toBe(before);
    expect(reachable(STRANGER)).toBe(true);
  });

  it('is done once, and takes more ports in and out', async () => {
    await start();
    cloud.sim.human.addRule('jump-1-nsg', { name: 'desktops', priority: 320, source: '*', ports: '3389' });
    const before = groups();
    await close(cloud.exposed, [SSH]);
    expect([reachable(STRANGER), reachable(STRANGER, 3389)]).toEqual([false, true]);
    await close(cloud.exposed);
    expect(reachable(STRANGER, 3389)).toBe(false);
    const written = cloud.mutations();
    await close(cloud.exposed);
    expect(cloud.mutations()).toBe(written);
    await putBack(cloud.exposed, [SSH]);
    expect([reachable(STRANGER), reachable(STRANGER, 3389)]).toEqual([true, false]);
    await putBack(cloud.exposed);
    expect(groups()).toBe(before);
  });

  it('says what stands before everything, and moves nothing of others', async () => {
    await start();
    cloud.sim.human.addRule('jump-1-nsg', { name: 'first', priority: 100, source: '*', ports: '22' });
    const before = groups();
    const { remedies, stays } = await plan(cloud.exposed);
    expect(remedies).toEqual([]);
    expect(stays.map(stayText)).toContain(
      '22 stays open to * through first: its priority is 100, and none is free before it; move it in Azure.',
    );
    expect((await close(cloud.exposed)).length).toBeGreaterThan(0);
    expect(groups()).toBe(before);
  });
});

it('leaves groups that Defender writes to Defender, and says so', async () => {
  cloud = await azureHarness();
  await cloud.adapter.protect(cloud.exposed, { ports: [{ port: SSH, sources: [], longestMs: HOUR_MS }] }, never);
  const before = cloud.mutations();
  const { remedies, stays } = await plan(cloud.exposed);
  expect(remedies).toEqual([]);
  expect(stays.map(stayText)).toEqual([
    '22 stays open to 0.0.0.0/0 through allow-ssh-office: Defender writes these groups; change the rule in Azure, or use the nsg backend for this subscription.',
  ]);
  expect(await close(cloud.exposed)).toEqual(stays);
  expect(await putBack(cloud.exposed)).toEqual([]);
  expect(cloud.mutations()).toBe(before);
});

describe.each(['classic', 'policy', 'hub'] as const)(
  'closing what others let stand open on a firewall (%s)',
  (kind) => {
    let firewall: FirewallHarness;
    const start = async () => {
      firewall = await firewallHarness(kind, {}, BARE);
      cloud = firewall;
      await firewall.openByHand(firewall.machine, 22);
      await firewall.adapter.protect(
        firewall.machine,
        { ports: [SSH, RDP].map((port) => ({ port, sources: [], longestMs: HOUR_MS })) },
        never,
      );
    };
    const inward = (): void => {
      const rules = [
        {
          name: 'branches',
          sourceAddresses: ['192.168.7.0/24'],
          destinationAddresses: ['10.0.0.0/16'],
          destinationPorts: ['*'],
        },
      ];
      if (kind === 'policy')
        firewall.sim.human.putRuleGroup('branch', {
          name: 'inward',
          priority: 410,
          collections: [
            {
              name: 'inward',
              priority: 200,
              ruleCollectionType: 'FirewallPolicyFilterRuleCollection',
              action: { type: 'Allow' },
              rules: rules.map((one) => ({ ...one, ruleType: 'NetworkRule', ipProtocols: ['TCP'] })),
            } as PolicyCollection,
          ],
        });
      else
        firewall.sim.human.putCollection('edge', 'network', {
          name: 'inward',
          priority: 200,
          action: { type: 'Allow' },
          rules: rules.map((one) => ({ ...one, protocols: ['TCP'] })),
        } as ClassicCollection);
    };

    // What a firewall policy translates no network rule denies.
    if (kind !== 'policy')
      it('denies before their rules, lets leases through, and leaves no trace', async () => {
        await start();
        const before = firewall.others();
        expect(firewall.reachable(STRANGER)).toBe(true);
        const [remedy] = (await plan(firewall.machine)).remedies;
        expect(remedy && remedyText(remedy)).toMatch(
          /^Firewall edge: a deny rule of Drawbridge closes 22 to 10\.0\.0\.4, before .*by-hand-22\/all \(translates 2222 of 198\.51\.100\.9, which stays for others\)\. Open sessions/,
        );
        expect(await close(firewall.machine)).toEqual([]);
        firewall.advance(5 * MINUTE_MS);
        expect(firewall.reachable(STRANGER)).toBe(false);
        // No group is in front of it: the firewall keeps nobody out who is inside.
        const inside = ['22 no network security group', '3389 no network security group'];
        expect(await standing(firewall.machine)).toEqual(inside);
        const { placement, connect } = await openOne(firewall, await placeOne(firewall), firewall.now() + HOUR_MS);
        expect(connect).toMatch(/^198\.51\.100\.9:4\d{4}$/);
        expect([firewall.reachable(CLIENT), firewall.reachable(STRANGER)]).toEqual([true, false]);
        const { ours } = await firewall.adapter.observe(firewall.machine, [placement], never);
        expect(ours).toMatchObject([{ mark: 'valid', until: expect.any(Number), connect }]);
        const found = await Array.fromAsync(firewall.adapter.patrol(never));
        expect(found).toMatchObject([{ mark: 'valid' }]);
        await firewall.adapter.close([placement], never, go);
        expect(firewall.reachable(CLIENT)).toBe(false);
        expect(await opens(firewall.machine)).toEqual([
          expect.stringMatching(
            /^Firewall edge: 22 of 10\.0\.0\.4 is let in again by .*by-hand-22\/all \(from \*\).* On web-1\. Public\.$/,
          ),
        ]);
        await putBack(firewall.machine);
        expect(await opens(firewall.machine)).toEqual([]);
        await firewall.adapter.unprotect(firewall.machine, never);
        firewall.advance(5 * MINUTE_MS);
        expect(firewall.reachable(STRANGER)).toBe(true);
        expect(firewall.others()).toBe(before);
        expect(JSON.stringify(firewall.sim.state().firewalls)).not.toContain('drawbridge');
      });

    it('closes to those inside too, and lets their leases through', async () => {
      await start();
      inward();
      expect(firewall.reachable('192.168.7.9')).toBe(true);
      await close(firewall.machine);
      firewall.advance(5 * MINUTE_MS);
      expect(firewall.reachable('192.168.7.9')).toBe(false);
      const inside = rule(firewall.machine, 22, '192.168.7.9/32');
      const { placement } = await openOne(firewall, await placeOne(firewall, inside), firewall.now() + HOUR_MS);
      expect([firewall.reachable('192.168.7.9'), firewall.reachable('192.168.7.10')]).toEqual([true, false]);
      await firewall.adapter.close([placement], never, go);
      expect(firewall.reachable('192.168.7.9')).toBe(false);
    });

    // What a firewall policy translates no network rule denies.
    if (kind !== 'policy')
      it('writes the pass again when somebody took it away', async () => {
        await start();
        await close(firewall.machine);
        const placement = await placeOne(firewall);
        const until = firewall.now() + HOUR_MS;
        await openOne(firewall, placement, until);
        firewall.sim.human.dropCollection('drawbridge-test-passes');
        expect(firewall.reachable(CLIENT)).toBe(false);
        const { ours } = await firewall.adapter.observe(firewall.machine, [placement], never);
        expect(ours[0]?.until).toBeUndefined();
        await openOne(firewall, placement, until);
        expect(firewall.reachable(CLIENT)).toBe(true);
      });

    it('says when no place is left before the rules of others', async () => {
      await start();
      inward();
      if (kind === 'policy')
        firewall.sim.human.putRuleGroup('branch', { name: 'first', priority: 100, collections: [] });
      else
        firewall.sim.human.putCollection('edge', 'network', {
          name: 'first',
          priority: 100,
          action: { type: 'Allow' },
          rules: [
            {
              name: 'dns',
              protocols: ['UDP'],
              sourceAddresses: ['10.0.0.0/8'],
              destinationAddresses: ['10.9.9.9'],
              destinationPorts: ['53'],
            },
          ],
        });
      const { remedies, stays } = await plan(firewall.machine);
      expect(remedies).toEqual([]);
      expect(stays.map(stayText).join(' ')).toMatch(/no priority is free before it; move it back in Azure\./);
    });
  },
);
