import { describe, expect, it } from 'vitest';
import { revoke } from '../../src/app/request/end.ts';
import { MINUTE_MS, SECOND_MS } from '../../src/core/language/instant.ts';
import { approved } from './approved.ts';
import { GRACE } from './fixtures.ts';

/** A cloud that tells its time, so far ahead of Redis. */
async function ahead(ms: number) {
  const made = await approved();
  const { cloud, clock } = made;
  const { observe } = cloud;
  let off = ms;
  cloud.observe = async (...args) => ({ ...(await observe(...args)), cloudNow: clock.now() + off });
  return {
    ...made,
    setRight: () => {
      off = 0;
    },
  };
}

describe('the clock of Redis and that of the cloud', () => {
  it.each([
    ['an hour ahead', 60 * MINUTE_MS],
    ['an hour behind', -60 * MINUTE_MS],
    ['a year ahead', 365 * 24 * 60 * MINUTE_MS],
    ['two minutes behind', -2 * MINUTE_MS],
  ])('differ, with the cloud %s: nothing is opened until they agree', async (_, ms) => {
    const { cloud, clock, converge, load, setRight, log } = await ahead(ms);
    await converge();
    expect(cloud.rules.size).toBe(0);
    expect(await load()).toMatchObject({ status: 'activating', trouble: { code: 'clocksDiffer' } });
    expect(log).toContain('the clocks of Redis and a cloud differ: nothing is opened there until they agree');
    setRight();
    clock.advance(30 * SECOND_MS);
    await converge();
    expect(await load()).toMatchObject({ status: 'active' });
  });

  it.each([
    ['a minute ahead', MINUTE_MS],
    ['a minute behind', -MINUTE_MS],
  ])('are not held against each other with the cloud %s', async (_, ms) => {
    const { converge, load } = await ahead(ms);
    await converge();
    expect(await load()).toMatchObject({ status: 'active' });
  });

  it('never hold up a closing', async () => {
    const { cloud, converge, load, deps, id } = await approved();
    await converge();
    const { observe } = cloud;
    cloud.observe = async (...args) => ({ ...(await observe(...args)), cloudNow: 0 });
    await revoke(deps, GRACE, id);
    await converge();
    expect(cloud.rules.size).toBe(0);
    expect(await load()).toMatchObject({ status: 'ended', proof: { verdict: 'closed' } });
  });
});
