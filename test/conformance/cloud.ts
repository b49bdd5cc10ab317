import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../src/core/language/instant.ts';
import { hasLockdown } from '../../src/core/machine/lockdown.ts';
import { type Observed, type Placement, placementKey, type StandingRule } from '../../src/core/rule/rule.ts';
import type { ProtectedPort } from '../../src/ports/cloud.ts';
import type { CloudHarness, CloudTraits } from './cloud-harness.ts';
import { markConformance } from './cloud-marks.ts';
import { removeConformance } from './cloud-remove.ts';
import { go, HOME, never, openOne, ours, placeOne, rule } from './cloud-steps.ts';
import { troubleConformance } from './cloud-trouble.ts';

const OFFICE = '198.51.100.16/28';
const SSH = { port: { number: 22, protocol: 'tcp' as const }, sources: [], longestMs: HOUR_MS };

const stateOf = (observed: Observed, number = 22) =>
  observed.effective.find(({ port }) => port.number === number && port.protocol === 'tcp');

/** What every cloud adapter must do. `make` gives a fresh cloud for each test. */
export function cloudConformance(name: string, make: () => Promise<CloudHarness>, traits: CloudTraits = {}): void {
  describe(`${name}, as every cloud`, () => {
    let cloud: CloudHarness;
    const CLOSED = traits.alwaysOpenTo === undefined ? 'closed' : 'open';
    const others = (rules: readonly StandingRule[]) => rules.filter(({ source }) => source !== traits.alwaysOpenTo);
    const look = (placements: readonly Placement[]) => cloud.adapter.observe(cloud.machine, placements, never);
    const close = (placements: readonly Placement[]) => cloud.adapter.close(placements, never, go);
    beforeEach(async () => {
      cloud = await make();
    });
    afterEach(() => cloud.stop());

    describe('machines', () => {
      test('are listed with their canonical ids', async () => {
        const ids = (await cloud.adapter.machines(never)).all.map(({ id }) => id);
        expect(ids).toEqual(expect.arrayContaining([cloud.machine, cloud.exposed]));
        expect(ids.every((id) => id === id.toLowerCase())).toBe(true);
      });

      test('are looked at with their protection and what else opens their ports', async () => {
        const closed = await cloud.adapter.look(cloud.machine, never);
        expect(closed.machine.id).toBe(cloud.machine);
        expect(closed.protection?.ports.map(({ port }) => port.number)).toEqual(expect.arrayContaining([22, 3389]));
        expect(others(closed.standing)).toEqual([]);
        const exposed = await cloud.adapter.look(cloud.exposed, never);
        expect(exposed.protection).toBeUndefined();
        expect(exposed.standing.map(({ port }) => port.number)).toContain(22);
        expect(exposed.standing.every(({ through }) => through.length > 0)).toBe(true);
      });

      test('have a lockdown where people are told of one', () => {
        expect('planLockdown' in cloud.adapter).toBe(hasLockdown(cloud.machine));
      });

      test('that do not exist are gone', async () => {
        const { identity } = await cloud.adapter.look(cloud.machine, never);
        expect(identity).toBeTruthy();
        expect((await cloud.restarted().look(cloud.machine, never)).identity).toBe(identity);
        await expect(cloud.adapter.look(cloud.unknown, never)).rejects.toMatchObject({ code: 'machineGone' });
      });

      test('are protected once, however often it is asked', async () => {
        const protection = (number: number) => ({
          ports: [{ port: { number, protocol: 'tcp' as const }, sources: [], longestMs: HOUR_MS }],
        });
        const first = await cloud.adapter.protect(cloud.exposed, protection(22), never);
        expect(first.standing.map(({ port }) => port.number)).toContain(22);
        await cloud.adapter.protect(cloud.exposed, protection(5985), never);
        const { protection: both } = await cloud.adapter.protect(cloud.exposed, protection(22), never);
        expect(both?.ports.map(({ port }) => port.number).sort()).toEqual([22, 5985]);
        expect(await cloud.adapter.look(cloud.exposed, never)).toMatchObject({ protection: both });
      });

      test('are protected with the limits that were given last, port by port', async () => {
        const narrow = { ...SSH, sources: ['198.51.100.0/24'], longestMs: 3 * HOUR_MS };
        const web = { ...SSH, port: { number: 5985, protocol: 'tcp' as const } };
        await cloud.adapter.protect(cloud.exposed, { ports: [SSH, web] }, never);
        const { protection } = await cloud.adapter.protect(cloud.exposed, { ports: [narrow] }, never);
        const byPort = (ports: readonly ProtectedPort[] = []) =>
          [...ports].sort((a, b) => a.port.number - b.port.number).map(({ port, ...limits }) => [port.number, limits]);
        expect(byPort(protection?.ports)).toEqual(byPort([narrow, web]));
        expect(byPort((await cloud.restarted().look(cloud.exposed, never)).protection?.ports)).toEqual(
          byPort([narrow, web]),
        );
        const mutations = cloud.mutations();
        await cloud.adapter.protect(cloud.exposed, { ports: [narrow] }, never);
        expect(cloud.mutations()).toBe(mutations);
      });

      test('are not protected any more at single ports when that is ended, and all others stay', async () => {
        const before = cloud.rulesOfOthers();
        const narrow = { ...SSH, sources: ['198.51.100.0/24'], longestMs: 3 * HOUR_MS };
        const others = [3389, 5985].map((number) => ({ ...SSH, port: { number, protocol: 'tcp' as const } }));
        await cloud.adapter.protect(cloud.exposed, { ports: [narrow, ...others] }, never);
        const end = (numbers: readonly number[]) =>
          cloud.adapter.unprotect(
            cloud.exposed,
            never,
            numbers.map((number) => ({ number, protocol: 'tcp' })),
          );
        const left = await end([3389, 5985, 4711]);
        expect(left.protection?.ports).toEqual([narrow]);
        expect((await cloud.restarted().look(cloud.exposed, never)).protection?.ports).toEqual([narrow]);
        const mutations = cloud.mutations();
        await end([3389]);
        expect(cloud.mutations()).toBe(mutations);
        expect((await end([22])).protection).toBeUndefined();
        expect(cloud.rulesOfOthers()).toBe(before);
      });

      test('that share what is written for them have one key, which is the same for everybody', async () => {
        const key = await cloud.adapter.protectKey(cloud.exposed, never);
        expect(await cloud.restarted().protectKey(cloud.exposed, never)).toBe(key);
      });

      test('are not protected any more when that is ended, however often it is asked, and can be again', async () => {
        const before = cloud.rulesOfOthers();
        await cloud.adapter.protect(cloud.exposed, { ports: [SSH] }, never);
        const ended = await cloud.adapter.unprotect(cloud.exposed, never);
        expect(ended.protection).toBeUndefined();
        expect(ended.standing.map(({ port }) => port.number)).toContain(22);
        expect(cloud.rulesOfOthers()).toBe(before);
        const mutations = cloud.mutations();
        await cloud.adapter.unprotect(cloud.exposed, never);
        expect(cloud.mutations()).toBe(mutations);
        const refused = { code: 'notProtected' };
        await expect(cloud.adapter.locate([rule(cloud.exposed)], never)).rejects.toMatchObject(refused);
        const seen = ended.locate ?? (await cloud.adapter.look(cloud.exposed, never)).locate;
        if (seen) await expect(seen([rule(cloud.exposed)], never)).rejects.toMatchObject(refused);
        const again = await cloud.adapter.protect(cloud.exposed, { ports: [SSH] }, never);
        expect(again.protection?.ports).toHaveLength(1);
        const other = await cloud.adapter.look(cloud.machine, never);
        expect(other.protection?.ports.map(({ port }) => port.number).sort()).toEqual([22, 3389]);
      });

      test('can be read at the start', () => expect(cloud.adapter.check(never)).resolves.toBeUndefined());
    });

    describe('placing', () => {
      test('writes nothing and names a spot for each rule, with its locks', async () => {
        const before = cloud.mutations();
        const rules = [rule(cloud.machine), rule(cloud.machine, 3389)];
        const placements = await cloud.adapter.locate(rules, never);
        // By what a look has read it is the same.
        const looked = await cloud.adapter.look(cloud.machine, never);
        expect((await looked.locate?.(rules, never)) ?? placements).toEqual(placements);
        expect(placements.map((placement) => placement.rule)).toEqual(rules);
        expect(new Set(placements.map(placementKey)).size).toBe(2);
        expect(placements.every(({ locks }) => locks.length > 0)).toBe(true);
        expect(cloud.mutations()).toBe(before);
        expect((await cloud.adapter.locate(rules, never)).map(placementKey)).toEqual(placements.map(placementKey));
      });

      test.each([
        ['an unprotected machine', () => rule(cloud.exposed), 'notProtected'],
        ['an unprotected port', () => rule(cloud.machine, 8080), 'notProtected'],
        ['a machine that does not exist', () => rule(cloud.unknown), 'machineGone'],
      ])('refuses %s', async (_, wanted, code) => {
        await expect(cloud.adapter.locate([wanted()], never)).rejects.toMatchObject({ code });
      });
    });

    describe('the life of a rule', () => {
      test('is opened, present, remarked, closed, and closed again', async () => {
        const placement = await placeOne(cloud);
        const until = cloud.now() + HOUR_MS;
        const first = await openOne(cloud, placement, until);
        expect(first.outcome).toBe('opened');
        expect(placementKey(first.placement)).toBe(placementKey(placement));
        expect(cloud.rulesLeft()).toEqual([`22 ${HOME}`]);
        expect(ours(await look([placement]), placement)).toMatchObject({ mark: 'valid', until });

        const before = cloud.mutations();
        expect((await openOne(cloud, first.placement, until)).outcome).toBe('present');
        expect(cloud.mutations()).toBe(before);

        expect((await openOne(cloud, first.placement, until + HOUR_MS)).outcome).toBe('remarked');
        expect(ours(await look([placement]), placement)).toMatchObject({ mark: 'valid', until: until + HOUR_MS });

        await close([first.placement]);
        expect(cloud.rulesLeft()).toEqual([]);
        const after = await look([placement]);
        expect(ours(after, placement)).toBeUndefined();
        expect(stateOf(after)?.state).toBe(CLOSED);
        await close([first.placement]);
      });

      test('is there once for two leases with one source', async () => {
        const placement = await placeOne(cloud);
        const until = cloud.now() + HOUR_MS;
        await openOne(cloud, placement, until);
        // The second lease was placed on its own and does not know the rule's id.
        expect((await openOne(cloud, await placeOne(cloud), until + MINUTE_MS)).outcome).toBe('remarked');
        expect(cloud.rulesLeft()).toEqual([`22 ${HOME}`]);
      });

      if (!traits.fixedEnd)
        test('is marked down when the longer of two leases ends', async () => {
          const placement = await placeOne(cloud);
          const until = cloud.now() + HOUR_MS;
          const { placement: known } = await openOne(cloud, placement, until + HOUR_MS);
          expect((await openOne(cloud, known, until)).outcome).toBe('remarked');
          expect(ours(await look([placement]), placement)?.until).toBe(until);
        });

      if (!traits.oneSourcePerPort)
        test('stays when the rule of another source is closed', async () => {
          const until = cloud.now() + HOUR_MS;
          const home = await openOne(cloud, await placeOne(cloud), until);
          await openOne(cloud, await placeOne(cloud, rule(cloud.machine, 22, OFFICE)), until);
          expect(cloud.rulesLeft()).toEqual([`22 ${OFFICE}`, `22 ${HOME}`]);
          await close([home.placement]);
          expect(cloud.rulesLeft()).toEqual([`22 ${OFFICE}`]);
        });

      if (!traits.ipv4Only)
        test('comes and goes for an IPv6 source too', async () => {
          const placement = await placeOne(cloud, rule(cloud.machine, 22, '2001:db8:7::/64'));
          const { placement: known } = await openOne(cloud, placement, cloud.now() + HOUR_MS);
          expect(cloud.rulesLeft()).toEqual(['22 2001:db8:7::/64']);
          expect(ours(await look([placement]), placement)?.mark).toBe('valid');
          await close([known]);
          expect(cloud.rulesLeft()).toEqual([]);
        });

      test('closes several at once', async () => {
        const until = cloud.now() + HOUR_MS;
        const ssh = await openOne(cloud, await placeOne(cloud), until);
        const rdp = await openOne(cloud, await placeOne(cloud, rule(cloud.machine, 3389)), until);
        await close([ssh.placement, rdp.placement]);
        expect(cloud.rulesLeft()).toEqual([]);
      });

      test('closes the others when one of them is gone already', async () => {
        const until = cloud.now() + HOUR_MS;
        const ssh = await openOne(cloud, await placeOne(cloud), until);
        const rdp = await openOne(cloud, await placeOne(cloud, rule(cloud.machine, 3389)), until);
        await cloud.restarted().close([ssh.placement], never, go);
        await close([ssh.placement, rdp.placement]);
        expect(cloud.rulesLeft()).toEqual([]);
      });

      test('is closed by where it was placed, when nobody kept its id', async () => {
        const placement = await placeOne(cloud);
        await openOne(cloud, placement, cloud.now() + HOUR_MS);
        await cloud.restarted().close([placement], never, go);
        expect(cloud.rulesLeft()).toEqual([]);
      });
    });

    describe('observing', () => {
      test('leaves our own rules out of what keeps a port open', async () => {
        const { placement } = await openOne(cloud, await placeOne(cloud), cloud.now() + HOUR_MS);
        const observed = await look([placement]);
        expect(stateOf(observed)?.state).toBe(CLOSED);
        expect(others(observed.others)).toEqual([]);
        expect(observed.cloudNow).toBeCloseTo(cloud.now(), -4);
      });

      test('names what somebody else opened', async () => {
        const { placement } = await openOne(cloud, await placeOne(cloud), cloud.now() + HOUR_MS);
        const through = await cloud.openByHand(cloud.machine, 22);
        const observed = await look([placement]);
        expect(stateOf(observed)).toMatchObject({ state: 'open', through: expect.stringContaining(through) });
        expect(others(observed.others)).not.toEqual([]);
        expect(others(observed.others).filter((one) => !one.through.includes(through))).toEqual([]);
        await close([placement]);
        expect(stateOf(await look([placement]))?.state).toBe('open');
        expect(cloud.rulesLeft()).toEqual([]);
      });

      test('a machine that is gone is no error, and its rules still close', async () => {
        const { placement } = await openOne(cloud, await placeOne(cloud), cloud.now() + HOUR_MS);
        await cloud.deleteMachine(cloud.machine);
        expect(stateOf(await look([placement]))?.state).not.toBe('open');
        await close([placement]);
        expect(cloud.rulesLeft()).toEqual([]);
        await close([placement]);
        await expect(cloud.adapter.look(cloud.machine, never)).rejects.toMatchObject({ code: 'machineGone' });
      });
    });
  });
  markConformance(name, make, traits);
  removeConformance(name, make, traits);
  troubleConformance(name, make);
}
