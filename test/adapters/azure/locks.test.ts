import { afterEach, describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../src/core/language/instant.ts';
import { go, never, openOne, ours, placeOne, rule } from '../../conformance/cloud-steps.ts';
import { type AzureHarness, azureHarness } from './harness.ts';
import { nsgHarness } from './nsg-harness.ts';

const GROUP = '/resourceGroups/rg-prod';
const NSG = `${GROUP}/providers/Microsoft.Network/networkSecurityGroups/web-1-nsg`;
const VM = `${GROUP}/providers/Microsoft.Compute/virtualMachines/web-1`;

let azure: AzureHarness;
afterEach(() => azure.stop());

/** What is believed of locks may be seconds old. */
const lock: AzureHarness['sim']['human']['setLock'] = (...given) => {
  azure.sim.human.setLock(...given);
  azure.advance(MINUTE_MS);
};
const look = () => azure.adapter.look(azure.machine, never);
const getsIn = (from = '203.0.113.7', port = 22) => azure.sim.reachable({ from, machine: 'web-1', port });
const rulesIn = (group: string, access: 'Allow' | 'Deny') =>
  (azure.sim.state().nsgs.find(({ name }) => name === group)?.rules ?? []).filter(
    (one) => one.name.startsWith('drawbridge-test-allow-') && one.access === access,
  );
const patrol = () => Array.fromAsync(azure.adapter.patrol(never));

describe('our own rules under a lock that forbids deleting', () => {
  test('are opened, said before, closed by a deny of the same name, and taken away when the lock is gone', async () => {
    azure = await nsgHarness();
    lock('keep', 'CanNotDelete', GROUP);
    const { against, warnings } = await look();
    expect(against).toBeUndefined();
    expect(warnings).toEqual([expect.stringMatching(/“keep” on the resource group rg-prod/)]);
    const { placement } = await openOne(azure, await placeOne(azure), azure.now() + HOUR_MS);
    expect(getsIn()).toBe(true);

    await azure.adapter.close([placement], never, go);
    expect(getsIn()).toBe(false);
    expect([rulesIn('web-1-nsg', 'Allow'), rulesIn('web-1-nsg', 'Deny').length]).toEqual([[], 1]);
    const after = await azure.adapter.observe(azure.machine, [placement], never);
    expect(ours(after, placement)).toBeUndefined();
    expect(after.effective).toEqual([{ port: placement.rule.port, state: 'closed' }]);

    azure.advance(MINUTE_MS);
    expect(await patrol()).toEqual([]);
    const waiting = () => azure.adapter.leftovers(never);
    const because = expect.stringMatching(/^The lock “keep” on the resource group rg-prod keeps it; remove the lock/);
    expect(await waiting()).toEqual(
      expect.arrayContaining([{ rule: rulesIn('web-1-nsg', 'Deny')[0]?.name, where: 'web-1-nsg', because }]),
    );
    azure.sim.human.removeLock('keep');
    expect((await waiting())[0]?.because).toMatch(/^No lock that Drawbridge can see/);
    const [left, ...more] = await patrol();
    expect([left?.mark, (left?.until ?? azure.now()) < azure.now(), more]).toEqual(['valid', true, []]);
    if (left) await azure.adapter.close([left.placement], never, go);
    expect(rulesIn('web-1-nsg', 'Deny')).toEqual([]);
    expect([await patrol(), await waiting()]).toEqual([[], []]);
  });

  test('are opened again in place of the deny, and closed again', async () => {
    azure = await nsgHarness();
    lock('keep', 'CanNotDelete');
    const placement = await placeOne(azure);
    for (const times of [1, 2]) {
      await openOne(azure, placement, azure.now() + times * HOUR_MS);
      expect(getsIn()).toBe(true);
      await azure.adapter.close([placement], never, go);
      expect(getsIn()).toBe(false);
    }
  });

  test('stop nobody else who is let in by another lease', async () => {
    azure = await nsgHarness();
    lock('keep', 'CanNotDelete', GROUP);
    const wide = await placeOne(azure, rule(azure.machine, 22, '203.0.113.0/24'));
    await openOne(azure, wide, azure.now() + HOUR_MS);
    await openOne(azure, await placeOne(azure), azure.now() + HOUR_MS);
    await azure.adapter.close([wide], never, go);
    expect([getsIn(), getsIn('203.0.113.8')]).toEqual([true, false]);
  });

  test('are closed too where the role may not read locks, which is said once, and deleting is tried once a day', async () => {
    azure = await nsgHarness();
    const denied = { kind: 'error', status: 403, code: 'AuthorizationFailed' } as const;
    azure.sim.faults.add(/^ManagementLocks_/, denied, Number.POSITIVE_INFINITY);
    lock('keep', 'CanNotDelete', GROUP);
    expect(await look()).not.toHaveProperty('against');
    const { placement } = await openOne(azure, await placeOne(azure), azure.now() + HOUR_MS);
    await azure.adapter.close([placement], never, go);
    expect(getsIn()).toBe(false);
    // Whether the lock is still there nobody can tell: it is tried once a day.
    expect(await patrol()).toEqual([]);
    const [waits] = await azure.adapter.leftovers(never);
    expect(waits?.because).toMatch(/^Something keeps it, and the management locks may not be read/);
    const again = async () => {
      azure.advance(24 * HOUR_MS);
      const [found] = await patrol();
      if (found) await azure.adapter.close([found.placement], never, go);
      expect([found?.mark, await patrol()]).toEqual(['valid', []]);
      return rulesIn('web-1-nsg', 'Deny').length;
    };
    expect(await again()).toBe(1);
    azure.sim.human.removeLock('keep');
    expect(await again()).toBe(0);
    expect(azure.log.lines).toEqual(['the management locks of a subscription could not be read']);
  });

  test('hide no other rule from the patrol where the locks cannot be read for now', async () => {
    azure = await nsgHarness();
    lock('keep', 'CanNotDelete', GROUP);
    const wide = await placeOne(azure, rule(azure.machine, 22, '203.0.113.0/24'));
    await openOne(azure, wide, azure.now() + HOUR_MS);
    await azure.adapter.close([wide], never, go);
    await openOne(azure, await placeOne(azure), azure.now() + HOUR_MS);
    azure.sim.faults.add(/^ManagementLocks_/, { kind: 'error', status: 500, code: 'InternalServerError' }, 9);
    expect((await patrol()).map(({ placement, mark }) => [placement.rule.source, mark])).toEqual([
      ['203.0.113.7/32', 'valid'],
    ]);
  });

  test('are closed where a reading does not show them', async () => {
    azure = await nsgHarness();
    lock('keep', 'CanNotDelete', GROUP);
    const { placement } = await openOne(azure, await placeOne(azure), azure.now() + HOUR_MS);
    azure.sim.human.deleteVm('web-1');
    await azure.adapter.close([placement], never, go);
    await azure.adapter.close([placement], never, go);
    expect(rulesIn('web-1-nsg', 'Allow')).toEqual([]);
  });

  test('are turned into a deny as well where a policy forbids deleting, and left to whoever may', async () => {
    azure = await nsgHarness();
    const { placement } = await openOne(azure, await placeOne(azure), azure.now() + HOUR_MS);
    const forbidden = { kind: 'error', status: 403, code: 'RequestDisallowedByPolicy' } as const;
    azure.sim.faults.add('SecurityRules_Delete', forbidden, Number.POSITIVE_INFINITY);
    await azure.adapter.close([placement], never, go);
    expect(getsIn()).toBe(false);
    azure.advance(2 * HOUR_MS);
    expect(await patrol()).toEqual([]);
  });

  test('that close a port stay, and it is said which lock keeps them', async () => {
    azure = await nsgHarness();
    lock('keep', 'CanNotDelete', GROUP);
    await expect(azure.adapter.unprotect(azure.machine, never)).rejects.toMatchObject({
      code: 'scopeLocked',
      say: expect.stringContaining('the resource group rg-prod'),
    });
  });
});

describe('a lock that forbids writing', () => {
  test.each([
    ['nsg', GROUP],
    ['nsg', NSG],
    ['defender', GROUP],
  ] as const)('keeps %s from opening, at %s', async (backend, scope) => {
    azure = backend === 'nsg' ? await nsgHarness() : await azureHarness();
    lock('frozen', 'ReadOnly', scope);
    await expect(placeOne(azure)).rejects.toMatchObject({
      code: 'lockedAgainst',
      kind: 'refused',
      say: expect.stringContaining('“frozen”'),
    });
    expect((await look()).against).toMatchObject([{ code: 'lockedAgainst' }]);
  });
});

describe('Defender under a lock that forbids deleting', () => {
  test.each([
    ['the subscription', ''],
    ['the resource group rg-prod', GROUP],
    ['web-1-nsg', NSG],
  ])('opens nothing: a lock on %s is named before anybody is asked', async (name, scope) => {
    azure = await azureHarness();
    lock('keep', 'CanNotDelete', scope);
    const say = expect.stringMatching(new RegExp(`“keep” on ${name}`));
    expect((await look()).against).toMatchObject([{ code: 'lockedAgainst', say }]);
    await expect(placeOne(azure)).rejects.toMatchObject({ code: 'lockedAgainst', say });
  });

  test('is not kept by one that its end does not meet', async () => {
    azure = await azureHarness();
    lock('keep', 'CanNotDelete', VM);
    lock('near', 'ReadOnly', `${GROUP}-2`);
    expect(await look()).not.toHaveProperty('against');
    await openOne(azure, await placeOne(azure), azure.now() + HOUR_MS);
    expect(getsIn()).toBe(true);
  });

  test('says what keeps it open where the lock came later, and closes when it is gone', async () => {
    azure = await azureHarness();
    const { placement } = await openOne(azure, await placeOne(azure), azure.now() + HOUR_MS);
    lock('keep', 'CanNotDelete', GROUP);
    await expect(azure.adapter.close([placement], never, go)).rejects.toMatchObject({ code: 'scopeLocked' });
    azure.advance(2 * HOUR_MS);
    expect(getsIn()).toBe(true);
    azure.sim.human.removeLock('keep');
    await azure.adapter.close([placement], never, go);
    expect(getsIn()).toBe(false);
  });
});
