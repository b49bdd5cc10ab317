import { describe, expect, it } from 'vitest';
import type { NetworkSpec } from '../../simulators/azure/network-spec.ts';
import { HOUR_MS, MINUTE_MS, port22, refusal, startAzure } from './azure-clients.ts';
import { edge, FIREWALL_IP, governed, guarded, httpsNat } from './azure-firewalls.ts';

const client = '203.0.113.7';
const ssh = { from: client, machine: 'app-1', port: 22 };

async function start(network: NetworkSpec, options = {}, face = {}) {
  const all = await startAzure({ machines: [guarded(face)], network, ...options });
  const collections = () => all.azure.state().firewalls[0]?.collections ?? [];
  const jitRules = () =>
    collections()
      .filter((c) => c.writer === 'defender')
      .flatMap((c) => c.rules);
  return { ...all, collections, jitRules };
}

describe('Defender with a classic firewall', () => {
  it('opens on the firewall and in the group, tells the port, and closes both at the end', async () => {
    const { azure, clock, protect, initiate, jit, allows, collections, jitRules } = await start(
      edge({ nat: [httpsNat] }),
    );
    azure.human.addRule('subnet-app-nsg', { name: 'all', priority: 4000, source: 'VirtualNetwork', ports: '*' });
    azure.behaviour.renumber = true;
    await protect('app-1');
    expect(azure.reachable(ssh)).toBe(false);
    const request = await initiate('app-1');
    expect(request.virtualMachines[0]?.ports[0]?.mappedPort).toBe(40022);
    expect(collections().map((c) => [c.name, c.priority, c.writer])).toEqual([
      ['MDC-JIT-Collection', 100, 'defender'],
      ['web', 200, 'customer'],
    ]);
    expect(jitRules()).toMatchObject([
      {
        name: expect.stringMatching(/^MDC-JIT-Rule-/),
        protocols: ['TCP'],
        sources: [client],
        destinations: [FIREWALL_IP],
        ports: ['40022'],
        to: { address: '10.0.3.4', port: 22 },
      },
    ]);
    expect(allows('subnet-app-nsg')[0]?.sources).toEqual(['10.0.250.0/26']);
    expect(azure.ways(ssh)).toMatchObject([{ through: 'firewall', address: FIREWALL_IP, port: 40022, open: true }]);
    expect(azure.reachable({ ...ssh, from: '203.0.113.8' })).toBe(false);
    const { requests = [] } = await jit.get('rg-prod', 'westeurope', 'default');
    expect(requests[0]?.virtualMachines[0]?.ports[0]?.mappedPort).toBe(40022);
    clock.advance(HOUR_MS);
    expect([azure.reachable(ssh), allows('subnet-app-nsg'), jitRules()]).toEqual([false, [], []]);
    expect(collections().map((c) => c.name)).toEqual(['web']);
  });

  it('as users report it lets the client into the group, so that nobody gets through', async () => {
    const { azure, protect, initiate, allows } = await start(edge(), { sourceBehindFirewall: 'client' });
    await protect('app-1');
    await initiate('app-1');
    expect(allows('subnet-app-nsg')[0]?.sources).toEqual([client]);
    expect(azure.ways(ssh)).toMatchObject([{ through: 'firewall', open: false }]);
  });

  it('supports a machine without a group, and gives each request a port of its own', async () => {
    const bare = { subnetNsg: undefined as never };
    const { azure, jit, vmId, initiate, jitRules } = await start(edge(), { onReplace: 'keep' }, bare);
    const publicIpAddress = FIREWALL_IP;
    const write = (address: string) =>
      jit.createOrUpdate('rg-prod', 'westeurope', 'default', {
        virtualMachines: [{ id: vmId('app-1'), ports: [port22()], publicIpAddress: address }],
      });
    expect(await refusal(write('198.51.100.10'))).toBe('400 BadRequest');
    await write(publicIpAddress);
    await initiate('app-1');
    await initiate('app-1', '203.0.113.8');
    expect(jitRules().map((r) => [r.sources, r.ports])).toEqual([
      [[client], ['40022']],
      [['203.0.113.8'], ['40023']],
    ]);
    expect(azure.ways({ ...ssh, from: '203.0.113.8' })).toMatchObject([{ port: 40023, open: true }]);
    expect(await refusal(initiate('app-1', '2001:db8::7'))).toBe('400 SecurityRuleInvalidAddressPrefix');
    await jit.delete('rg-prod', 'westeurope', 'default');
    expect(jitRules()).toEqual([]);
  });

  it('waits for an update that is under way, in opening and in closing', async () => {
    const { azure, clock, network, protect, initiate, jitRules } = await start(edge(), { firewallMs: 4 * MINUTE_MS });
    await protect('app-1');
    const firewall = await network.azureFirewalls.get('rg-prod', 'edge');
    const update = network.azureFirewalls.createOrUpdate('rg-prod', 'edge', firewall, { updateIntervalInMs: 10 });
    await expect.poll(() => azure.state().firewalls[0]?.updating).toBe(true);
    await initiate('app-1');
    expect(jitRules()).toEqual([]);
    clock.advance(4 * MINUTE_MS);
    await update;
    expect([jitRules().length, azure.reachable(ssh)]).toEqual([1, false]);
    clock.advance(4 * MINUTE_MS);
    expect(azure.reachable(ssh)).toBe(true);
    clock.advance(52 * MINUTE_MS);
    expect([jitRules().length, azure.state().firewalls[0]?.updating]).toEqual([0, true]);
    clock.advance(4 * MINUTE_MS);
    expect(azure.state().firewalls[0]?.updating).toBe(false);
  });

  it('does not open what is over before the firewall is free', async () => {
    const { azure, clock, network, protect, initiate, jitRules } = await start(edge(), { firewallMs: 2 * HOUR_MS });
    await protect('app-1');
    const firewall = await network.azureFirewalls.get('rg-prod', 'edge');
    const update = network.azureFirewalls.createOrUpdate('rg-prod', 'edge', firewall, { updateIntervalInMs: 10 });
    await expect.poll(() => azure.state().firewalls[0]?.updating).toBe(true);
    await initiate('app-1');
    clock.advance(3 * HOUR_MS);
    await update;
    expect([jitRules(), azure.state().firewalls[0]?.updating]).toEqual([[], false]);
  });

  it('leaves alone what has a firewall policy, or stands in another network', async () => {
    const policy = await start(governed());
    await policy.protect('app-1');
    const request = await policy.initiate('app-1');
    expect(request.virtualMachines[0]?.ports[0]?.mappedPort).toBeUndefined();
    expect(policy.jitRules()).toEqual([]);
    expect(policy.allows('subnet-app-nsg')[0]?.sources).toEqual([client]);
    const bare = await start(governed(), {}, { subnetNsg: undefined as never });
    expect(await refusal(bare.protect('app-1'))).toBe('400 BadRequest');
    const far: NetworkSpec = {
      vnets: [
        { name: 'hub', prefixes: ['10.1.0.0/16'] },
        { name: 'vnet-prod', prefixes: ['10.0.0.0/16'], peers: ['hub'] },
      ],
      firewalls: [{ name: 'edge', vnet: 'hub', privateIp: '10.1.250.4', publicIps: [FIREWALL_IP] }],
    };
    const hub = await start(far, {}, { subnetNsg: undefined as never });
    expect(await refusal(hub.protect('app-1'))).toBe('400 BadRequest');
  });
});

describe('people with rights', () => {
  it('change the firewall, the routes, the addresses and the manager around a machine', async () => {
    const { azure, collections } = await start(edge(), {}, { publicIp: '198.51.100.8' });
    const { human } = azure;
    human.addRule('subnet-app-nsg', { name: 'all', priority: 200, source: '*', ports: '22' });
    human.putCollection('edge', 'nat', {
      ...httpsNat,
      rules: httpsNat.rules.map((rule) => ({ ...rule, destinationPorts: ['22'], translatedPort: '22' })),
    });
    const open = () => azure.ways(ssh).flatMap((way) => (way.open ? [`${way.address}:${way.port}`] : []));
    expect(open()).toEqual([`${FIREWALL_IP}:22`]);
    human.setPrivateIp('app-1-nic', '10.0.3.4', '10.0.3.5');
    expect(open()).toEqual([]);
    human.setRoute('app', undefined);
    expect(open()).toEqual(['198.51.100.8:22']);
    human.setRoute('app', 'edge');
    expect(open()).toEqual([]);
    human.removeCollection('edge', 'nat', 'web');
    expect(collections()).toEqual([]);
    human.deleteFirewall('edge');
    expect([azure.state().firewalls, open()]).toEqual([[], []]);
    human.setRoute('app', undefined);
    expect(open()).toEqual(['198.51.100.8:22']);
    human.putAdminRule({ name: 'no', access: 'Deny', priority: 1, protocol: '*', sources: ['*'], ports: ['*'] });
    expect(open()).toEqual([]);
    human.removeAdminRule('no');
    expect(open()).toEqual(['198.51.100.8:22']);
  });
});
