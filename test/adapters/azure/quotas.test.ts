import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ArmQuotas } from '../../../adapters/azure/arm/quotas.ts';
import { ManualClock } from '../../../simulators/shared/clock.ts';
import { HOUR_MS } from '../../../src/core/language/instant.ts';
import type { Placement } from '../../../src/core/rule/rule.ts';
import { urgently } from '../../../src/kit/rank.ts';
import { go, never, openOne, placeOne } from '../../conformance/cloud-steps.ts';
import { type AzureHarness, azureHarness, START_MS } from './harness.ts';
import { nsgHarness } from './nsg-harness.ts';

const VM = 'https://management.azure.com/subscriptions/s/providers/Microsoft.Compute/virtualMachines/v';
const RULE = 'https://management.azure.com/subscriptions/s/providers/Microsoft.Network/networkSecurityGroups/g';

let clock: ManualClock;
let quotas: ArmQuotas;
beforeEach(() => {
  clock = new ManualClock(START_MS);
  quotas = new ArmQuotas({ now: clock.now, pause: async (ms) => clock.advance(ms) });
});

const reply = (status: number, headers: Readonly<Record<string, string>>, code = 'TooManyRequests') => ({
  status,
  body: JSON.stringify({ error: { code } }),
  header: (name: string) => headers[name],
});

/** A call that is answered at once. */
async function called(method: string, url: string): Promise<void> {
  const done = await quotas.turn({ method, url, isChange: method !== 'GET' }, never);
  done();
}

/** How many calls pass within this time. */
async function passed(method: string, url: string, ms: number): Promise<number> {
  const end = clock.now() + ms;
  for (let count = 0; ; count += 1) {
    await called(method, url);
    if (clock.now() > end) return count;
  }
}

describe('the quotas of a subscription', () => {
  it.each([
    { name: 'reads', method: 'GET', url: VM, most: 250 + 25 * 60 },
    { name: 'writes', method: 'PUT', url: VM, most: 200 + 10 * 60 },
    { name: 'deletes', method: 'DELETE', url: VM, most: 200 + 10 * 60 },
  ])('are kept for $name over a minute', async ({ method, url, most }) => {
    const count = await passed(method, url, 60_000);
    expect(count).toBeLessThanOrEqual(most);
    expect(count).toBeGreaterThan(most * 0.8);
  });

  it('are kept though calls take longer on their way, or less: none comes before its token', async () => {
    let tokens = 200;
    let filledAt = clock.now();
    let refused = 0;
    const arrivals: number[] = [];
    for (let n = 0; n < 500; n += 1) {
      await urgently(() => called('DELETE', VM));
      arrivals.push(clock.now() + ((n * 7_919) % 31));
    }
    for (const at of arrivals.toSorted((a, b) => a - b)) {
      tokens = Math.min(200, tokens + ((at - filledAt) / 1_000) * 10);
      filledAt = at;
      if (tokens < 1) refused += 1;
      else tokens -= 1;
    }
    expect(refused).toBe(0);
    // And they lose little by that: 300 after the first 200 take half a minute.
    expect((arrivals.at(-1) ?? 0) - START_MS).toBeLessThan(31_500);
  });

  it('are those of the network provider besides', async () => {
    expect(await passed('PUT', RULE, 300_000)).toBeLessThanOrEqual(1_000 + 1_000 + 1);
  });

  it('keep nothing waiting for longer than five minutes, whatever a reply wants', async () => {
    quotas.learn('DELETE', RULE, reply(429, { 'retry-after': '86400' }));
    await expect(called('DELETE', RULE)).rejects.toMatchObject({ code: 'cloudBusy', retryAfterMs: 300_000 });
    clock.advance(300_000);
    await called('DELETE', RULE);
  });

  it('let what is urgent pass where the rest must wait', async () => {
    await urgently(async () => {
      for (let i = 0; i < 205; i += 1) await called('GET', VM);
    });
    const at = clock.now();
    await urgently(() => called('GET', VM));
    expect(clock.now()).toBe(at);
    await called('GET', VM);
    expect(clock.now()).toBeGreaterThan(at);
  });

  it('follow what the service says is left, and stay away as long as it says', async () => {
    quotas.learn('GET', VM, reply(200, { 'x-ms-ratelimit-remaining-subscription-reads': '0' }));
    const at = clock.now();
    await urgently(() => called('GET', VM));
    expect(clock.now()).toBeGreaterThan(at);
    quotas.learn('GET', VM, reply(429, { 'retry-after': '17' }));
    await expect(called('GET', VM)).rejects.toMatchObject({ code: 'cloudBusy', retryAfterMs: 17_000 });
    clock.advance(17_000);
    await urgently(() => called('GET', VM));
  });

  it('are not shut by another write to the same resource', async () => {
    quotas.learn('PUT', RULE, reply(429, { 'retry-after': '17' }, 'RetryableErrorDueToAnotherOperation'));
    await called('PUT', RULE);
    expect(clock.now()).toBe(START_MS);
  });
});

describe('the adapter, told to come back later', () => {
  let cloud: AzureHarness;
  afterEach(() => cloud.stop());

  it('does not ask before then, and closes what it can', async () => {
    cloud = await azureHarness();
    const { placement } = await openOne(cloud, await placeOne(cloud), cloud.now() + HOUR_MS);
    cloud.sim.faults.add('VirtualMachines_Get', { kind: 'throttle', retryAfterSeconds: 30 }, 1);
    await expect(cloud.adapter.look(cloud.machine, never)).rejects.toMatchObject({ code: 'cloudBusy' });
    const before = cloud.sim.log().length;
    await expect(cloud.adapter.close([placement], never, go)).rejects.toMatchObject({ code: 'cloudBusy' });
    expect(cloud.callsSince(before)).not.toContain('VirtualMachines_Get');
    // What was recorded is closed all the same; only whether the machine got other groups meanwhile is not known yet.
    expect(cloud.rulesLeft()).toEqual([]);
    cloud.advance(30_000);
    await cloud.adapter.close([placement], never, go);
  });

  describe('when to read', () => {
    const deletions = () => cloud.sim.log().filter(({ operation }) => operation === 'SecurityRules_Delete').length;
    const unread = (placement: Placement) =>
      expect(cloud.adapter.close([placement], never, go)).rejects.toMatchObject({ code: 'cloudBusy' });

    it('asks for no deletion again that Azure took, as each takes from those of others', async () => {
      cloud = await nsgHarness();
      const { placement } = await openOne(cloud, await placeOne(cloud), cloud.now() + HOUR_MS);
      cloud.sim.faults.add(
        'VirtualMachines_Get',
        { kind: 'throttle', retryAfterSeconds: 30 },
        Number.POSITIVE_INFINITY,
      );
      await unread(placement);
      expect(cloud.rulesLeft()).toEqual([]);
      const before = deletions();
      await unread(placement);
      cloud.advance(40_000);
      cloud.sim.faults.clear();
      await cloud.adapter.close([placement], never, go);
      expect(deletions()).toBe(before);
    });

    it('reads no groups before its deletion was taken: those whose rules are gone need the readings', async () => {
      cloud = await nsgHarness();
      const { placement } = await openOne(cloud, await placeOne(cloud), cloud.now() + HOUR_MS);
      cloud.sim.faults.add('SecurityRules_Delete', { kind: 'throttle', retryAfterSeconds: 30 }, 1);
      const before = cloud.sim.log().length;
      // Refused, and then not even sent.
      await unread(placement);
      await unread(placement);
      expect(cloud.callsSince(before)).not.toContain('NetworkSecurityGroups_Get');
      cloud.advance(40_000);
      await cloud.adapter.close([placement], never, go);
      expect(cloud.rulesLeft()).toEqual([]);
    });

    it('comes back when its deletion may be sent again, however long the readings would have to wait', async () => {
      cloud = await nsgHarness();
      const { placement } = await openOne(cloud, await placeOne(cloud), cloud.now() + HOUR_MS);
      cloud.sim.faults.add('SecurityRules_Delete', { kind: 'throttle', retryAfterSeconds: 1 }, 1);
      cloud.sim.faults.add('NetworkSecurityGroups_Get', { kind: 'throttle', retryAfterSeconds: 20 }, 1);
      const closing = cloud.adapter.close([placement], never, go);
      await expect(closing).rejects.toMatchObject({ code: 'cloudBusy', retryAfterMs: 1_000 });
    });

    it('reads a group and a subnet together for all who look at the same time', async () => {
      cloud = await nsgHarness();
      await cloud.adapter.look(cloud.machine, never);
      const counted = async (work: () => Promise<unknown>) => {
        const before = cloud.sim.log().length;
        await work();
        const calls = cloud.callsSince(before);
        return ['VirtualMachines_Get', 'Subnets_Get', 'NetworkSecurityGroups_Get'].map(
          (operation) => calls.filter((call) => call === operation).length,
        );
      };
      const [machines = 0, ...shared] = await counted(() => cloud.adapter.look(cloud.machine, never));
      expect(machines).toBe(1);
      cloud.sim.faults.add(/_Get$/, { kind: 'slow', ms: 50 }, Number.POSITIVE_INFINITY);
      const all = await counted(() =>
        Promise.all(Array.from({ length: 30 }, () => cloud.adapter.look(cloud.machine, never))),
      );
      expect(all[0]).toBe(30);
      for (const [i, count] of all.slice(1).entries()) expect(count).toBeLessThan(10 * (shared[i] ?? 0));
    });

    it('deletes at once what another process opened again meanwhile, though a reading is older than that', async () => {
      cloud = await nsgHarness();
      const other = { ...cloud, adapter: cloud.restarted() };
      const { placement } = await openOne(cloud, await placeOne(cloud), cloud.now() + HOUR_MS);
      cloud.advance(60_000);
      await cloud.adapter.close([placement], never, go);
      cloud.advance(20_000);
      const { placement: again } = await openOne(other, await placeOne(other), cloud.now() + HOUR_MS);
      cloud.advance(5_000);
      cloud.staleReads(15_000);
      await cloud.adapter.close([again], never, go);
      expect(cloud.rulesLeft()).toEqual([]);
    });

    it('deletes at once what another process opened again after this one’s patrol removed it, though a reading is older', async () => {
      cloud = await nsgHarness();
      const other = { ...cloud, adapter: cloud.restarted() };
      const { placement } = await openOne(cloud, await placeOne(cloud), cloud.now() + HOUR_MS);
      cloud.advance(60_000);
      await cloud.adapter.remove([placement], () => true, never);
      expect(cloud.rulesLeft()).toEqual([]);
      cloud.advance(20_000);
      const { placement: again } = await openOne(other, await placeOne(other), cloud.now() + HOUR_MS);
      cloud.advance(5_000);
      cloud.staleReads(15_000);
      await cloud.adapter.close([again], never, go);
      expect(cloud.rulesLeft()).toEqual([]);
    });

    it('deletes at once what it opened again meanwhile, and after a minute what nobody opened', async () => {
      cloud = await nsgHarness();
      const placed = await placeOne(cloud);
      const { placement } = await openOne(cloud, placed, cloud.now() + HOUR_MS);
      await cloud.adapter.close([placement], never, go);
      const { placement: again } = await openOne(cloud, placed, cloud.now() + HOUR_MS);
      cloud.sim.faults.add(
        'VirtualMachines_Get',
        { kind: 'throttle', retryAfterSeconds: 10 },
        Number.POSITIVE_INFINITY,
      );
      await unread(again);
      expect(cloud.rulesLeft()).toEqual([]);
      const before = deletions();
      cloud.advance(60_000);
      await unread(again);
      expect(deletions()).toBeGreaterThan(before);
    });
  });
});
