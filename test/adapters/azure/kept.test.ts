import { afterEach, describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../../src/core/language/instant.ts';
import { go, never, openOne, placeOne } from '../../conformance/cloud-steps.ts';
import { type FirewallHarness, firewallHarness } from './firewall-harness.ts';
import { type AzureHarness, azureHarness, PROTECTION } from './harness.ts';

/** What a read-modify-write does not understand comes back as it was, at every level. */

type Json = Record<string, unknown>;

let cloud: AzureHarness;
afterEach(() => cloud.stop());

const OURS = /^drawbridge-/;
/** What every write changes, and what is ours. */
const others = (value: unknown): unknown => {
  if (Array.isArray(value))
    return value.filter((one) => !OURS.test((one as Json | null)?.name as string)).map((one) => others(one));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, item]) => (['etag', 'provisioningState'].includes(name) ? [] : [[name, others(item)]])),
  );
};
const bytes = (wire: unknown) => JSON.stringify(others(wire), null, 1);

/** Puts `more` into what the path leads to; `*` is every item of a list. */
function extended(value: unknown, path: readonly string[], more: Json): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return { ...(value as Json), ...more };
  if (first === '*') return (value as unknown[]).map((one) => extended(one, rest, more));
  return { ...(value as Json), [first]: extended((value as Json)[first], rest, more) };
}

const MORE = { drawnFrom: { in: ['2031-01-01', { deep: null }] }, Odd: false, nothing: null };

/** Opens, closes what was opened, and gives what is there after each. */
async function openAndClose(of: () => unknown): Promise<readonly string[]> {
  const placement = await placeOne(cloud);
  await openOne(cloud, placement, cloud.now() + HOUR_MS);
  const open = bytes(of());
  await cloud.adapter.close([placement], never, go);
  return [open, bytes(of())];
}

describe('a classic firewall keeps what is not understood', () => {
  const network = { name: 'net', priority: 900, action: { type: 'Allow' } } as const;
  const rules = [
    {
      name: 'n',
      protocols: ['TCP'],
      sourceAddresses: ['10.9.0.0/16'],
      destinationAddresses: ['10.8.0.1'],
      destinationPorts: ['99'],
    },
  ];

  it.each<[string, readonly string[], Json]>([
    ['at the root', [], MORE],
    ['at the root, null', [], { zones: null, identity: null }],
    ['in its properties', ['properties'], MORE],
    ['in its properties, null', ['properties'], { managementIpConfiguration: null, hubIPAddresses: null }],
    ['in its properties, odd case', ['properties'], { threatIntelMode: 'alert' }],
    ['in its addresses', ['properties', 'ipConfigurations', '*'], MORE],
    ['in what its addresses say', ['properties', 'ipConfigurations', '*', 'properties'], MORE],
    ['in the subnet of an address', ['properties', 'ipConfigurations', '*', 'properties', 'publicIPAddress'], MORE],
    ['in collections of translations', ['properties', 'natRuleCollections', '*'], MORE],
    ['in what these say', ['properties', 'natRuleCollections', '*', 'properties'], MORE],
    ['in their action', ['properties', 'natRuleCollections', '*', 'properties', 'action'], MORE],
    ['in their rules', ['properties', 'natRuleCollections', '*', 'properties', 'rules', '*'], MORE],
    [
      'in their rules, odd case and null',
      ['properties', 'natRuleCollections', '*', 'properties', 'rules', '*'],
      { protocols: ['tcp'], translatedFqdn: null, sourceIpGroups: null },
    ],
    ['in collections of filters', ['properties', 'networkRuleCollections', '*'], MORE],
    ['in what those say', ['properties', 'networkRuleCollections', '*', 'properties'], MORE],
    [
      'in their action, odd case',
      ['properties', 'networkRuleCollections', '*', 'properties', 'action'],
      { type: 'allow' },
    ],
    ['in filters', ['properties', 'networkRuleCollections', '*', 'properties', 'rules', '*'], MORE],
  ])('%s', async (_, path, more) => {
    const { sim } = await start();
    sim.human.putCollection('edge', 'network', { ...network, rules });
    sim.human.extendFirewall('edge', (wire) => extended(wire, path, more));
    const of = () => sim.human.wireOf.firewall('edge');
    const before = bytes(of());
    for (const name of Object.keys(more)) expect(before).toContain(`"${name}"`);
    expect(await openAndClose(of)).toEqual([before, before]);
  });

  const start = async (): Promise<FirewallHarness> => {
    const started = await firewallHarness('classic');
    cloud = started;
    return started;
  };

  it('and what Azure does not take over is told', async () => {
    const { sim, log } = await start();
    sim.human.extendFirewall('edge', (wire) => extended(wire, ['properties'], MORE));
    sim.human.answerOddly('AzureFirewalls_CreateOrUpdate', (wire: { properties: Json }) => {
      const { drawnFrom: _, ...properties } = wire.properties;
      return { ...wire, properties };
    });
    await openOne(cloud, await placeOne(cloud), cloud.now() + HOUR_MS);
    expect(log.lines).toContain('Azure did not take over all that was written back to it');
  });
});

describe('the group of a policy keeps what is not understood', () => {
  it.each<[string, readonly string[]]>([
    ['at the root', []],
    ['in its properties', ['properties']],
    ['in collections', ['properties', 'ruleCollections', '*']],
    ['in their action', ['properties', 'ruleCollections', '*', 'action']],
  ])('%s', async (_, path) => {
    const harness = await firewallHarness('policy');
    cloud = harness;
    const { human } = harness.sim;
    const first = await placeOne(cloud);
    await openOne(cloud, first, cloud.now() + HOUR_MS);
    human.extendRuleGroup('branch', 'drawbridge-test', (wire) => extended(wire, path, MORE));
    const said = () => JSON.stringify(human.wireOf.ruleGroup('branch', 'drawbridge-test')).split('drawnFrom').length;
    const before = said();
    expect(before).toBeGreaterThan(1);
    const until = cloud.now() + 2 * HOUR_MS;
    await openOne(cloud, first, until);
    expect(said()).toBe(before);
  });
});

describe('a just-in-time policy keeps what is not understood', () => {
  it.each<[string, readonly string[]]>([
    ['at the root', []],
    ['in its properties', ['properties']],
    ['in its machines', ['properties', 'virtualMachines', '*']],
    ['in their ports', ['properties', 'virtualMachines', '*', 'ports', '*']],
  ])('%s', async (_, path) => {
    cloud = await azureHarness();
    const { human } = cloud.sim;
    human.extendPolicy('default', (wire) => extended(wire, path, MORE));
    const webOnly = () => {
      const wire = human.wireOf.policy('default') as { properties: { virtualMachines: { id: string }[] } };
      const virtualMachines = wire.properties.virtualMachines.filter(({ id }) => id.endsWith('/web-1'));
      return bytes({ ...wire, properties: { ...wire.properties, virtualMachines } });
    };
    const before = webOnly();
    expect(before).toContain('drawnFrom');
    await cloud.adapter.protect(cloud.idOf('db-1'), PROTECTION, never);
    expect(webOnly()).toBe(before);
    await cloud.adapter.unprotect(cloud.idOf('db-1'), never);
    expect(webOnly()).toBe(before);
  });
});
