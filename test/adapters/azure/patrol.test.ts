import { afterEach, describe, expect, test } from 'vitest';
import { azureAdapter } from '../../../adapters/azure/index.ts';
import type { AzureOptions } from '../../../simulators/azure/index.ts';
import { defaultMachines } from '../../../simulators/azure/machines.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../src/core/language/instant.ts';
import { type MarkKey, markSigner } from '../../../src/core/rule/mark.ts';
import { placementKey } from '../../../src/core/rule/rule.ts';
import type { CloudAdapter, Found } from '../../../src/ports/cloud.ts';
import { go, HOME, never, openOne, placeOne, rule } from '../../conformance/cloud-steps.ts';
import { type AzureHarness, azureHarness, PROTECTION } from './harness.ts';

let azure: AzureHarness;
afterEach(() => azure.stop());

const patrol = (adapter: CloudAdapter = azure.restarted()) => Array.fromAsync(adapter.patrol(never));
const closeAll = (found: readonly Found[]) =>
  azure.restarted().close(
    found.map(({ placement }) => placement),
    never,
    go,
  );
/** Azure with one lease of an hour that nobody remembers. */
const orphan = async (options: AzureOptions = {}) => {
  azure = await azureHarness(options);
  const until = azure.now() + HOUR_MS;
  const { placement } = await openOne(azure, await placeOne(azure), until);
  return { placement, until };
};
/** Another program on the same subscription. */
const other = (installation: string, ...keys: [MarkKey, ...MarkKey[]]) =>
  azureAdapter(azure.settings, {
    marks: markSigner(installation, keys),
    installation,
    log: azure.log,
    now: azure.now,
    pause: async (ms) => azure.advance(ms),
  });

describe('a rule that nobody remembers is found and closed', () => {
  test.each<[string, AzureOptions, () => Promise<void>]>([
    ['as it is', {}, async () => {}],
    [
      'past its end, when Defender is late',
      { removeLagMs: 10 * MINUTE_MS },
      async () => azure.advance(HOUR_MS + SECOND_MS),
    ],
    ['of a machine that is gone', {}, () => azure.deleteMachine(azure.machine)],
    ['of a machine that is stopped', {}, async () => azure.sim.human.stopVm('web-1')],
    [
      'when it stands in one group only',
      {},
      async () => azure.sim.human.removeRule('web-1-nsg', azure.allowsIn('web-1-nsg')[0] ?? ''),
    ],
    ['over several pages', { pageSize: 1 }, async () => {}],
    ['beside one of the portal', {}, async () => azure.askInPortal(3389, '203.0.113.9', 60)],
  ])('%s', async (_, options, happen) => {
    const { placement, until } = await orphan(options);
    await happen();
    const found = await patrol();
    expect(found).toMatchObject([{ mark: 'valid', until, fixedEnd: true }]);
    expect(found.map((one) => placementKey(one.placement))).toEqual([placementKey(placement)]);
    await closeAll(found);
    expect(azure.rulesLeft().filter((left) => left.includes(HOME))).toEqual([]);
    expect(await patrol()).toEqual([]);
  });

  test('wherever it is: each machine’s under its own name', async () => {
    await orphan();
    for (const machine of [azure.idOf('db-1'), azure.exposed]) {
      await azure.adapter.protect(machine, PROTECTION, never);
      await openOne(azure, await placeOne(azure, rule(machine)), azure.now() + HOUR_MS);
    }
    const found = await patrol();
    expect(found.map(({ placement }) => placement.rule.machine).sort()).toEqual(
      ['db-1', 'jump-1', 'web-1'].map(azure.idOf),
    );
    await closeAll(found);
    expect(azure.rulesLeft()).toEqual([]);
  });

  test('with the latest end that it was given', async () => {
    const { placement, until } = await orphan();
    azure.advance(MINUTE_MS);
    await openOne(azure, placement, until + HOUR_MS);
    expect(await patrol()).toMatchObject([{ until: until + HOUR_MS }]);
  });

  test('after the key was changed, as long as the old one is known', async () => {
    await orphan();
    const [fresh, old] = [
      { id: 'k2', secret: 'a newer secret' },
      { id: 'k1', secret: 'a secret of the tests' },
    ];
    expect(await patrol(other('test', fresh, old))).toHaveLength(1);
    expect(await patrol(other('test', fresh))).toEqual([]);
  });

  test('and told with the time of the cloud', async () => {
    await orphan();
    azure.advance(90 * SECOND_MS + 1);
    expect((await patrol())[0]?.cloudNow).toBe(Math.floor(azure.now() / SECOND_MS) * SECOND_MS);
  });
});

describe('what is not ours is left alone', () => {
  test.each<[string, () => Promise<void> | void]>([
    ['a request of the portal', () => azure.askInPortal(3389, '203.0.113.9', 30)],
    [
      'a copy of our mark for another source',
      () => {
        const [{ justification = '' } = {}] = azure.sim.state().policies.flatMap(({ requests }) => requests);
        azure.sim.human.initiate({
          machine: 'web-1',
          port: 3389,
          source: '203.0.113.9',
          minutes: 30,
          requestor: 'mallory',
          justification,
        });
      },
    ],
    [
      'a rule that is called like Defender’s',
      () =>
        azure.sim.human.addRule('web-1-nsg', {
          name: `MicrosoftDefenderForCloud-JITRule-1-${'0'.repeat(32)}`,
          priority: 110,
          source: '203.0.113.9',
          ports: '3389',
          destination: '10.0.0.4',
        }),
    ],
    [
      'a rule of the customer for the same',
      () =>
        azure.sim.human.addRule('web-1-nsg', {
          name: 'home',
          priority: 110,
          source: HOME,
          ports: '22',
          destination: '10.0.0.4',
        }),
    ],
  ])('%s', async (_, happen) => {
    await orphan();
    await happen();
    const before = JSON.stringify(
      azure.sim.state().nsgs.map(({ rules }) => rules.filter(({ sources }) => !sources.includes('203.0.113.7'))),
    );
    const found = await patrol();
    expect(found).toHaveLength(1);
    await closeAll(found);
    expect(
      JSON.stringify(
        azure.sim.state().nsgs.map(({ rules }) => rules.filter(({ sources }) => !sources.includes('203.0.113.7'))),
      ),
    ).toBe(before);
  });

  test('what another machine has that is called like one that is gone', async () => {
    const twin = {
      name: 'web-1',
      resourceGroup: 'rg-twin',
      interfaces: [{ privateIps: ['10.0.8.4'], subnet: 'twin', nicNsg: 'twin-nsg' }],
    };
    await orphan({ machines: [...defaultMachines, twin] });
    const machine = azure.machine.replace('rg-prod', 'rg-twin') as typeof azure.machine;
    const theirs = { ...azure, adapter: other('prod', { id: 'k1', secret: 'of theirs' }) };
    await theirs.adapter.protect(machine, PROTECTION, never);
    await openOne(theirs, await placeOne(theirs, rule(machine)), azure.now() + HOUR_MS);
    await azure.deleteMachine(azure.machine);
    const found = await patrol();
    expect(found).toHaveLength(1);
    await closeAll(found);
    const groups = ['web-1-nsg', 'subnet-web-nsg', 'twin-nsg'];
    expect(groups.map((group) => azure.allowsIn(group).length)).toEqual([0, 0, 1]);
  });

  test('what somebody else asked for as well', async () => {
    await orphan({ onReplace: 'keep' });
    azure.askInPortal(22, '203.0.113.7', 120);
    expect(await patrol()).toEqual([]);
  });

  test('a rule whose record was lost: it may be anybody’s, and Defender takes it away at its end', async () => {
    await orphan();
    await azure.writePolicyAnew();
    expect(await patrol()).toEqual([]);
    azure.advance(HOUR_MS + SECOND_MS);
    expect(azure.rulesLeft()).toEqual([]);
  });

  test.each([
    ['another installation', 'prod', { id: 'k1', secret: 'a secret of the tests' }],
    ['our name with another key', 'test', { id: 'k1', secret: 'guessed' }],
  ])('what we opened, by %s', async (_, installation, key) => {
    await orphan();
    expect(await patrol(other(installation, key))).toEqual([]);
  });

  test('a record whose rule is gone', async () => {
    const { placement } = await orphan();
    await azure.adapter.close([placement], never, go);
    expect(await patrol()).toEqual([]);
  });
});

describe('a patrol', () => {
  test('takes as many calls for many machines as for one', async () => {
    const many = Array.from({ length: 30 }, (_, i) => ({
      name: `many-${i}`,
      interfaces: [{ privateIps: [`10.0.7.${i + 4}`], subnet: 'many', subnetNsg: 'many-nsg', nicNsg: `many-${i}-nsg` }],
    }));
    await orphan({ machines: [...defaultMachines, ...many] });
    const before = azure.sim.log().length;
    expect(await patrol(azure.adapter)).toHaveLength(1);
    expect([...azure.callsSince(before)].sort()).toEqual([
      'JitNetworkAccessPolicies_List',
      'NetworkInterfaces_ListAll',
      'NetworkSecurityGroups_ListAll',
    ]);
  });

  test('goes on without the plan that the policies belong to', async () => {
    await orphan();
    azure.sim.human.setPlan('Free');
    expect(await patrol()).toEqual([]);
  });

  test.each([
    [
      'JitNetworkAccessPolicies_List',
      { kind: 'throttle', retryAfterSeconds: 8 },
      { code: 'cloudBusy', retryAfterMs: 8_000 },
    ],
    [
      'NetworkSecurityGroups_ListAll',
      { kind: 'throttle', retryAfterSeconds: 8 },
      { code: 'cloudBusy', retryAfterMs: 8_000 },
    ],
    ['NetworkInterfaces_ListAll', { kind: 'error', status: 403, code: 'AuthorizationFailed' }, { code: 'cloudDenied' }],
    ['NetworkInterfaces_ListAll', { kind: 'error', status: 503, code: 'ServiceUnavailable' }, { code: 'cloudSilent' }],
  ] as const)('that cannot read all says so (%s: %j)', async (operation, fault, error) => {
    await orphan();
    azure.sim.faults.add(operation, fault);
    await expect(patrol()).rejects.toMatchObject(error);
  });

  test('ends when it is told to', async () => {
    await orphan();
    const before = azure.sim.log().length;
    await expect(Array.fromAsync(azure.adapter.patrol(AbortSignal.abort(new Error('enough'))))).rejects.toThrow(
      'enough',
    );
    expect(azure.callsSince(before)).toEqual([]);
  });
});
