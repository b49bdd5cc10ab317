import { afterEach, describe, expect, it } from 'vitest';
import type { ClassicCollection, ClassicRule } from '../../../simulators/azure/firewall-model.ts';
import { LISTED_THREAT } from '../../../simulators/azure/reach.ts';
import { never } from '../../conformance/cloud-steps.ts';
import { FIREWALL_IP } from '../../simulators/azure-firewalls.ts';
import { type FirewallHarness, type FirewallKind, firewallHarness } from './firewall-harness.ts';

const STRANGER = '198.51.100.200';
const OFFICE = '203.0.113.7';
const SUBNET = '10.0.250.0/26';
const GROUP =
  '/subscriptions/11112222-3333-4444-5555-666677778888/resourceGroups/rg-prod/providers/Microsoft.Network/ipGroups/office';

let cloud: FirewallHarness;
afterEach(() => cloud.stop());

/** `web-1`, whose groups let nobody to 22 but the firewall, and these rules on it. */
async function start(kind: FirewallKind = 'classic') {
  cloud = await firewallHarness(kind);
  for (const group of ['subnet-web-nsg', 'web-1-nsg']) {
    cloud.sim.human.addRule(group, { name: 'firewall', priority: 200, source: SUBNET, ports: '22' });
    cloud.sim.human.addRule(group, { name: 'nobody', priority: 201, access: 'Deny', source: '*', ports: '22' });
  }
}

const ssh = (change: Partial<ClassicRule> = {}): ClassicRule => ({
  name: 'ssh',
  protocols: ['TCP'],
  sourceAddresses: ['*'],
  destinationAddresses: [FIREWALL_IP],
  destinationPorts: ['2222'],
  translatedAddress: '10.0.0.4',
  translatedPort: '22',
  ...change,
});
const nat = (...rules: readonly ClassicRule[]): ClassicCollection => ({
  name: 'in',
  priority: 200,
  action: { type: 'Dnat' },
  rules,
});
const deny = (sourceAddresses: readonly string[]): ClassicCollection => ({
  name: 'never',
  priority: 300,
  action: { type: 'Deny' },
  rules: [
    {
      name: 'them',
      protocols: ['Any'],
      sourceAddresses,
      destinationAddresses: ['10.0.0.0/16'],
      destinationPorts: ['*'],
    },
  ],
});

/** What is said to let people in by the firewall, once what is remembered of networks is forgotten. */
async function through(): Promise<readonly string[]> {
  cloud.advance(11_000);
  const { others } = await cloud.adapter.observe(cloud.machine, [], never);
  const found = others.filter(({ port, through: by }) => port.number === 22 && /edge|IP group/.test(by));
  return found.map(({ source, through: by }) => `${source} ${by}`);
}

describe('what a firewall translates', () => {
  it('comes in past no rule that denies it on a classic firewall', async () => {
    await start();
    cloud.sim.human.putCollection('edge', 'nat', nat(ssh()));
    expect(await through()).toEqual(['* edge: in/ssh']);
    cloud.sim.human.putCollection('edge', 'network', deny(['0.0.0.0/1', '128.0.0.0/1']));
    expect(cloud.reachable(STRANGER)).toBe(false);
    expect(await through()).toEqual([]);
    cloud.sim.human.putCollection('edge', 'network', deny(['198.51.100.0/24']));
    expect([cloud.reachable(STRANGER), cloud.reachable(OFFICE)]).toEqual([false, true]);
    expect(await through()).toEqual(['* edge: in/ssh']);
  });

  it('is not named where the groups behind it keep the firewall out', async () => {
    await start();
    cloud.sim.human.removeRule('web-1-nsg', 'firewall');
    cloud.sim.human.putCollection('edge', 'nat', nat(ssh()));
    expect(cloud.reachable(STRANGER)).toBe(false);
    expect(await through()).toEqual([]);
  });

  it('is for whom an IP group holds, and nobody can tell where it may not be read', async () => {
    await start();
    cloud.sim.human.putIpGroup('office', ['203.0.113.0/24']);
    const rule = ssh({ sourceAddresses: [], sourceIpGroups: [GROUP] });
    cloud.sim.human.putCollection('edge', 'nat', nat(rule));
    expect([cloud.reachable(STRANGER), cloud.reachable(OFFICE)]).toEqual([false, true]);
    expect(await through()).toEqual(['the IP group office edge: in/ssh']);
    cloud.sim.human.putIpGroup('office', []);
    expect(cloud.reachable(OFFICE)).toBe(false);
    expect(await through()).toEqual([]);
    cloud.sim.faults.add('IpGroups_Get', { kind: 'error', status: 403, code: 'AuthorizationFailed' }, 99);
    expect(await through()).toEqual(['the IP group office edge: in/ssh']);
  });

  it('goes to the first translation that takes it', async () => {
    await start();
    const first = ssh({ name: 'elsewhere', sourceAddresses: ['198.51.100.0/24'], translatedAddress: '10.0.9.9' });
    cloud.sim.human.putCollection('edge', 'nat', nat(first, ssh({ sourceAddresses: ['198.51.100.0/25'] })));
    expect(cloud.reachable('198.51.100.17')).toBe(false);
    expect(await through()).toEqual([]);
  });

  it('comes to a machine whose routes lead past the firewall: answers go back to it', async () => {
    await start();
    cloud.sim.human.setRoute('web', undefined);
    cloud.sim.human.putCollection('edge', 'nat', nat(ssh()));
    expect(cloud.reachable(STRANGER)).toBe(true);
    expect(await through()).toEqual(['* edge: in/ssh']);
  });

  it('does not come by a firewall that is deallocated', async () => {
    await start();
    cloud.sim.human.putCollection('edge', 'nat', nat(ssh()));
    cloud.sim.human.deallocateFirewall('edge');
    expect(cloud.reachable(STRANGER)).toBe(false);
    expect(await through()).toEqual([]);
  });

  it('is not known after an update that failed: the rules from before are in force', async () => {
    await start();
    cloud.sim.human.putCollection('edge', 'nat', nat(ssh()));
    cloud.sim.human.failFirewall('edge', { nat: [], network: [] });
    expect(cloud.reachable(STRANGER)).toBe(true);
    expect(await through()).toEqual([' which rules of the firewall edge are in force, as its last update failed']);
  });

  it.each<FirewallKind>(['classic', 'policy'])('meets threat intelligence first (%s)', async (kind) => {
    await start(kind);
    await cloud.openByHand(cloud.machine, 22);
    const state = async () => {
      cloud.advance(11_000);
      const { effective } = await cloud.adapter.observe(cloud.machine, [], never);
      return effective.find(({ port }) => port.number === 22);
    };
    for (const group of ['subnet-web-nsg', 'web-1-nsg']) cloud.sim.human.removeRule(group, 'by-hand-22');
    const trace = async (source: string) => {
      const asked = { machine: cloud.machine, port: { number: 22, protocol: 'tcp' }, source } as const;
      const { ways } = await cloud.adapter.trace(asked, never);
      return ways.flatMap(({ to, steps }) => (to.startsWith('firewall') ? [steps[0]?.passing] : []));
    };
    expect(await trace(`${LISTED_THREAT}/32`)).toEqual(['passes']);
    cloud.sim.human.setThreatIntelligence('edge', 'Deny', [OFFICE]);
    expect([cloud.reachable(LISTED_THREAT), cloud.reachable(OFFICE)]).toEqual([false, true]);
    cloud.advance(11_000);
    expect(await trace(`${LISTED_THREAT}/32`)).toEqual(['unknown']);
    expect(await trace(`${OFFICE}/32`)).toEqual(['passes']);
    expect((await state())?.state).toBe('open');
  });
});
