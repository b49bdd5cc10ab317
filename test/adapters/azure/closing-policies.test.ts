import { afterEach, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../src/core/language/instant.ts';
import { stayText } from '../../../src/core/machine/lockdown.ts';
import type { MachineId } from '../../../src/core/machine/machine.ts';
import type { Port } from '../../../src/core/rule/port.ts';
import { never } from '../../conformance/cloud-steps.ts';
import { memoryUndo } from '../../memory/undo.ts';
import { BARE, type FirewallHarness, firewallHarness } from './firewall-harness.ts';

const SSH: Port = { number: 22, protocol: 'tcp' };
const STRANGER = '198.51.100.200';

let cloud: FirewallHarness;
afterEach(() => cloud.stop());

async function behindPolicy(): Promise<FirewallHarness> {
  cloud = await firewallHarness('policy', {}, BARE);
  return cloud;
}

const plan = (machine: MachineId, ports = [SSH]) => cloud.adapter.planLockdown({ machine, ports, how: 'close' }, never);
const close = (machine: MachineId, ports = [SSH]) =>
  cloud.adapter.lockDown({ machine, ports, how: 'close' }, memoryUndo(), never);

it('leaves what a firewall policy translates, which no rule denies there, and says so', async () => {
  const firewall = await behindPolicy();
  await firewall.openByHand(firewall.machine, 22);
  const { remedies, stays } = await plan(firewall.machine, [SSH]);
  expect(remedies).toEqual([]);
  expect(stays.map(stayText)).toEqual([
    '22 stays open to * through edge: branch/by-hand-22/by-hand-22/all: it translates, and in a firewall policy no rule denies what is translated.',
  ]);
  expect(await close(firewall.machine)).toEqual(stays);
  firewall.advance(5 * MINUTE_MS);
  expect(firewall.reachable(STRANGER)).toBe(true);
});

it('leaves the rules of a parent policy, which come first, and says so', async () => {
  const firewall = await behindPolicy();
  firewall.sim.human.putRuleGroup('base', {
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
  await firewall.adapter.protect(firewall.machine, { ports: [{ port: SSH, sources: [], longestMs: HOUR_MS }] }, never);
  const { remedies, stays } = await plan(firewall.machine, [SSH]);
  expect(remedies).toEqual([]);
  expect(stays.map(stayText)).toEqual([
    '22 stays open to 192.168.0.0/16 through edge: base/everywhere/admins/all: it is in a parent policy, whose rules come first.',
  ]);
});
