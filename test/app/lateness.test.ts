import { describe, expect, it } from 'vitest';
import { converge } from '../../src/app/machine/converge.ts';
import { Alarms } from '../../src/app/operators/alarms.ts';
import { Lateness } from '../../src/app/operators/lateness.ts';
import { decide } from '../../src/app/request/decide.ts';
import { revoke } from '../../src/app/request/end.ts';
import { submit } from '../../src/app/request/submit.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { MINUTE_MS, SECOND_MS } from '../../src/core/language/instant.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, SENDER } from './fixtures.ts';
import { toldWorld } from './told.ts';

const denied = new JitError('cloudDenied', { cloud: 'AWS', code: 'AccessDenied' });
const never = new AbortController().signal;

/** A lease that is open, and whoever looks how late its closing is. */
async function opened() {
  const made = toldWorld([{ chat: 'slack', kind: 'channel', id: 'C0OPERATORS' }]);
  const lateness = new Lateness(made.deps);
  const deps = { ...made.deps, proven: lateness.see.bind(lateness) };
  const alarms = new Alarms(deps);
  const { id } = await submit(deps, ADA, ASK, SENDER);
  await decide(deps, GRACE, { request: id, verdict: 'approve' });
  const look = () => lateness.look(deps, alarms);
  const turn = () => converge(deps, MACHINE.id, never);
  await turn();
  await look();
  return { ...made, deps, id, look, turn, lateness };
}

describe('how late closings are', () => {
  it('is kept as figures, from the end that was approved to the proof', async () => {
    const { clock, turn, look, lateness, told } = await opened();
    expect(lateness.closings()).toMatchObject({ proven: 0, worstMs: 0, overdue: 0, oldestMs: 0 });
    clock.advance(60 * MINUTE_MS + 3 * SECOND_MS);
    await look();
    expect(lateness.closings()).toMatchObject({ proven: 0, overdue: 1, oldestMs: 3_000 });
    await turn();
    await turn();
    await look();
    const figures = { proven: 1, latestMs: 3_000, medianMs: 3_000, p99Ms: 3_000, worstMs: 3_000 };
    expect(lateness.closings()).toEqual({ ...figures, overdue: 0, oldestMs: 0 });
    expect(told).toEqual([]);
  });

  it('says of what is overdue that nobody can tell before the store was asked, and where it does not answer', async () => {
    const { deps, look, lateness } = await opened();
    const nobodyKnows = { overdue: 'unknown', oldestMs: 'unknown' };
    expect(new Lateness(deps).closings()).toMatchObject(nobodyKnows);
    const { overdue } = deps.store;
    deps.store.overdue = () => Promise.reject(new Error('READONLY'));
    await expect(look()).rejects.toThrow('READONLY');
    expect(lateness.closings()).toMatchObject(nobodyKnows);
    deps.store.overdue = overdue;
    await look();
    expect(lateness.closings()).toMatchObject({ overdue: 0, oldestMs: 0 });
  });

  it('is counted from the revocation of what was revoked', async () => {
    const { deps, clock, turn, look, lateness, id } = await opened();
    clock.advance(MINUTE_MS);
    await revoke(deps, GRACE, id);
    clock.advance(2 * SECOND_MS);
    await look();
    expect(lateness.closings()).toMatchObject({ overdue: 1, oldestMs: 2_000 });
    await turn();
    expect(lateness.closings()).toMatchObject({ proven: 1, worstMs: 2_000 });
  });

  it('is told to the operators louder and louder, with what, where and why, and once when it is over', async () => {
    const { deps, clock, cloud, turn, look, titles, told, id, log } = await opened();
    const { close } = cloud;
    cloud.close = () => Promise.reject(denied);
    clock.advance(60 * MINUTE_MS);
    for (let quarter = 0; quarter < 4 * 62; quarter += 1) {
      await turn();
      await look();
      clock.advance(15 * SECOND_MS);
    }
    expect(titles()).toEqual([1, 5, 15, 60].map((late) => `1 closing is late, by ${late} min`));
    expect(told[0]).toBe(
      `C0OPERATORS 1 closing is late, by 1 min | \`${id}\` api-1, port 22 from 203.0.113.7/32: 1 min late. ${denied.say} (${MACHINE.id}) | Drawbridge goes on trying. To close one yourself, remove its rule in the cloud; \`npx jit doctor\` says what is wrong.`,
    );
    expect(log).toContain('closings are late');
    cloud.close = close;
    expect((await deps.store.overdue(10)).map((request) => request.id)).toEqual([id]);
    clock.advance(MINUTE_MS);
    await turn();
    await look();
    await look();
    expect(titles().slice(4)).toEqual(['No closing is late any more']);
    expect(log).toContain('proven closed, late');
  });
});
