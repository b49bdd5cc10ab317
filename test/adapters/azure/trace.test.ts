import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { defaultMachines } from '../../../simulators/azure/machines.ts';
import { HOUR_MS } from '../../../src/core/language/instant.ts';
import { bestFirst, tracedAs } from '../../../src/core/machine/trace.ts';
import { never, openOne, placeOne, rule } from '../../conformance/cloud-steps.ts';
import { edge, guarded, sshFilter, sshNat } from '../../simulators/azure-firewalls.ts';
import type { AzureHarness } from './harness.ts';
import { nsgHarness } from './nsg-harness.ts';

let cloud: AzureHarness;
afterEach(() => cloud.stop());

const HOME = '203.0.113.7/32';
async function told(source: string, machine = cloud.machine) {
  // What is around a machine is remembered for some seconds.
  cloud.advance(11_000);
  const { ways } = await cloud.adapter.trace({ ...rule(machine), source }, never);
  return bestFirst(ways).map((way) => [
    `${way.to}: ${tracedAs(way)}`,
    ...way.steps.map(({ at, passing, because }) => `${passing}: ${at}, ${because}`),
  ]);
}

describe('a packet to a machine with a public address', () => {
  beforeEach(async () => {
    cloud = await nsgHarness();
  });

  test('is stopped by the rule that protects it, and passes while a lease is open', async () => {
    const [closed] = await told(HOME);
    expect(closed?.[0]).toBe('public address 198.51.100.4: blocked');
    expect(closed?.slice(1)).toEqual([
      expect.stringMatching(
        /^stopped: network security group subnet-web-nsg, rule drawbridge-test-deny-\w+ \(\d+\) denies it$/,
      ),
      expect.stringMatching(
        /^stopped: network security group web-1-nsg, rule drawbridge-test-deny-\w+ \(\d+\) denies it$/,
      ),
    ]);
    await openOne(cloud, await placeOne(cloud), cloud.now() + HOUR_MS);
    const [open] = await told(HOME);
    expect(open?.map((line) => line.replace(/drawbridge-\S+ \(\d+\)/, '…'))).toEqual([
      'public address 198.51.100.4: open',
      'passes: network security group subnet-web-nsg, rule … allows it',
      'passes: network security group web-1-nsg, rule … allows it',
    ]);
    expect(cloud.sim.reachable({ from: '203.0.113.7', machine: 'web-1', port: 22 })).toBe(true);
  });

  test('meets the admin rules first, and groups behind one that always allows do not count', async () => {
    const admin = { priority: 10, protocol: 'Tcp', ports: ['22'], sources: ['203.0.113.0/24'] } as const;
    cloud.sim.human.putAdminRule({ ...admin, name: 'ops', access: 'AlwaysAllow' });
    expect(await told(HOME)).toEqual([
      ['public address 198.51.100.4: open', 'passes: security admin rules, manager/collection/ops always allows it'],
    ]);
    cloud.sim.human.putAdminRule({ ...admin, name: 'ops', access: 'Deny' });
    expect((await told(HOME)).flat()).toContain('stopped: security admin rules, manager/collection/ops denies it');
  });

  test('passes a deny that is for another destination, and says so', async () => {
    const jump = cloud.idOf('jump-1');
    const deny = {
      name: 'no-ssh',
      priority: 250,
      access: 'Deny',
      source: '*',
      destination: 'Internet',
      ports: '22',
    } as const;
    cloud.sim.human.addRule('jump-1-nsg', deny);
    expect(await told(HOME, jump)).toEqual([
      [
        'public address 198.51.100.6: open',
        'passes: network security group jump-1-nsg, rule allow-ssh-office (300) allows it; no-ssh (250) does not deny it, as it is for the destination Internet',
      ],
    ]);
  });

  test('finds that the machine is stopped', async () => {
    cloud.sim.human.stopVm('web-1');
    expect((await told(HOME)).flat()).toContain('stopped: machine, it is not running');
  });

  test('is not answered where its route leads to nobody knows what', async () => {
    await openOne(cloud, await placeOne(cloud), cloud.now() + HOUR_MS);
    const hop = { nextHopType: 'VirtualAppliance', nextHopIp: '10.0.200.4' } as const;
    cloud.sim.human.setRoutes('web', [{ name: 'all', prefix: '0.0.0.0/0', ...hop }]);
    const [way] = await told(HOME);
    expect([way?.[0], way?.at(-1)]).toEqual([
      'public address 198.51.100.4: unknown',
      'unknown: way back, answers leave through 10.0.200.4',
    ]);
  });

  test('has no way to a machine without one, and from a connected network it has', async () => {
    const db = cloud.idOf('db-1');
    expect(await told(HOME, db)).toEqual([]);
    expect(await told('10.0.0.4/32', db)).toEqual([
      [
        '10.0.1.4, over the network: open',
        'passes: network security group subnet-db-nsg, rule AllowVnetInBound (65000) allows it',
      ],
    ]);
  });
});

test('a packet through a firewall meets its rule, and the groups as one from the firewall', async () => {
  cloud = await nsgHarness({ machines: [...defaultMachines, guarded()], network: edge({ nat: [sshNat('*')] }) });
  const [way] = await told(HOME, cloud.idOf('app-1'));
  expect(way?.[0]).toMatch(/^firewall 198\.51\.100\.9:\d+: open$/);
  expect(way?.at(-1)).toBe('passes: network security group subnet-app-nsg, rule AllowVnetInBound (65000) allows it');
});

test('a packet that a classic firewall would translate and a rule of it denies is told the collection and the rule', async () => {
  const network = edge({ nat: [sshNat('*')], network: [sshFilter('Deny', '203.0.113.0/24')] });
  cloud = await nsgHarness({ machines: [...defaultMachines, guarded()], network });
  expect(await told(HOME, cloud.idOf('app-1'))).toEqual([
    [
      'firewall 198.51.100.9:40022: blocked',
      'stopped: firewall rule edge: drawbridge-leases/ssh, the network rule edge: ssh-deny/ssh denies it',
    ],
  ]);
});
