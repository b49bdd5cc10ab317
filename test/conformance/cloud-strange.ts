import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { JitError } from '../../src/core/errors/errors.ts';
import { HOUR_MS } from '../../src/core/language/instant.ts';
import type { EffectivePort } from '../../src/core/rule/rule.ts';
import type { CloudHarness } from './cloud-harness.ts';
import { go, never, openOne, ours, placeOne } from './cloud-steps.ts';

/** What proxies, filters and portals answer with, and the shortest answers that a service could give. */
const BODIES: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['a page', '<!doctype html><html><head><title>Blocked</title></head><body><p>Ask IT.</p></body></html>'],
  ['an empty object', '{}'],
  ['a page in JSON', '{"status":"blocked","name":"filter","id":7,"data":{"properties":{}},"error":"Ask IT."}'],
  ['nothing in words of JSON', 'null'],
  ['an empty list', '[]'],
  ['a list that is none', '{"value":null,"items":null}'],
  ['an element without content', '<?xml version="1.0"?><Response/>'],
];

/** Refusing is right, in words; where it was the sign-in that was answered so, what was refused is the sign-in. */
function passed(error: unknown): undefined {
  expect(error).toBeInstanceOf(JitError);
  expect(error).not.toMatchObject({ code: 'machineGone' });
}

/** What every cloud adapter must do with an answer that says 200 and nothing else: it is no "no". */
export function strangeConformance(name: string, make: () => Promise<CloudHarness>): void {
  describe(`${name} behind something that answers in its place, as every cloud`, () => {
    let cloud: CloudHarness;
    beforeEach(async () => {
      cloud = await make();
    });
    afterEach(() => cloud.stop());

    /** The work once for each call that it reads with, while that call is answered so; what came of it, where anything did. */
    async function inTheWay<T>(body: string, work: (fresh: CloudHarness['adapter']) => Promise<T>) {
      const before = cloud.reads().length;
      await work(cloud.restarted());
      const operations = new Set(cloud.reads().slice(before));
      expect(operations.size).toBeGreaterThan(0);
      const came: { readonly operation: string; readonly result: T }[] = [];
      for (const operation of operations) {
        cloud.answerStrangely(operation, body);
        const result = await work(cloud.restarted()).catch(passed);
        cloud.behave();
        if (result !== undefined) came.push({ operation, result });
      }
      return came;
    }
    const closedAt = (ports: readonly EffectivePort[], number: number) =>
      ports.some(({ port, state }) => port.number === number && state === 'closed');

    test('it is told that something else answered', async () => {
      const { placement } = await openOne(cloud, await placeOne(cloud), cloud.now() + HOUR_MS);
      const [, page] = BODIES[1] ?? [];
      const told = new Set<unknown>();
      const reading = (fresh: CloudHarness['adapter']) => fresh.observe(cloud.machine, [placement], never);
      await inTheWay(page ?? '', (fresh) =>
        reading(fresh).catch((error) => Promise.reject(told.add(error.code) && error)),
      );
      expect([...told]).toContain('cloudStrange');
    });

    test.each(BODIES)('%s does not make an open rule look gone', async (_, body) => {
      const { placement } = await openOne(cloud, await placeOne(cloud), cloud.now() + HOUR_MS);
      const came = await inTheWay(body, (fresh) => fresh.observe(cloud.machine, [placement], never));
      expect(came.filter(({ result }) => !ours(result, placement)).map(({ operation }) => operation)).toEqual([]);
    });

    test.each(BODIES)('%s does not make a port that others opened look closed', async (_, body) => {
      const came = await inTheWay(body, (fresh) => fresh.observe(cloud.exposed, [], never));
      const blind = came.filter(({ result }) => closedAt(result.effective ?? [], 22));
      expect(blind.map(({ operation }) => operation)).toEqual([]);
    });

    test.each(BODIES)('%s is no proof that a closing was done', async (_, body) => {
      const { placement } = await openOne(cloud, await placeOne(cloud), cloud.now() + HOUR_MS);
      const lied = await inTheWay(body, async (fresh) => {
        await fresh.close([placement], never, go);
        const left = cloud.rulesLeft();
        await openOne(cloud, placement, cloud.now() + HOUR_MS).catch(() => undefined);
        return left;
      });
      expect(lied.filter(({ result }) => result.length > 0).map(({ operation }) => operation)).toEqual([]);
    });

    test.each(BODIES)('%s hides no rule from the patrol, and no machine from the list, in silence', async (_, body) => {
      await openOne(cloud, await placeOne(cloud), cloud.now() + HOUR_MS);
      const patrols = await inTheWay(body, (fresh) => Array.fromAsync(fresh.patrol(never)));
      expect(patrols.filter(({ result }) => result.length === 0).map(({ operation }) => operation)).toEqual([]);
      const lists = await inTheWay(body, (fresh) => fresh.machines(never));
      const lost = lists.filter(({ result: { all, unread } }) => all.length === 0 && unread.length === 0);
      expect(lost.map(({ operation }) => operation)).toEqual([]);
    });
  });
}
