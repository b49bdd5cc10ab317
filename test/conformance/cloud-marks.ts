import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../src/core/language/instant.ts';
import { type Placement, placementKey } from '../../src/core/rule/rule.ts';
import type { CloudHarness, CloudTraits } from './cloud-harness.ts';
import { go, never, openOne, ours, placeOne, rule } from './cloud-steps.ts';

/** What every cloud adapter must know of its own rules without a memory. */
export function markConformance(name: string, make: () => Promise<CloudHarness>, traits: CloudTraits): void {
  describe(`${name} without a memory, as every cloud`, () => {
    let cloud: CloudHarness;
    const look = (placements: readonly Placement[]) => cloud.adapter.observe(cloud.machine, placements, never);
    beforeEach(async () => {
      cloud = await make();
    });
    afterEach(() => cloud.stop());

    if (!traits.fixedMarks)
      describe('marks', () => {
        test.each([
          ['missing', undefined],
          ['wrong', 'db1.k1.test.zzzzzz.AAAAAAAAAAAAAAAAAAAAAA'],
        ])('that are %s are seen, and put right by opening', async (seen, text) => {
          const placement = await placeOne(cloud);
          const until = cloud.now() + HOUR_MS;
          const { placement: known } = await openOne(cloud, placement, until);
          await cloud.tamper(known, text);
          expect(ours(await look([placement]), placement)).toMatchObject({ mark: seen });
          expect((await openOne(cloud, known, until)).outcome).toBe('remarked');
          expect(ours(await look([placement]), placement)).toMatchObject({ mark: 'valid', until });
        });

        test('of another placement do not count', async () => {
          const { placement } = await openOne(cloud, await placeOne(cloud), cloud.now() + HOUR_MS);
          const elsewhere = await placeOne(cloud, rule(cloud.machine, 3389));
          await cloud.tamper(placement, cloud.marks.sign(elsewhere, cloud.now() + 24 * HOUR_MS));
          expect(ours(await look([placement]), placement)?.mark).toBe('wrong');
        });
      });

    describe('the patrol', () => {
      const patrol = async (adapter = cloud.adapter) => {
        const found = [];
        for await (const one of adapter.patrol(never)) found.push(one);
        return found;
      };

      test('finds nothing where nothing is', async () => {
        expect(await patrol()).toEqual([]);
      });

      test('finds every rule of ours with an empty memory, and what it found can be closed', async () => {
        const until = cloud.now() + HOUR_MS;
        const placements = [await placeOne(cloud), await placeOne(cloud, rule(cloud.machine, 3389))];
        for (const placement of placements) await openOne(cloud, placement, until);
        const restarted = cloud.restarted();
        const found = await patrol(restarted);
        expect(found.map((one) => placementKey(one.placement)).sort()).toEqual(placements.map(placementKey).sort());
        expect(found.every((one) => one.mark === 'valid' && one.until === until)).toBe(true);
        expect(found.every((one) => one.placement.locks.join() === placements[0]?.locks.join())).toBe(true);
        await restarted.close(
          found.map((one) => one.placement),
          never,
          go,
        );
        expect(cloud.rulesLeft()).toEqual([]);
        expect(await patrol(restarted)).toEqual([]);
      });

      test('leaves what others wrote alone', async () => {
        await cloud.openByHand(cloud.machine, 22);
        expect(await patrol()).toEqual([]);
      });
    });
  });
}
