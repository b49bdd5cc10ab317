import { afterEach, describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../../src/core/language/instant.ts';
import { never, openOne, placeOne } from '../../conformance/cloud-steps.ts';
import { type AzureHarness, azureHarness, PROTECTION } from './harness.ts';
import { nsgHarness } from './nsg-harness.ts';

type Json = Record<string, unknown>;
type Edit = (item: Json & { properties: Json }) => unknown;

let azure: AzureHarness;
afterEach(() => azure.stop());

/** The same change to one object, or to each of a list. */
const each =
  (edit: Edit) =>
  (body: Json): unknown =>
    Array.isArray(body.value) ? { ...body, value: body.value.map(edit) } : edit(body as never);
const props =
  (change: (properties: Json) => Json): Edit =>
  (item) => ({ ...item, properties: { ...item.properties, ...change(item.properties) } });
const rules =
  (change: (properties: Json) => Json): Edit =>
  (group) => {
    const all = group.properties.securityRules as (Json & { properties: Json })[];
    const edited = all.map((one) => ({ ...one, properties: { ...one.properties, ...change(one.properties) } }));
    return { ...group, properties: { ...group.properties, securityRules: edited } };
  };
const lower = (value: unknown) => (typeof value === 'string' ? value.toLowerCase() : value);
const first = (name: string) => (one: Json) => (Array.isArray(one[name]) ? one[name][0] : one[name]);

const GROUPS = /^NetworkSecurityGroups_(Get|ListAll)$/;
const NICS = /^NetworkInterfaces_(Get|ListAll)$/;
const VMS = /^VirtualMachines_(Get|ListAll)$/;
const POLICIES = /^JitNetworkAccessPolicies_(Get|List\w*)$/;

/** Everything that is read of Azure, as the program sees it. */
async function seen() {
  const { adapter, machine } = azure;
  const { ours, effective } = await adapter.observe(machine, [], never);
  return {
    // As plain facts: a look also brings a function.
    look: JSON.parse(JSON.stringify(await adapter.look(machine, never))),
    ours,
    effective,
    patrol: await Array.fromAsync(adapter.patrol(never)),
    machines: await adapter.machines(never),
    verdicts: await adapter.assess(never),
  };
}

/** Shapes that mean the same as the usual ones. */
const SAME: readonly [string, string | RegExp, Edit][] = [
  [
    'a group with null for what is not there',
    GROUPS,
    props(() => ({ networkInterfaces: null, flushConnection: null })),
  ],
  [
    'rules with null beside the form that is used',
    GROUPS,
    rules((p) => ({
      sourceAddressPrefixes: p.sourceAddressPrefixes ?? null,
      destinationPortRanges: p.destinationPortRanges ?? null,
      sourceApplicationSecurityGroups: null,
      destinationApplicationSecurityGroups: null,
      sourcePortRanges: null,
    })),
  ],
  [
    'rules with an empty form beside the one that is used',
    GROUPS,
    rules((p) => ({
      sourceAddressPrefixes: p.sourceAddressPrefixes ?? [],
      destinationPortRanges: p.destinationPortRanges ?? [],
      sourceAddressPrefix: p.sourceAddressPrefix ?? '',
    })),
  ],
  [
    'rules with one value in the plural form',
    GROUPS,
    rules((p) => ({
      sourceAddressPrefix: undefined,
      sourceAddressPrefixes: p.sourceAddressPrefixes ?? [p.sourceAddressPrefix],
    })),
  ],
  [
    'rules in lower case',
    GROUPS,
    rules((p) => ({ access: lower(p.access), direction: lower(p.direction), protocol: lower(p.protocol) })),
  ],
  [
    'rules in capitals',
    GROUPS,
    rules((p) => ({ access: String(p.access).toUpperCase(), direction: String(p.direction).toUpperCase() })),
  ],
  ['a null among rules', GROUPS, props((p) => ({ securityRules: [null, ...(p.securityRules as unknown[])] }))],
  [
    'interfaces with null for what is not there',
    NICS,
    props((p) => ({
      tapConfigurations: null,
      dnsSettings: null,
      networkSecurityGroup: p.networkSecurityGroup ?? null,
    })),
  ],
  ['a null among addresses', NICS, props((p) => ({ ipConfigurations: [null, ...(p.ipConfigurations as unknown[])] }))],
  [
    'machines with null for what is not there',
    VMS,
    (vm) => ({ ...vm, tags: vm.tags ?? null, zones: null, resources: null }),
  ],
  ['ids in capitals', NICS, (nic) => ({ ...nic, id: String(nic.id).toUpperCase() })],
  ['policies with null for what is not there', POLICIES, (one) => ({ ...one, tags: null, etag: null })],
  [
    'an empty list of prefixes beside the one prefix',
    POLICIES,
    props((p) => ({
      virtualMachines: (p.virtualMachines as (Json & { ports: Json[] })[]).map((vm) => ({
        ...vm,
        ports: vm.ports.map((port) => ({ ...port, allowedSourceAddressPrefixes: [] })),
      })),
      requests: (p.requests as (Json & { virtualMachines: (Json & { ports: Json[] })[] })[]).map((request) => ({
        ...request,
        virtualMachines: request.virtualMachines.map((vm) => ({
          ...vm,
          ports: vm.ports.map((port) => ({ ...port, allowedSourceAddressPrefixes: [] })),
        })),
      })),
    })),
  ],
  [
    'protocols and machines in another case',
    POLICIES,
    props((p) => ({
      virtualMachines: (p.virtualMachines as (Json & { ports: Json[] })[]).map((vm) => ({
        ...vm,
        id: String(vm.id).toUpperCase(),
        ports: vm.ports.map((port) => ({ ...port, protocol: lower(port.protocol) })),
      })),
    })),
  ],
];

describe.each(['defender', 'nsg'] as const)('what means the same is read the same, with %s', (backend) => {
  test.each(SAME)('%s', async (_, operation, edit) => {
    azure = backend === 'nsg' ? await nsgHarness() : await azureHarness();
    await openOne(azure, await placeOne(azure), azure.now() + HOUR_MS);
    const usual = await seen();
    expect([usual.ours.length, usual.patrol.length]).toEqual([1, 1]);
    azure.sim.human.answerOddly(operation, each(edit));
    expect(await seen()).toEqual(usual);
    expect(azure.log.lines).toEqual([]);
  });
});

/** Shapes of which nobody can tell what they mean: one object is left out, with a line in the log. */
const SPOILT: readonly [string, Edit][] = [
  ['a null among policies’ machines', props((p) => ({ virtualMachines: [null, ...(p.virtualMachines as unknown[])] }))],
  [
    'a machine without an id',
    props((p) => ({ virtualMachines: [{ ports: [] }, ...(p.virtualMachines as unknown[])] })),
  ],
  [
    'a machine whose ports are null',
    props((p) => ({ virtualMachines: [{ id: '/x', ports: null }, ...(p.virtualMachines as unknown[])] })),
  ],
  [
    'a request without an end',
    props((p) => ({
      requests: [
        {
          startTimeUtc: '2026-03-02T09:00:00Z',
          requestor: 'somebody',
          virtualMachines: [
            {
              id: first('virtualMachines')(p) ? (first('virtualMachines')(p) as Json).id : '',
              ports: [{ number: 22, status: 'Initiated' }],
            },
          ],
        },
        ...(p.requests as unknown[]),
      ],
    })),
  ],
  ['a request that is null', props((p) => ({ requests: [null, ...(p.requests as unknown[])] }))],
  [
    'a request with null machines, and no time',
    props((p) => ({ requests: [{ virtualMachines: null }, ...(p.requests as unknown[])] })),
  ],
];

describe('one object that cannot be read', () => {
  test.each(SPOILT)('spoils itself alone, loudly: %s', async (_, edit) => {
    azure = await azureHarness();
    await openOne(azure, await placeOne(azure), azure.now() + HOUR_MS);
    const usual = await seen();
    azure.sim.human.answerOddly(POLICIES, each(edit));
    expect(await seen()).toEqual(usual);
    expect(new Set(azure.log.lines)).toEqual(new Set(['something that Azure wrote cannot be read, and is left out']));
  });

  test('is no port that anybody may use, where it has no source', async () => {
    azure = await azureHarness();
    const nobody = (port: Json) => ({ ...port, allowedSourceAddressPrefix: null, allowedSourceAddressPrefixes: [] });
    azure.sim.human.answerOddly(
      POLICIES,
      each(
        props((p) => ({
          virtualMachines: (p.virtualMachines as (Json & { ports: Json[] })[]).map((vm) => ({
            ...vm,
            ports: vm.ports.map((port, i) => (i === 0 ? nobody(port) : port)),
          })),
        })),
      ),
    );
    const { protection } = await azure.adapter.look(azure.machine, never);
    expect(protection?.ports.map(({ port }) => port.number)).toEqual([3389]);
    await expect(placeOne(azure)).rejects.toMatchObject({ code: 'notProtected' });
  });

  test('is a list without its items: nothing is believed of it', async () => {
    azure = await azureHarness();
    azure.sim.human.answerOddly(/^JitNetworkAccessPolicies_List/, () => ({ items: [] }));
    await expect(azure.adapter.protect(azure.exposed, PROTECTION, never)).rejects.toMatchObject({ kind: 'refused' });
  });

  test.each([
    ['elsewhere', 'https://elsewhere.example/more'],
    ['nowhere', 'more'],
  ])('is a list that goes on %s: nothing is sent there, and nothing believed', async (_, nextLink) => {
    azure = await azureHarness();
    azure.sim.human.answerOddly(/^JitNetworkAccessPolicies_List/, (body: Json) => ({ ...body, nextLink }));
    await expect(azure.adapter.protect(azure.exposed, PROTECTION, never)).rejects.toMatchObject({
      code: 'azureInTheWay',
    });
  });

  test('is one machine, or one interface: the others are listed and judged', async () => {
    azure = await azureHarness();
    const others = async () => {
      const { all } = await azure.adapter.machines(never);
      return all.map(({ name }) => name).filter((name) => name !== 'db-1');
    };
    const usual = await others();
    azure.advance(HOUR_MS);
    azure.sim.human.answerOddly('VirtualMachines_ListAll', (body: { value: Json[] }) => ({
      value: body.value.map((vm) => (vm.name === 'db-1' ? { ...vm, id: 'db-1' } : vm)),
    }));
    azure.sim.human.answerOddly('NetworkInterfaces_ListAll', (body: { value: Json[] }) => ({
      value: body.value.map((nic) => (nic.name === 'db-1-nic' ? { ...nic, properties: null } : nic)),
    }));
    expect(await others()).toEqual(usual);
    await azure.adapter.assess(never);
    expect(await Array.fromAsync(azure.adapter.patrol(never))).toEqual([]);
    expect(azure.log.lines).toEqual(['something that Azure wrote cannot be read, and is left out']);
  });

  test('is one opinion of Defender’s', async () => {
    azure = await azureHarness();
    const usual = await azure.adapter.assess(never);
    azure.sim.human.answerOddly('Resources', (body: { data: Json[] }) => ({
      ...body,
      data: [null, { vmId: null, code: 7 }, ...body.data],
    }));
    expect(await azure.adapter.assess(never)).toEqual(usual);
    expect(azure.log.lines).toEqual(['something that Azure wrote cannot be read, and is left out']);
  });
});

describe('a policy that is written', () => {
  test('keeps what cannot be read in it', async () => {
    const written: unknown[] = [];
    azure = await azureHarness({
      onExchange: ({ operation, request }) => {
        if (operation === 'JitNetworkAccessPolicies_CreateOrUpdate') written.push(request);
      },
    });
    azure.sim.human.answerOddly(
      POLICIES,
      each(props((p) => ({ surprise: { a: null }, requests: [{ odd: true }, ...(p.requests as unknown[])] }))),
    );
    // The strict double refuses what it does not know: it is enough to see what was sent.
    await expect(azure.adapter.protect(azure.exposed, PROTECTION, never)).rejects.toThrow();
    expect(written.at(-1)).toMatchObject({ properties: { surprise: { a: null }, requests: [{ odd: true }] } });
  });
});
