import { describe, expect, it } from 'vitest';
import { converge } from '../../src/app/machine/converge.ts';
import { acceptOffer } from '../../src/app/request/accept.ts';
import { decide } from '../../src/app/request/decide.ts';
import { extend } from '../../src/app/request/extend.ts';
import { move } from '../../src/app/request/move.ts';
import { offerLess } from '../../src/app/request/offer.ts';
import { submit } from '../../src/app/request/submit.ts';
import { decided, extending } from '../../src/app/request/words.ts';
import { plain } from '../../src/core/language/text.ts';
import type { MachineId } from '../../src/core/machine/machine.ts';
import type { Policy } from '../../src/core/policy/policy.ts';
import { budgetOf, type ClosingLimits } from '../../src/core/request/closing-budget.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, POLICY, SENDER, world } from './fixtures.ts';
import { glassWorld } from './glass-fixtures.ts';

const never = new AbortController().signal;
const HOUR = 3_600_000;
/** Ten ends in ten seconds. */
const LIMITS: ClosingLimits = { rates: [{ burst: 25, perSecond: 1.25 }], calls: 1, together: false };

function house(policy: Partial<Policy> = {}) {
  const made = world({ policies: [{ ...POLICY, ...policy }] });
  limit(made);
  const { deps } = made;
  /** So many others end then on other machines of the account and region. */
  let last = 0;
  const others = async (count: number, wish: number) => {
    for (const most = last + count; last < most; last += 1) {
      const machine: MachineId = `aws:123456789012:eu-west-1:i-${last.toString(16).padStart(17, 'a')}`;
      await deps.store.keepEnd(
        { id: `o${last}`, machine },
        { budget: budgetOf(LIMITS), wish, earliest: wish - HOUR, ports: 1 },
      );
    }
  };
  const load = async (id: string) => {
    const { request } = await deps.store.load(id);
    if (!request) throw new Error('there is none');
    return request;
  };
  const ask = (more: object = {}) => submit(deps, ADA, { ...ASK, ...more }, SENDER);
  const approve = (request: string) => decide(deps, GRACE, { request, verdict: 'approve' });
  return { ...made, others, load, ask, approve, run: () => converge(deps, MACHINE.id, never) };
}

function limit({ cloud }: Pick<ReturnType<typeof world>, 'cloud'>): void {
  Object.assign(cloud, { limits: { ...cloud.limits, closings: LIMITS } });
}

describe('an access that is approved to end when many others do', () => {
  it('ends earlier, as little as it takes, and says so; nobody asks anew', async () => {
    const { ask, approve, others, run, load, cloud, clock } = house();
    expect(budgetOf(LIMITS)).toEqual({ ends: 10, sliceMs: 10_000, together: false });
    await others(34, clock.now() + HOUR);
    const { id } = await ask();
    const end = clock.now() + HOUR;
    const request = await approve(id);
    const early = { until: end - 30_000, insteadOf: end, others: 34 };
    expect(request).toMatchObject({ status: 'activating', lease: { until: end - 30_000 }, early });
    const note = 'Ends 30 s before the approved 13:00 UTC: 34 others end then, and AWS closes only so many at once.';
    expect(plain(decided(request, 'approve'))).toContain(note);
    await run();
    expect(cloud.calls).toEqual([`open until ${end - 30_000}`]);
    const open = await load(id);
    expect(open).toMatchObject({ status: 'active', early });
    expect(viewOf(open).notes.map(({ text }) => plain(text))).toContain(note);
    clock.advance(HOUR - 30_000);
    await run();
    expect(await load(id)).toMatchObject({ status: 'ended', ending: { why: 'elapsed' } });
    expect(viewOf(await load(id)).notes).toEqual([]);
  });

  it('ends as approved while there is room, and where the cloud publishes nothing', async () => {
    const { ask, approve, others, clock } = house();
    await others(9, clock.now() + HOUR);
    expect(await approve((await ask()).id)).toMatchObject({ lease: { until: clock.now() + HOUR } });
    const silent = house();
    Object.assign(silent.cloud, { limits: { callMs: 1_000, readLagMs: 1_000 } });
    await silent.others(200, silent.clock.now() + HOUR);
    const second = await silent.approve((await silent.ask()).id);
    expect(second).toMatchObject({ lease: { until: silent.clock.now() + HOUR } });
    expect(second).not.toHaveProperty('early');
  });

  it('is refused where less than three quarters of its time would be left, and can be approved when there is room', async () => {
    const { ask, approve, others, clock, load } = house();
    await others(10 * 91, clock.now() + HOUR);
    const { id } = await ask();
    await expect(approve(id)).rejects.toMatchObject({ code: 'closingsFull' });
    await expect(approve(id)).rejects.toThrow('So many accesses end between 12:45 UTC and 13:00 UTC that AWS');
    expect(await load(id)).toMatchObject({ status: 'pending', reviews: [] });
    clock.advance(60_000);
    expect(await approve(id)).toMatchObject({ status: 'activating', lease: { until: clock.now() + HOUR } });
  });

  it('of more time, counts from the end that it has, and keeps that where there is no room', async () => {
    const { ask, approve, others, run, clock, load, deps } = house({ extendSelfUpToMs: 2 * HOUR });
    const { id } = await ask();
    const first = clock.now() + HOUR - 10_000;
    await others(10, first + 10_000);
    expect(await approve(id)).toMatchObject({ lease: { until: first } });
    await run();
    await others(20, first + HOUR);
    const longer = await extend(deps, ADA, id, HOUR);
    expect(longer).toMatchObject({
      lease: { until: first + HOUR - 20_000 },
      early: { insteadOf: first + HOUR, others: 20 },
    });
    expect(plain(extending(longer))).toContain('Ends 20 s before the approved');
    await others(10 * 60, first + 1.5 * HOUR);
    await expect(extend(deps, ADA, id, HOUR / 2)).rejects.toMatchObject({ code: 'closingsFull' });
    expect(await load(id)).toEqual(longer);
  });

  it('that starts later, ends earlier as well, and its card says so before it begins', async () => {
    const { ask, approve, others, run, clock, load } = house();
    const six = Date.UTC(2026, 10, 23, 18);
    const { id } = await ask({ start: 'at 18:00' });
    await others(10, six + HOUR);
    const request = await approve(id);
    expect(request).toMatchObject({
      status: 'scheduled',
      early: { until: six + HOUR - 10_000, insteadOf: six + HOUR },
    });
    expect(plain(viewOf(request).status)).toContain('starts 18:00 UTC, until 18:59 UTC');
    expect(
      viewOf(request)
        .notes.map(({ text }) => plain(text))
        .join(),
    ).toContain('Ends 10 s before the approved 19:00');
    clock.advance(six - clock.now());
    await run();
    expect(await load(id)).toMatchObject({ status: 'active', lease: { from: six, until: six + HOUR - 10_000 } });
  });

  it('that a policy lets in, ends earlier; where there is no room it waits until there is', async () => {
    const { ask, others, run, clock, load } = house({ auto: { upToMs: HOUR } });
    await others(10, clock.now() + HOUR);
    expect(await ask()).toMatchObject({ status: 'activating', early: { others: 10 } });
    const full = house({ auto: { upToMs: HOUR } });
    await full.others(10 * 91, full.clock.now() + HOUR);
    const { id } = await full.ask();
    await full.run();
    expect(await full.load(id)).toMatchObject({ status: 'pending' });
    full.clock.advance(60_000);
    await full.run();
    await full.run();
    expect(await full.load(id)).toMatchObject({ status: 'active', lease: { until: full.clock.now() + HOUR } });
    await run();
    expect(await load(id)).toMatchObject({ status: 'active' });
  });

  it('as an offer, ends earlier', async () => {
    const { ask, others, clock, deps } = house();
    const { id } = await ask({ forMs: 2 * HOUR });
    await offerLess(deps, GRACE, { request: id, less: { ports: [], forMs: HOUR } });
    await others(10, clock.now() + HOUR);
    const next = await acceptOffer(deps, ADA, id);
    expect(next).toMatchObject({
      status: 'activating',
      lease: { until: clock.now() + HOUR - 10_000 },
      early: { others: 10 },
    });
  });

  it('moved, keeps its end, and what the card says of it', async () => {
    const { ask, approve, others, run, clock, deps } = house({ moveWithin: [{ source: '198.51.100.0/24' }] });
    const { id } = await ask();
    await others(10, clock.now() + HOUR);
    const { early } = await approve(id);
    await run();
    const next = await move(deps, ADA, id, '198.51.100.9/32');
    expect(next).toMatchObject({ lease: { until: early?.until }, early });
  });

  it('by breaking glass, is never held up', async () => {
    const glass = glassWorld();
    limit(glass);
    const { broken, deps, clock } = glass;
    for (let n = 0; n < 1_000; n += 1)
      await deps.store.keepEnd(
        { id: `o${n}`, machine: MACHINE.id },
        { budget: budgetOf(LIMITS), wish: clock.now() + HOUR, earliest: clock.now(), ports: 1 },
      );
    expect(await broken()).toMatchObject({ status: 'activating', lease: { until: clock.now() + HOUR } });
  });
});
