import { afterEach, describe, expect, it } from 'vitest';
import type { ClassicCollection, PolicyCollection } from '../../../simulators/azure/firewall-model.ts';
import { HOUR_MS, MINUTE_MS } from '../../../src/core/language/instant.ts';
import { remedyText, stayText } from '../../../src/core/machine/lockdown.ts';
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
      'Network security group jump-1-nsg: a rule of ours at 299 denies 22 to 10.0.2.4, before allow-ssh-office (300).',
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
    await putBack(cloud.exposed);
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
      '22 stays open to * through first: it stands at 100, and no number is free before it; move it in Azure.',
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
    let wall: FirewallHarness;
    const start = async () => {
      wall = await firewallHarness(kind, {}, BARE);
      cloud = wall;
      await wall.openByHand(wall.machine, 22);
      await wall.adapter.protect(
        wall.machine,
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
        wall.sim.human.putRuleGroup('branch', {
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
        wall.sim.human.putCollection('edge', 'network', {
          name: 'inward',
          priority: 200,
          action: { type: 'Allow' },
          rules: rules.map((one) => ({ ...one, protocols: ['TCP'] })),
        } as ClassicCollection);
    };

    it('denies before their rules, lets leases through, and leaves no trace', async () => {
      await start();
      const before = wall.others();
      expect(wall.reachable(STRANGER)).toBe(true);
      const [remedy] = (await plan(wall.machine)).remedies;
      expect(remedy && remedyText(remedy)).toMatch(
        /^Firewall edge: a rule of ours denies 22 to 10\.0\.0\.4, before .*by-hand-22\/all \(translates 2222 of 198\.51\.100\.9, which stays for others\)\. Open sessions/,
      );
      expect(await close(wall.machine)).toEqual([]);
      wall.advance(5 * MINUTE_MS);
      expect(wall.reachable(STRANGER)).toBe(false);
      expect(await standing(wall.machine)).toEqual([]);
      const { placement, connect } = await openOne(wall, await placeOne(wall), wall.now() + HOUR_MS);
      expect(connect).toMatch(/^198\.51\.100\.9:4\d{4}$/);
      expect([wall.reachable(CLIENT), wall.reachable(STRANGER)]).toEqual([true, false]);
      const { ours } = await wall.adapter.observe(wall.machine, [placement], never);
      expect(ours).toMatchObject([{ mark: 'valid', until: expect.any(Number), connect }]);
      const found = await Array.fromAsync(wall.adapter.patrol(never));
      expect(found).toMatchObject([{ mark: 'valid' }]);
      await wall.adapter.close([placement], never, go);
      expect(wall.reachable(CLIENT)).toBe(false);
      await putBack(wall.machine);
      await wall.adapter.unprotect(wall.machine, never);
      wall.advance(5 * MINUTE_MS);
      expect(wall.reachable(STRANGER)).toBe(true);
      expect(wall.others()).toBe(before);
      expect(JSON.stringify(wall.sim.state().firewalls)).not.toContain('drawbridge');
    });

    it('closes to those inside too, and lets their leases through', async () => {
      await start();
      inward();
      expect(wall.reachable('192.168.7.9')).toBe(true);
      await close(wall.machine);
      wall.advance(5 * MINUTE_MS);
      expect(wall.reachable('192.168.7.9')).toBe(false);
      const inside = rule(wall.machine, 22, '192.168.7.9/32');
      const { placement } = await openOne(wall, await placeOne(wall, inside), wall.now() + HOUR_MS);
      expect([wall.reachable('192.168.7.9'), wall.reachable('192.168.7.10')]).toEqual([true, false]);
      await wall.adapter.close([placement], never, go);
      expect(wall.reachable('192.168.7.9')).toBe(false);
    });

    it('writes the pass again when somebody took it away', async () => {
      await start();
      await close(wall.machine);
      const placement = await placeOne(wall);
      const until = wall.now() + HOUR_MS;
      await openOne(wall, placement, until);
      wall.sim.human.dropCollection('drawbridge-test-passes');
      expect(wall.reachable(CLIENT)).toBe(false);
      const { ours } = await wall.adapter.observe(wall.machine, [placement], never);
      expect(ours[0]?.until).toBeUndefined();
      await openOne(wall, placement, until);
      expect(wall.reachable(CLIENT)).toBe(true);
    });

    it('says when no place is left before the rules of others', async () => {
      await start();
      if (kind === 'policy') wall.sim.human.putRuleGroup('branch', { name: 'first', priority: 100, collections: [] });
      else
        wall.sim.human.putCollection('edge', 'network', {
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
      const { remedies, stays } = await plan(wall.machine);
      expect(remedies).toEqual([]);
      expect(stays.map(stayText)[0]).toMatch(/no place is free before the rules of others; move them back in Azure\.$/);
    });
  },
);

it('leaves the rules of a parent policy, which come first, and says so', async () => {
  const wall = await firewallHarness('policy', {}, BARE);
  cloud = wall;
  wall.sim.human.putRuleGroup('base', {
    name: 'everywhere',
    priority: 300,
    collections: [
      {
        name: 'admins',
        priority: 200,
        ruleCollectionType: 'FirewallPolicyFilterRuleCollection',
        action: { type: 'Allow' },
        rules: [
          {
            ruleType: 'NetworkRule',
            name: 'all',
            ipProtocols: ['TCP'],
            sourceAddresses: ['192.168.0.0/16'],
            destinationAddresses: ['10.0.0.0/8'],
            destinationPorts: ['22'],
          },
        ],
      },
    ],
  });
  await wall.adapter.protect(wall.machine, { ports: [{ port: SSH, sources: [], longestMs: HOUR_MS }] }, never);
  const { remedies, stays } = await plan(wall.machine, [SSH]);
  expect(remedies).toEqual([]);
  expect(stays.map(stayText)).toEqual([
    '22 stays open to 192.168.0.0/16 through edge: base/everywhere/admins/all: a parent policy has it, whose rules come before all of ours.',
  ]);
});
