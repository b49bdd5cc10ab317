import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../src/core/language/instant.ts';
import { type Placement, placementKey } from '../../src/core/rule/rule.ts';
import type { Found } from '../../src/ports/cloud.ts';
import type { CloudHarness, CloudTraits } from './cloud-harness.ts';
import { go, HOME, never, openOne, placeOne, rule } from './cloud-steps.ts';

/** Over by its mark, and by the cloud's own clock. */
const isOver = ({ mark, until, cloudNow }: Found) =>
  mark === 'valid' && until !== undefined && cloudNow !== undefined && until <= cloudNow;

/** What the lifeboat asks of every cloud: looking changes nothing, and removing only removes. */
export function removeConformance(name: string, make: () => Promise<CloudHarness>, traits: CloudTraits): void {
  describe(`${name}, without a lock`, () => {
    let cloud: CloudHarness;
    beforeEach(async () => {
      cloud = await make();
    });
    afterEach(() => cloud.stop());
    const marked = async () => {
      const before = cloud.mutations();
      const found = await Array.fromAsync(cloud.restarted().marked(never));
      expect(cloud.mutations()).toBe(before);
      return found;
    };
    const keys = (placements: readonly Placement[]) => placements.map(placementKey).sort();

    test('finds the rules of every lease by their marks, and changes nothing', async () => {
      const until = cloud.now() + HOUR_MS;
      const { placement } = await openOne(cloud, await placeOne(cloud), until);
      const found = await marked();
      expect(keys(found.map((one) => one.placement))).toEqual(keys([placement]));
      expect(found).toMatchObject([{ mark: 'valid', until }]);
      expect(found[0]?.cloudNow).toBeCloseTo(cloud.now(), -4);
    });

    if (!traits.fixedEnd)
      test('takes away what is over, and nothing else', async () => {
        const soon = await openOne(cloud, await placeOne(cloud), cloud.now() + 10 * MINUTE_MS);
        const late = await openOne(cloud, await placeOne(cloud, rule(cloud.machine, 3389)), cloud.now() + HOUR_MS);
        const others = cloud.rulesOfOthers();
        cloud.advance(11 * MINUTE_MS);
        const all = (await marked()).map(({ placement }) => placement);
        const gone = await cloud.restarted().remove(all, isOver, never);
        expect(keys(gone)).toEqual(keys([soon.placement]));
        expect(cloud.rulesLeft()).toEqual([`3389 ${HOME}`]);
        expect(keys((await marked()).map(({ placement }) => placement))).toEqual(keys([late.placement]));
        expect(cloud.rulesOfOthers()).toBe(others);
        expect(await cloud.restarted().remove(all, isOver, never)).toEqual([]);
      });

    if (!traits.fixedEnd)
      test('reads again right before: what was extended since it was found stays', async () => {
        const { placement } = await openOne(cloud, await placeOne(cloud), cloud.now() + MINUTE_MS);
        cloud.advance(2 * MINUTE_MS);
        const all = (await marked()).map((one) => one.placement);
        await openOne(cloud, placement, cloud.now() + HOUR_MS);
        expect(await cloud.restarted().remove(all, isOver, never)).toEqual([]);
        expect(cloud.rulesLeft()).toEqual([`22 ${HOME}`]);
      });

    test('takes a revoked one away before its end, by where it was placed alone', async () => {
      const placement = await placeOne(cloud);
      const opened = await openOne(cloud, placement, cloud.now() + HOUR_MS);
      const gone = await cloud.restarted().remove([opened.placement], () => true, never);
      expect(keys(gone)).toEqual(keys([placement]));
      expect(cloud.rulesLeft()).toEqual([]);
      await cloud.adapter.close([opened.placement], never, go);
    });

    test('what is gone already is no trouble', async () => {
      const { placement } = await openOne(cloud, await placeOne(cloud), cloud.now() + HOUR_MS);
      await cloud.adapter.close([placement], never, go);
      expect(await cloud.restarted().remove([placement], () => true, never)).toEqual([]);
    });
  });
}
