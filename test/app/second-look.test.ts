import { describe, expect, it } from 'vitest';
import { placementKey } from '../../src/core/rule/rule.ts';
import { approved } from './approved.ts';

const HOUR_MS = 3_600_000;

/** A lease that was opened, has ended, and was proven closed. */
async function ended() {
  const made = await approved();
  await made.converge();
  const [rule] = [...made.cloud.rules.values()];
  if (!rule) throw new Error('nothing was opened');
  made.clock.advance(HOUR_MS);
  await made.converge();
  const request = await made.load();
  if (request?.status !== 'ended' || request.watchUntil === undefined || request.lookAt === undefined)
    throw new Error(`it is ${request?.status} and not watched`);
  made.cloud.calls.length = 0;
  return { ...made, rule, watchUntil: request.watchUntil, lookAt: request.lookAt };
}

/** What a process that died, or a delayed write of the cloud, may do after everything was closed. */
describe('a lease that is over', () => {
  it('is looked at again when its time has come, not before, and not after its watch', async () => {
    const { clock, converge, load, deps, lookAt, watchUntil } = await ended();
    clock.advance(lookAt - clock.now() - 1);
    await converge();
    expect(await load()).toMatchObject({ lookAt });
    clock.advance(watchUntil - clock.now());
    await converge();
    expect(await load()).toMatchObject({ status: 'ended' });
    expect((await load())?.status === 'ended' && 'watchUntil' in ((await load()) ?? {})).toBe(false);
    expect(await deps.store.live(10)).toEqual([]);
  });

  it('is closed again when its rule is there again, at the instant of the look', async () => {
    const { clock, cloud, converge, load, rule, lookAt } = await ended();
    cloud.rules.set(placementKey(rule.placement), rule);
    clock.advance(lookAt - clock.now());
    await converge();
    expect(cloud.calls).toEqual(['close 1']);
    expect(cloud.rules.size).toBe(0);
    const timeline = (await load())?.timeline.map(({ event }) => event);
    expect(timeline).toContain('closed again');
  });
});
