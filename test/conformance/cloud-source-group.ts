import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../src/core/language/instant.ts';
import { placementKey, type Rule } from '../../src/core/rule/rule.ts';
import type { SourceGroups } from '../../src/ports/source-groups.ts';
import type { CloudHarness } from './cloud-harness.ts';
import { go, never, openOne, ours, placeOne, rule } from './cloud-steps.ts';

/** What a cloud must do whose rules can let in whoever bears a security group. `group` gives one that others bear. */
export function sourceGroupConformance<Harness extends CloudHarness & { readonly adapter: SourceGroups }>(
  name: string,
  make: () => Promise<Harness>,
  group: (cloud: Harness) => string,
): void {
  describe(`${name}, with a security group as the source`, () => {
    let cloud: Harness;
    let wanted: Rule;
    beforeEach(async () => {
      cloud = await make();
      wanted = rule(cloud.machine, 22, group(cloud));
    });
    afterEach(() => cloud.stop());
    const look = (placement: Awaited<ReturnType<typeof placeOne>>) =>
      cloud.adapter.observe(cloud.machine, [placement], never);

    test('tells whom it lets in, and refuses a group that nobody could come by', async () => {
      expect(await cloud.adapter.bearers(cloud.machine, wanted.source, never)).toMatch(
        /: \d+ network interfaces? now\.$/,
      );
      await expect(cloud.adapter.bearers(cloud.machine, 'sg-00000000000000000', never)).rejects.toMatchObject({
        code: 'groupElsewhere',
      });
    });

    test('opens, is found with its mark, closes, and is closed by all that is read', async () => {
      const until = cloud.now() + HOUR_MS;
      const { placement, outcome } = await openOne(cloud, await placeOne(cloud, wanted), until);
      expect(outcome).toBe('opened');
      expect(placement.rule).toEqual(wanted);
      expect(ours(await look(placement), placement)).toMatchObject({ mark: 'valid', until });
      expect(cloud.rulesLeft()).toEqual([`22 ${wanted.source}`]);
      expect(await openOne(cloud, placement, until)).toMatchObject({ outcome: 'present' });
      expect(await openOne(cloud, placement, until + HOUR_MS)).toMatchObject({ outcome: 'remarked' });
      const found = await Array.fromAsync(cloud.adapter.patrol(never));
      expect(JSON.stringify(found)).toContain(wanted.source);
      await cloud.adapter.close([placement], never, go);
      await cloud.adapter.close([placement], never, go);
      const after = await look(placement);
      expect(ours(after, placement)).toBeUndefined();
      expect(after.effective).toMatchObject([{ state: 'closed' }]);
      expect(cloud.rulesLeft()).toEqual([]);
    });

    test('is found again and closed where the reply was lost, whatever is remembered of its id', async () => {
      const placement = await placeOne(cloud, wanted);
      cloud.loseReply('open', 1);
      await openOne(cloud, placement, cloud.now() + HOUR_MS).catch(() => undefined);
      cloud.behave();
      expect((await openOne(cloud, placement, cloud.now() + HOUR_MS)).placement.rule).toEqual(wanted);
      await cloud.adapter.close([placement], never, go);
      expect(cloud.rulesLeft()).toEqual([]);
    });

    test('is removed by what was read, without a lock', async () => {
      const { placement } = await openOne(cloud, await placeOne(cloud, wanted), cloud.now() + HOUR_MS);
      const gone = await cloud.adapter.remove([placement], ({ mark }) => mark === 'valid', never);
      expect(gone.map(placementKey)).toEqual([placementKey(placement)]);
      expect(cloud.rulesLeft()).toEqual([]);
    });

    test('without our mark where only we write is ours by place, and is marked again when it is wanted', async () => {
      const { placement } = await openOne(cloud, await placeOne(cloud, wanted), cloud.now() + HOUR_MS);
      await cloud.tamper(placement, undefined);
      expect(ours(await look(placement), placement)).toMatchObject({ mark: 'missing' });
      expect(await openOne(cloud, placement, cloud.now() + HOUR_MS)).toMatchObject({ outcome: 'remarked' });
      expect(ours(await look(placement), placement)).toMatchObject({ mark: 'valid' });
    });
  });
}
