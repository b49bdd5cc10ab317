import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { compare } from '../../src/app/loops/compare.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { requestAgain } from '../../src/app/request/again.ts';
import { decide } from '../../src/app/request/decide.ts';
import { revoke, withdraw } from '../../src/app/request/end.ts';
import { endWithTicket } from '../../src/app/request/end-with-ticket.ts';
import { explain } from '../../src/app/request/explain.ts';
import { extend } from '../../src/app/request/extend.ts';
import { submit } from '../../src/app/request/submit.ts';
import { plain } from '../../src/core/language/text.ts';
import { approved } from '../../src/core/request/life.ts';
import type { Scheduled } from '../../src/core/request/request.ts';
import { begun } from '../../src/core/request/starting.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import { inStatus, review } from '../core/samples.ts';
import { often } from '../setup/lane.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, POLICY, SENDER, world } from './fixtures.ts';

const never = new AbortController().signal;
const HOUR = 3_600_000;
/** Now is 12:00 of a Monday. */
const SIX = Date.UTC(2026, 10, 23, 18);

async function asked(options?: Parameters<typeof world>[0], start = 'at 18:00') {
  const made = world(options);
  const { id } = await submit(made.deps, ADA, { ...ASK, start }, SENDER);
  const load = async () => (await made.deps.store.load(id)).request;
  const approve = () => decide(made.deps, GRACE, { request: id, verdict: 'approve' });
  return { ...made, id, load, approve, run: () => converge(made.deps, MACHINE.id, never) };
}

describe('a request that starts later', () => {
  it('is approved before, opened at its start, and closed on time counted from it', async () => {
    const { approve, load, run, clock, cloud } = await asked();
    expect(plain(viewOf((await load()) ?? (await approve())).headline)).toContain('starts 18:00 UTC, until 19:00 UTC');
    expect(await approve()).toMatchObject({ status: 'scheduled', startsAt: SIX, lookAt: SIX });
    await run();
    expect(cloud.calls).toEqual([]);
    clock.advance(SIX - clock.now());
    await run();
    expect(cloud.calls).toEqual([`open until ${SIX + HOUR}`]);
    expect(await load()).toMatchObject({ status: 'active', lease: { from: SIX, until: SIX + HOUR } });
    await run();
    clock.advance(HOUR);
    await run();
    expect((await load())?.status).toBe('ended');
    expect(cloud.rules.size).toBe(0);
    expect(cloud.calls).toHaveLength(2);
  });

  it('is found when it is due, and not looked at before', async () => {
    const { approve, deps, clock } = await asked();
    await approve();
    expect((await deps.store.liveOn(MACHINE.id)).requests).toEqual([]);
    clock.advance(6 * HOUR);
    expect((await deps.store.liveOn(MACHINE.id)).requests).toHaveLength(1);
  });

  it('is opened late with the same end where nobody looked at its start', async () => {
    const { approve, load, run, clock, cloud } = await asked();
    await approve();
    clock.advance(6.5 * HOUR);
    await run();
    expect(cloud.calls).toEqual([`open until ${SIX + HOUR}`]);
    expect((await load())?.status).toBe('active');
  });

  it('is not opened once its time is over, and everybody is told', async () => {
    const { approve, load, run, clock, cloud } = await asked();
    await approve();
    clock.advance(7 * HOUR);
    await run();
    const request = await load();
    expect(request?.status).toBe('expired');
    expect(cloud.calls).toEqual([]);
    expect(request && plain(viewOf(request).headline)).toBe(
      'Ada: the time of your access to api-1 passed before it could be opened.',
    );
    expect(request && viewOf(request).buttons.map(({ verb }) => verb)).toEqual(['again']);
  });

  it('approved after its start ends when it was asked for', async () => {
    const { approve, run, clock, cloud } = await asked();
    clock.advance(6.5 * HOUR);
    expect(await approve()).toMatchObject({ status: 'activating', lease: { until: SIX + HOUR } });
    await run();
    expect(cloud.calls).toEqual([`open until ${SIX + HOUR}`]);
  });

  it('expires when it would be over, and is not approved then', async () => {
    const { approve, load, clock } = await asked();
    expect(await load()).toMatchObject({ answerBy: SIX + HOUR });
    clock.advance(7 * HOUR);
    await expect(approve()).rejects.toMatchObject({ code: 'tooLate' });
  });

  it('never ends later than asked, whenever it is approved and looked at', () => {
    const soon = fc.integer({ min: -24, max: 24 }).map((quarters) => quarters * 900_000);
    fc.assert(
      fc.property(soon, soon, fc.integer({ min: 1, max: 24 * 60 }), (start, late, minutes) => {
        const pending = inStatus('pending', { forMs: minutes * 60_000 });
        const at = pending.askedAt + 24 * 900_000;
        const startsAt = at + start;
        const next = approved({ ...pending, startsAt }, review(GRACE, at, 'approve'));
        const lease = next.status === 'scheduled' ? begun(next, Math.max(startsAt, at + late)).lease : next.lease;
        expect(next.status === 'scheduled').toBe(startsAt > at);
        expect(lease.until).toBe(startsAt + pending.forMs);
        expect(lease.from).toBeGreaterThanOrEqual(startsAt);
      }),
      { numRuns: often(200, 5_000) },
    );
  });

  it('is judged again at its start: what is not allowed any more is not opened', async () => {
    const { approve, load, run, clock, cloud, house } = await asked();
    await approve();
    house.people = house.people.map((one) => (one.id === 'grace' ? { ...one, disabled: true } : one));
    clock.advance(6 * HOUR);
    await run();
    expect(await load()).toMatchObject({ status: 'ended', ending: { code: 'changedSinceApproval' } });
    expect(cloud.calls).toEqual([]);
  });

  it('is asked again with what changed, and keeps its end', async () => {
    const { approve, run, clock, cloud, deps, id } = await asked();
    await approve();
    const { look } = cloud;
    cloud.look = async (...args) => ({ ...(await look(...args)), identity: 'i-2' });
    clock.advance(6 * HOUR);
    await run();
    const [next] = await deps.store.recent('ada', 1);
    expect(next).toMatchObject({ status: 'pending', follows: id, startsAt: SIX, answerBy: SIX + HOUR });
    await decide(deps, GRACE, { request: next?.id ?? '', verdict: 'approve' });
    await run();
    expect(cloud.calls).toEqual([`open until ${SIX + HOUR}`]);
  });

  it('is withdrawn by whoever requested it, and called off by whoever approved it', async () => {
    const one = await asked();
    await one.approve();
    const view = viewOf((await one.load()) ?? (await one.approve()));
    expect([view.title, view.buttons.map(({ label }) => label)]).toEqual([
      'Access to api-1: starts later',
      ['Call off'],
    ]);
    expect((await withdraw(one.deps, ADA, one.id)).status).toBe('withdrawn');
    const other = await asked();
    await other.approve();
    expect(await revoke(other.deps, GRACE, other.id, 'not today')).toMatchObject({ status: 'denied' });
    other.clock.advance(6 * HOUR);
    await other.run();
    expect(other.cloud.calls).toEqual([]);
    const third = await asked();
    await third.approve();
    expect((await revoke(third.deps, ADA, third.id)).status).toBe('withdrawn');
  });

  it('is called off by nobody else, and is not extended before it starts', async () => {
    const { approve, deps, id } = await asked();
    await approve();
    const lin = { id: 'lin', name: 'Lin', slack: 'U9', groups: [] };
    await expect(revoke(deps, lin, id)).rejects.toMatchObject({ code: 'notCloser' });
    await expect(extend(deps, ADA, id, HOUR)).rejects.toMatchObject({ code: 'notOpen' });
  });

  it('ends with its ticket', async () => {
    const because = { ticket: { text: 'INC', isIn: (word: string) => word === 'deploy' }, check: 'jira' };
    const made = world({ policies: [{ ...POLICY, because }] });
    const deps = { ...made.deps, tickets: { state: async () => 'open' as const } };
    const { id } = await submit(deps, ADA, { ...ASK, start: 'at 18:00' }, SENDER);
    await decide(deps, GRACE, { request: id, verdict: 'approve' });
    await endWithTicket(deps, { system: 'jira', id: 'deploy' });
    expect((await deps.store.load(id)).request?.status).toBe('denied');
  });

  it('is not relied on after the store went back', async () => {
    const { deps, approve, load, clock, run, cloud } = await asked();
    await approve();
    (deps.store as unknown as { snapshot(): () => void }).snapshot()();
    clock.advance(1);
    await compare(deps, never);
    expect((await load())?.status).toBe('denied');
    clock.advance(6 * HOUR);
    await run();
    expect(cloud.calls).toEqual([]);
  });

  it('is limited: so far ahead, a week where the policy does not say', async () => {
    await expect(asked({}, 'on 2026-12-01 9:00')).rejects.toMatchObject({ code: 'policyAhead' });
    await expect(asked({ policies: [{ ...POLICY, aheadMs: HOUR }] })).rejects.toMatchObject({
      code: 'policyAhead',
      say: 'Policy production allows a start at most 1 h from now.',
    });
    expect((await (await asked({}, 'on 2026-11-30 11:00')).load())?.status).toBe('pending');
  });

  it('is judged by what holds at its start', async () => {
    const from = (at: number) => ({ policies: [{ ...POLICY, during: { from: at, zone: 'UTC' } }] });
    expect((await (await asked(from(SIX))).load())?.status).toBe('pending');
    await expect(asked(from(SIX + 1))).rejects.toMatchObject({ code: 'noPolicy' });
    const hours = { days: [1], fromMinute: 18 * 60, toMinute: 19 * 60, zone: 'UTC' };
    expect((await (await asked({ policies: [{ ...POLICY, hours }] })).load())?.status).toBe('pending');
    await expect(asked({ policies: [{ ...POLICY, hours }] }, 'at 18:30')).rejects.toMatchObject({
      code: 'policyHours',
    });
  });

  it('let in without a decision waits for its start', async () => {
    const { load, run, clock, cloud } = await asked({ policies: [{ ...POLICY, auto: { upToMs: HOUR } }] });
    expect((await load())?.status).toBe('scheduled');
    await run();
    expect(cloud.calls).toEqual([]);
    clock.advance(6 * HOUR);
    await run();
    expect(cloud.calls).toEqual([`open until ${SIX + HOUR}`]);
  });

  it('is another one than the same at another time, and the same one asked twice', async () => {
    const { deps, id, approve } = await asked();
    await approve();
    const again = await submit(deps, ADA, { ...ASK, start: 'at 18:00' }, { ...SENDER, key: 'k2' });
    expect(again.id).toBe(id);
    const now = await submit(deps, ADA, ASK, { ...SENDER, key: 'k3' });
    expect(now.id).not.toBe(id);
    await withdraw(deps, ADA, id);
    const { request } = await requestAgain(deps, ADA, id, { ...SENDER, key: 'k4' });
    expect(request).toMatchObject({ follows: id, startsAt: SIX });
  });

  it('is in the list, and explained before it is asked', async () => {
    const { deps, approve, id } = await asked();
    await approve();
    const { lines } = await inbox(deps).command({ ...SENDER, key: 'k5' }, 'list');
    expect(lines.map(plain)[0]).toContain(
      `\`${id}\`  api-1  22 from 203.0.113.7 — Approved by Grace; starts 18:00 UTC`,
    );
    const { sections } = await explain(deps, ADA, { machine: 'api-1', ports: [], start: 'at 20:00' });
    expect(plain(sections[0]?.rows[0]?.line ?? [])).toBe('Starts 20:00 UTC, until 21:00 UTC.');
  });

  it('has a status of its own, that holds no lease', () => {
    const one: Scheduled = inStatus('scheduled');
    expect('lease' in one).toBe(false);
  });
});
