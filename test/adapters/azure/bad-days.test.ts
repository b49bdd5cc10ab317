import { afterEach, describe, expect, test } from 'vitest';
import type { AzureOptions } from '../../../simulators/azure/index.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../src/core/language/instant.ts';
import type { Placement } from '../../../src/core/rule/rule.ts';
import { go, HOME, never, openOne, ours, placeOne, rule } from '../../conformance/cloud-steps.ts';
import { often } from '../../setup/lane.ts';
import { insist, numbers } from './bad-days.ts';
import { type AzureHarness, azureHarness, PROTECTION } from './harness.ts';

let azure: AzureHarness;
const start = async (options: AzureOptions = {}) => {
  azure = await azureHarness(options);
};
afterEach(() => azure.stop());

const count = (operation: string, since = 0) => azure.callsSince(since).filter((one) => one === operation).length;
const initiates = () => count('JitNetworkAccessPolicies_Initiate');
const observe = (placement: Placement) => azure.adapter.observe(azure.machine, [placement], never);
const close = (...placements: readonly Placement[]) => insist(azure, () => azure.adapter.close(placements, never, go));

describe('a lost reply', () => {
  test('to opening is not asked for again, by this process or the next', async () => {
    await start();
    const placement = await placeOne(azure);
    const until = azure.now() + HOUR_MS;
    azure.loseReply('open', 1);
    expect((await openOne(azure, placement, until)).outcome).toBe('opened');
    expect((await openOne({ ...azure, adapter: azure.restarted() }, placement, until)).outcome).toBe('present');
    expect(initiates()).toBe(1);
  });

  test('to closing in one group leaves nothing in the other', async () => {
    await start();
    const { placement } = await openOne(azure, await placeOne(azure), azure.now() + HOUR_MS);
    azure.loseReply('close', 1);
    await close(placement);
    expect(azure.rulesLeft()).toEqual([]);
    const before = azure.mutations();
    await close(placement);
    expect(azure.mutations()).toBe(before);
  });

  test('to every call of a life is got over', async () => {
    await start();
    const lost = /_(Initiate|CreateOrUpdate|Delete)$/;
    azure.sim.faults.add(lost, { kind: 'lostReply' }, 6);
    const machine = azure.idOf('db-1');
    await insist(azure, () => azure.adapter.protect(machine, PROTECTION, never));
    const placed = await placeOne(azure, rule(machine));
    const { placement } = await insist(azure, () => openOne(azure, placed, azure.now() + HOUR_MS));
    expect(azure.rulesLeft()).toEqual([`22 ${HOME}`]);
    await close(placement);
    expect(azure.rulesLeft()).toEqual([]);
    expect([count('JitNetworkAccessPolicies_CreateOrUpdate'), initiates(), count('SecurityRules_Delete')]).toEqual([
      2, 1, 1,
    ]);
  });
});

describe('a stale reading', () => {
  const AGO = 30 * SECOND_MS;

  test('from before the opening is not taken for a failure: the rule is waited for', async () => {
    await start();
    const placement = await placeOne(azure);
    azure.advance(MINUTE_MS);
    azure.staleReads(AGO);
    const until = azure.now() + HOUR_MS;
    await expect(openOne(azure, placement, until)).rejects.toMatchObject({ code: 'cloudBusy' });
    azure.advance(AGO);
    expect((await openOne(azure, placement, until)).outcome).toBe('present');
    expect(initiates()).toBe(1);
  });

  test('of the groups alone is not, either: what was just asked for is not asked for again', async () => {
    await start();
    const placement = await placeOne(azure);
    azure.advance(MINUTE_MS);
    const until = azure.now() + HOUR_MS;
    await openOne(azure, placement, until);
    azure.sim.faults.add('NetworkSecurityGroups_Get', { kind: 'stale', ms: 10 * SECOND_MS }, 6);
    expect((await openOne(azure, placement, until)).outcome).toBe('present');
    expect(initiates()).toBe(1);
  });

  test('from before the closing is not called closed: it is deleted until it is seen to be gone', async () => {
    await start();
    const { placement } = await openOne(azure, await placeOne(azure), azure.now() + HOUR_MS);
    azure.advance(MINUTE_MS);
    azure.staleReads(AGO);
    await expect(azure.adapter.close([placement], never, go)).rejects.toMatchObject({ code: 'cloudBusy' });
    expect(azure.rulesLeft()).toEqual([]);
    azure.advance(AGO);
    await azure.adapter.close([placement], never, go);
    expect(ours(await observe(placement), placement)).toBeUndefined();
  });
});

describe('many leases on bad days', () => {
  const LEASES = 30;
  const kinds: readonly AzureOptions[] = [{ onReplace: 'revoke' }, { onReplace: 'keep', initiatingMs: 3_000 }];
  const rows = kinds.flatMap((options) =>
    Array.from({ length: often(2, 10) }, (_, i) => i + 1).map((seed) => ({ options, seed })),
  );

  /** What is not ours: the groups' other rules and what the policies say. */
  const others = () => {
    const { nsgs, policies } = azure.sim.state();
    const rules = nsgs.map(({ name, rules: all }) => [name, all.filter((one) => one.endMs === undefined)]);
    return JSON.stringify([rules, policies.map(({ id, machines }) => [id, machines])]);
  };
  const leave = (random: () => number) => {
    const of = (share: number) => random() < share;
    if (of(0.3)) azure.loseReply(of(0.5) ? 'open' : 'close', 1);
    if (of(0.2)) azure.throttle(of(0.5) ? 'open' : 'close', 1);
    if (of(0.2)) azure.cut(of(0.5) ? 'open' : 'close', 1);
    if (of(0.2)) azure.staleReads(20 * SECOND_MS);
  };

  test.each(rows)(
    'are all closed in the end, and nothing else is touched ($options.onReplace, seed $seed)',
    async ({ options, seed }) => {
      await start({ ...options, operationMs: 1_000 });
      const random = numbers(seed);
      const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
      const machines = ['web-1', 'db-1', 'jump-1'].map(azure.idOf);
      for (const machine of machines) await insist(azure, () => azure.adapter.protect(machine, PROTECTION, never));
      const before = others();
      const open = new Map<string, Placement>();
      for (let lease = 0; lease < LEASES; lease += 1) {
        azure.advance(MINUTE_MS);
        const [machine, number] = [pick(machines), pick([22, 3389])];
        const key = `${machine} ${number}`;
        const known = open.get(key);
        // Without faults: Defender gives a port to one source at a time, and refuses the next for good.
        const placement = known ?? (await placeOne(azure, rule(machine, number, `203.0.113.${lease}/32`)));
        leave(random);
        if (known && random() < 0.7) {
          await close(known);
          azure.behave();
          // The second look.
          azure.advance(MINUTE_MS);
          await close(known);
          open.delete(key);
        } else {
          const until = azure.now() + 4 * HOUR_MS;
          open.set(key, (await insist(azure, () => openOne(azure, placement, until))).placement);
          azure.behave();
        }
        azure.behave();
        azure.advance(MINUTE_MS);
        expect(azure.rulesLeft()).toEqual(
          [...open.values()].map((one) => `${one.rule.port.number} ${one.rule.source}`).sort(),
        );
      }
      expect(open.size).toBeGreaterThan(0);
      await close(...open.values());
      expect(azure.rulesLeft()).toEqual([]);
      expect(others()).toBe(before);
    },
  );
});
