import { expect, it } from 'vitest';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { submit } from '../../src/app/request/submit.ts';
import { MINUTE_MS } from '../../src/core/language/instant.ts';
import type { Placement } from '../../src/core/rule/rule.ts';
import { inOnePiece, proving, rankNow } from '../../src/kit/rank.ts';
import { ASK, approved } from './approved.ts';
import { ADA, GRACE, MACHINE, SENDER } from './fixtures.ts';

const never = new AbortController().signal;

/** Access for an hour, and other access to the same machine for two, in a cloud that paces its calls; and whether its readings are urgent. */
async function two() {
  const made = await approved();
  const ask = { ...ASK, source: '198.51.100.9/32', forMs: 2 * ASK.forMs };
  const { id } = await submit(made.deps, ADA, ask, { ...SENDER, key: 'second' });
  await decide(made.deps, GRACE, { request: id, verdict: 'approve' });
  const urgent: boolean[] = [];
  const { observe } = made.cloud;
  made.cloud.observe = (...asked) =>
    proving(async () => {
      urgent.push(rankNow().isUrgent);
      return observe(...asked);
    });
  const run = (found?: readonly Placement[]) => converge({ ...made.deps, inOnePiece }, MACHINE.id, never, found);
  await run();
  expect(made.cloud.rules.size).toBe(2);
  return { ...made, urgent, run };
}

it('what is read for opening alone goes behind all that closes', async () => {
  const { urgent } = await two();
  expect(urgent.length).toBeGreaterThan(0);
  expect(urgent).not.toContain(true);
});

it('what is read before and after something is closed goes before all that opens, though other access stays', async () => {
  const { urgent, run, clock, cloud, load } = await two();
  urgent.length = 0;
  clock.advance(61 * MINUTE_MS);
  await run();
  expect([(await load())?.status, cloud.rules.size]).toEqual(['ended', 1]);
  expect(urgent).toEqual([true, true]);
});

it('so does what is read for a rule that the patrol found', async () => {
  const { urgent, run, cloud } = await two();
  const [{ placement } = {}] = [...cloud.rules.values()];
  if (!placement) throw new Error('nothing is open');
  const stray = { ...placement, at: 'sg-9' };
  urgent.length = 0;
  await run([stray]);
  expect(urgent).toEqual([true, true]);
});
