import { afterEach, describe, expect, test } from 'vitest';
import { defaultMachines } from '../../../simulators/azure/machines.ts';
import { never, rule } from '../../conformance/cloud-steps.ts';
import { edge, governed, guarded, sshToApp } from '../../simulators/azure-firewalls.ts';
import { KINDS, OTHER, type TwoSubscriptions, twoSubscriptions } from './two-subscriptions.ts';

/** Firewalls, and what their rules name, in another subscription of which nothing can be read. */

let here: TwoSubscriptions;
afterEach(() => here.cloud.stop());

async function start(...asked: Parameters<typeof twoSubscriptions>) {
  here = await twoSubscriptions(...asked);
  return here.human;
}

describe.each(KINDS)('in a subscription that %s', (_, isConfigured) => {
  test('the parent of a firewall policy, an IP group, the policy itself: nobody can tell', async () => {
    const human = await start(isConfigured, { machines: [...defaultMachines, guarded()], network: governed() });
    const app = here.cloud.idOf('app-1');
    const told = async () => (await here.others(app)).filter((one) => one.startsWith(' '));
    human.moveResource('firewallPolicies', 'base', OTHER);
    expect(await told()).toEqual([' firewall policy base, a parent that could not be read']);
    expect((await here.verdict('app-1'))?.verdict).toBe('unknown');
    human.moveResource('firewallPolicies', 'branch', OTHER);
    expect(await told()).toEqual([' the rules of the firewall edge, which could not be read']);
    expect((await here.verdict('app-1'))?.verdict).toBe('unknown');
    expect((await here.verdict('jump-1'))?.verdict).toBe('unhealthy');
  });

  test('an IP group that a rule of a firewall names', async () => {
    const human = await start(isConfigured, { machines: [...defaultMachines, guarded()], network: edge() });
    human.putIpGroup('admins', ['192.168.7.0/24']);
    human.moveResource('ipGroups', 'admins', OTHER);
    const id = `/subscriptions/${OTHER}/resourceGroups/rg-prod/providers/Microsoft.Network/ipGroups/admins`;
    const [ssh] = sshToApp.rules;
    human.putCollection('edge', 'nat', {
      name: 'ssh',
      priority: 210,
      action: { type: 'Dnat' },
      rules: [
        {
          name: 'ssh',
          protocols: ['TCP'],
          sourceIpGroups: [id],
          destinationAddresses: ['198.51.100.9'],
          destinationPorts: ['2222'],
          translatedAddress: ssh?.destinationAddresses?.[0] ?? '',
          translatedPort: '22',
        },
      ],
    });
    expect(await here.others(here.cloud.idOf('app-1'))).toContain('the IP group admins edge: ssh/ssh');
    here.later();
    const traced = await here.adapter.trace({ ...rule(here.cloud.idOf('app-1')), source: '192.168.7.9/32' }, never);
    expect(JSON.stringify(traced)).toContain('who is in the IP group admins');
  });

  describe('a firewall', () => {
    const hub = { privateIp: '10.1.250.4', publicIps: ['198.51.100.9'] };
    const toWeb = {
      name: 'ssh',
      protocols: ['TCP'],
      sourceAddresses: ['*'],
      destinationAddresses: ['198.51.100.9'],
      destinationPorts: ['2222'],
      translatedAddress: '10.0.0.4',
      translatedPort: '22',
    };
    const nat = [{ name: 'in', priority: 200, action: { type: 'Dnat' }, rules: [toWeb] } as const];
    const network = {
      vnets: [
        { name: 'hub', prefixes: ['10.1.0.0/16'], resourceGroup: 'rg-hub' },
        { name: 'vnet-prod', prefixes: ['10.0.0.0/16'], peers: ['hub'] },
      ],
      firewalls: [{ name: 'edge', resourceGroup: 'rg-hub', vnet: 'hub', nat, ...hub }],
    };
    const unknown = 'which firewalls are in the virtual network hub, as its subscription could not be read';
    const none = { name: 'none', priority: 310, source: '*', access: 'Deny', ports: '22' } as const;

    test('in a network that the machine is peered with may bring in anybody', async () => {
      const human = await start(isConfigured, { network });
      for (const group of ['web-1-nsg', 'subnet-web-nsg']) {
        here.open(group, '10.1.250.0/26');
        human.addRule(group, none);
      }
      human.moveResourceGroup('rg-hub', OTHER);
      expect(here.isIn()).toBe(true);
      expect(await here.others()).toContain(` ${unknown}`);
      expect((await here.verdict('web-1'))?.stillOpen ?? []).toEqual([]);
    });

    test('is no reason to doubt where the groups let nobody of its network in', async () => {
      const human = await start(isConfigured, { network });
      for (const group of ['web-1-nsg', 'subnet-web-nsg']) human.addRule(group, none);
      human.moveResourceGroup('rg-hub', OTHER);
      expect([here.isIn(), (await here.state())?.state, await here.others()]).toEqual([false, 'closed', []]);
    });

    test('that its route leads to is named when somebody asks why, and by the recommendations', async () => {
      const human = await start(isConfigured, { network });
      for (const group of ['web-1-nsg', 'subnet-web-nsg']) here.open(group);
      human.setRoute('web', 'edge');
      human.moveResourceGroup('rg-hub', OTHER);
      expect(await here.ways()).toContain('public address 198.51.100.4: unknown');
      const { warnings } = await here.adapter.look(here.cloud.machine, never);
      expect(warnings?.join()).toContain('answers leave through 10.1.250.4');
    });

    test('elsewhere is read as ever', async () => {
      const human = await start(isConfigured, { machines: [...defaultMachines, guarded()], network: edge({ nat }) });
      human.setRoute('web', 'edge');
      for (const group of ['web-1-nsg', 'subnet-web-nsg']) here.open(group);
      expect(here.isIn()).toBe(true);
      expect(await here.others()).toContain('* edge: in/ssh');
    });
  });
});
