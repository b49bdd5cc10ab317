import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { JitError } from '../../src/core/errors/errors.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/core/language/instant.ts';
import { placementKey } from '../../src/core/rule/rule.ts';
import type { CloudHarness } from './cloud-harness.ts';
import { go, never, openOne, placeOne } from './cloud-steps.ts';

/** Tries as converge does: again after `busy`, and never after anything else. */
async function insist<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof JitError && error.kind === 'busy') || tries === 5) throw error;
    }
  }
}

/** What every cloud adapter must do on a bad day. */
export function troubleConformance(name: string, make: () => Promise<CloudHarness>): void {
  describe(`${name} on bad days, as every cloud`, () => {
    let cloud: CloudHarness;
    beforeEach(async () => {
      cloud = await make();
    });
    afterEach(() => cloud.stop());

    test('a lost reply to opening is found out by reading', async () => {
      const placement = await placeOne(cloud);
      const until = cloud.now() + HOUR_MS;
      cloud.loseReply('open', 1);
      const opened = await insist(() => openOne(cloud, placement, until));
      expect(['opened', 'present']).toContain(opened.outcome);
      expect(cloud.rulesLeft()).toHaveLength(1);
      const { ours } = await cloud.adapter.observe(cloud.machine, [placement], never);
      expect(ours.filter((one) => placementKey(one.placement) === placementKey(placement))).toMatchObject([
        { mark: 'valid', until },
      ]);
    });

    test('a lost reply to closing is found out too', async () => {
      const { placement } = await openOne(cloud, await placeOne(cloud), cloud.now() + HOUR_MS);
      cloud.loseReply('close', 1);
      await insist(() => cloud.adapter.close([placement], never, go));
      expect(cloud.rulesLeft()).toEqual([]);
    });

    test('a cut connection opens nothing and says so as something to try again', async () => {
      const placement = await placeOne(cloud);
      cloud.cut('open', Number.POSITIVE_INFINITY);
      await expect(openOne(cloud, placement, cloud.now() + HOUR_MS)).rejects.toMatchObject({ kind: 'busy' });
      expect(cloud.rulesLeft()).toEqual([]);
    });

    test('a throttled close is said as something to try again, and then closes', async () => {
      const { placement } = await openOne(cloud, await placeOne(cloud), cloud.now() + HOUR_MS);
      cloud.throttle('close', Number.POSITIVE_INFINITY);
      await expect(cloud.adapter.close([placement], never, go)).rejects.toMatchObject({ code: 'cloudBusy' });
      expect(cloud.rulesLeft()).toHaveLength(1);
      cloud.behave();
      await cloud.adapter.close([placement], never, go);
      expect(cloud.rulesLeft()).toEqual([]);
    });

    test('a missing right is refused in words that name the code and nothing else', async () => {
      const placement = await placeOne(cloud);
      cloud.deny('open', Number.POSITIVE_INFINITY);
      const error = await openOne(cloud, placement, cloud.now() + HOUR_MS).then(
        () => undefined,
        (caught: unknown) => caught,
      );
      expect(error).toMatchObject({ code: 'cloudDenied', kind: 'refused' });
      expect((error as JitError).say.length).toBeLessThan(120);
      expect(cloud.rulesLeft()).toEqual([]);
    });

    test('a missing right to read is told at the start', async () => {
      cloud.deny('read', Number.POSITIVE_INFINITY);
      await expect(cloud.adapter.check(never)).rejects.toMatchObject({ code: 'cloudDenied' });
    });

    test('a reading from before the opening does not keep a rule from being closed', async () => {
      const placement = await placeOne(cloud);
      cloud.advance(MINUTE_MS);
      await openOne(cloud, placement, cloud.now() + HOUR_MS);
      cloud.staleReads(MINUTE_MS / 2);
      // Without its id: as when the program stopped before it could keep it.
      await insist(() => cloud.adapter.close([placement], never, go));
      cloud.behave();
      // The second look.
      await insist(() => cloud.adapter.close([placement], never, go));
      expect(cloud.rulesLeft()).toEqual([]);
    });

    test('an aborted call writes nothing', async () => {
      const placement = await placeOne(cloud);
      const before = cloud.mutations();
      const gone = AbortSignal.abort(new Error('the lock is lost'));
      await expect(openOne(cloud, placement, cloud.now() + HOUR_MS, { signal: gone })).rejects.toThrow();
      expect(cloud.mutations()).toBe(before);
      const { placement: known } = await openOne(cloud, placement, cloud.now() + HOUR_MS);
      await expect(cloud.adapter.close([known], gone, go)).rejects.toThrow();
      expect(cloud.rulesLeft()).toHaveLength(1);
    });

    test('what must not be called any more is not called', async () => {
      const placement = await placeOne(cloud);
      const late = () => {
        throw new JitError('endedBeforeOpen');
      };
      const before = cloud.mutations();
      await expect(openOne(cloud, placement, cloud.now() + HOUR_MS, { beforeCall: late })).rejects.toMatchObject({
        code: 'endedBeforeOpen',
      });
      expect(cloud.mutations()).toBe(before);
      const { placement: known } = await openOne(cloud, placement, cloud.now() + HOUR_MS);
      await expect(cloud.adapter.close([known], never, late)).rejects.toMatchObject({ code: 'endedBeforeOpen' });
      expect(cloud.rulesLeft()).toHaveLength(1);
    });

    test('each mutating call is asked for right before it is made', async () => {
      let asked = 0;
      const count = () => {
        asked += 1;
      };
      const placement = await placeOne(cloud);
      const before = cloud.mutations();
      const { placement: known } = await openOne(cloud, placement, cloud.now() + HOUR_MS, { beforeCall: count });
      await cloud.adapter.close([known], never, count);
      expect(cloud.mutations() - before).toBe(asked);
    });
  });
}
