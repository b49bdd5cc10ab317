import { describe, expect, it } from 'vitest';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { revoke } from '../../src/app/request/end.ts';
import { extend } from '../../src/app/request/extend.ts';
import { move } from '../../src/app/request/move.ts';
import { notify } from '../../src/app/request/notify.ts';
import { submit } from '../../src/app/request/submit.ts';
import { oneStage } from '../../src/config/stage.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { plain } from '../../src/core/language/text.ts';
import type { Person } from '../../src/core/people/person.ts';
import type { Policy } from '../../src/core/policy/policy.ts';
import type { Ended } from '../../src/core/request/request.ts';
import { seenDigest, seenOf } from '../../src/core/request/seen.ts';
import { isToldByNext } from '../../src/core/view/moves.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import { ASK } from './approved.ts';
import { entriesOf } from './audited.ts';
import { ADA, GRACE, MACHINE, POLICY, SENDER, world } from './fixtures.ts';

const never = new AbortController().signal;
const MINUTE_MS = 60_000;
const SAM: Person = { id: 'sam', name: 'Sam', slack: 'U3', groups: ['security'] };
const OFFICE = { source: '198.51.100.0/24', sourceName: 'office' };
const MOVES: Partial<Policy> = { moveWithin: [OFFICE, { source: '2001:db8:10::/48' }] };
const THERE = '198.51.100.9/32';

/** Ada's access to one machine is open from 203.0.113.7 for an hour. */
async function opened(policy: Partial<Policy> = MOVES, ask = ASK) {
  const made = world({ people: [ADA, GRACE, SAM], policies: [{ ...POLICY, ...policy }] });
  const { id } = await submit(made.deps, ADA, ask, SENDER);
  await decide(made.deps, GRACE, { request: id, verdict: 'approve' });
  const run = () => converge(made.deps, MACHINE.id, never);
  await run();
  const load = async (which = id) => {
    const { request } = await made.deps.store.load(which);
    if (!request) throw new Error('there is no request');
    return request;
  };
  const to = (source = THERE, person = ADA, which = id) => move(made.deps, person, which, source);
  const sources = () => [...made.cloud.rules.values()].map(({ placement }) => placement.rule.source);
  return { ...made, id, run, load, to, sources };
}

describe('an access that is moved', () => {
  it('closes where it was, then opens at the new address, until the same end, as a request that is linked', async () => {
    const { clock, cloud, id, load, run, sources, to } = await opened();
    const before = await load();
    clock.advance(10 * MINUTE_MS);
    const next = await to();
    expect(next).toMatchObject({
      status: 'activating',
      follows: id,
      source: THERE,
      moved: { from: '203.0.113.7/32', extended: 0 },
      reviews: [{ by: { id: 'grace' }, verdict: 'approve', seen: seenDigest(seenOf(next)), more: id }],
      lease: { from: 'lease' in before && before.lease.from, until: 'lease' in before && before.lease.until },
    });
    expect(sources()).toEqual(['203.0.113.7/32']);
    cloud.calls.length = 0;
    await run();
    expect(cloud.calls).toEqual(['close 1', 'close 1', `open until ${'lease' in before && before.lease.until}`]);
    expect(sources()).toEqual([THERE]);
    const old = await load();
    expect(old).toMatchObject({ status: 'ended', ending: { movedTo: { request: next.id, source: THERE } } });
    expect(plain(viewOf(old).status)).toContain('Moved to 198.51.100.9 by Ada');
    expect(viewOf(old).buttons).toEqual([]);
    expect(await load(next.id)).toMatchObject({ status: 'active' });
  });

  it('is audited: that it was moved, and that the next one was let in by what had been approved', async () => {
    const { audit, id, to } = await opened();
    const before = entriesOf(audit).length;
    const { id: next } = await to();
    expect(entriesOf(audit).slice(before)).toMatchObject([
      { event: 'moved', as: 'requester', request: id },
      { event: 'asked', as: 'requester', request: next, follows: id },
      {
        event: 'approved',
        as: 'program',
        request: next,
        follows: id,
        why: `moved from 203.0.113.7, as approved in ${id}`,
      },
    ]);
  });

  it('is told once in one’s own chat: where it was is edited in silence, unless it did not end well', async () => {
    const places = async (isClosed: boolean) => {
      const { chat, cloud, deps, id, load, run, to } = await opened();
      await notify(deps, id, never);
      const next = await to();
      await run();
      if (!isClosed) {
        const { proof, ...ended } = (await load()) as Ended;
        const open = proof.ports.map(({ port }) => ({ port, verdict: 'unknown' as const, why: 'x' }));
        cloud.calls.length = 0;
        return [isToldByNext({ ...ended, proof: { ...proof, ports: open } } as Ended, 'ended')];
      }
      chat.shown.length = 0;
      for (const one of [id, next.id]) await notify(deps, one, never);
      return chat.shown.map(({ view, place, previous }) => [
        view.request === id ? 'old' : 'new',
        place.kind,
        view.announce === previous.announced ? 'silent' : 'told',
      ]);
    };
    const all = await places(true);
    expect(all).toContainEqual(['old', 'private', 'silent']);
    expect(all).toContainEqual(['new', 'private', 'told']);
    expect(all).toContainEqual(['old', 'channel', 'told']);
    expect(await places(false)).toEqual([false]);
  });

  it('is moved once, however often that is asked', async () => {
    const { deps, to } = await opened();
    const [first, second] = await Promise.all([to(), to()]);
    expect(second.id).toBe(first.id);
    expect((await to()).id).toBe(first.id);
    expect((await deps.store.live(9)).map(({ status }) => status).toSorted()).toEqual(['activating', 'closing']);
  });

  it('opens nothing at the new address while the old one cannot be closed', async () => {
    const { cloud, clock, load, run, sources, to } = await opened();
    const next = await to();
    cloud.failures = [new JitError('cloudSilent', { cloud: 'AWS' }), new JitError('cloudSilent', { cloud: 'AWS' })];
    await run().catch(() => {});
    expect(sources()).toEqual(['203.0.113.7/32']);
    expect(await load(next.id)).toMatchObject({ status: 'activating' });
    cloud.failures = [];
    clock.advance(MINUTE_MS);
    await run();
    await run();
    expect(sources()).toEqual([THERE]);
    expect(await load(next.id)).toMatchObject({ status: 'active' });
  });

  it('may be moved back, or on, as long as what it left is closed', async () => {
    const { load, run, sources, to } = await opened();
    const second = await to();
    await expect(to('198.51.100.10/32', ADA, second.id)).rejects.toMatchObject({ code: 'moveWaits' });
    await run();
    const third = await to('198.51.100.10/32', ADA, second.id);
    await run();
    expect(sources()).toEqual(['198.51.100.10/32']);
    expect(await load(third.id)).toMatchObject({ status: 'active', follows: second.id });
  });

  it('is never longer than its policy allows in all, and no more often extended', async () => {
    const own = { ...MOVES, extendSelfUpToMs: 30 * MINUTE_MS, extendSelfTimes: 1, longestMs: 90 * MINUTE_MS };
    const { deps, id, run, to } = await opened(own);
    await extend(deps, ADA, id, 10 * MINUTE_MS);
    await run();
    const next = await to();
    await run();
    await expect(extend(deps, ADA, next.id, 60 * MINUTE_MS)).rejects.toMatchObject({ code: 'policyExtension' });
    expect(await extend(deps, ADA, next.id, 10 * MINUTE_MS)).toMatchObject({ extension: { forMs: 10 * MINUTE_MS } });
  });

  it('is closed at once by whoever approved it', async () => {
    const { deps, run, sources, to } = await opened();
    const next = await to();
    await revoke(deps, GRACE, next.id);
    await run();
    expect(sources()).toEqual([]);
  });
});

describe('a move is refused', () => {
  it.each<[string, string, string]>([
    ['outside of where it may go', '203.0.113.9/32', 'moveOutside'],
    ['into more than one address', '198.51.100.0/30', 'moveOneAddress'],
    ['into all of what it may be within', '198.51.100.0/24', 'moveOneAddress'],
    ['to everywhere', '0.0.0.0/0', 'moveOneAddress'],
    ['to where it is', '203.0.113.7/32', 'moveHere'],
    ['to a security group', 'sg-0123456789abcdef0', 'moveOneAddress'],
  ])('%s', async (_, source, code) => {
    const { to, load } = await opened();
    await expect(to(source)).rejects.toMatchObject({ code });
    expect(await load()).toMatchObject({ status: 'active' });
  });

  it('where its approvers did not see that it might, whatever the policy says by now', async () => {
    const { house, to } = await opened({});
    house.policies = [{ ...POLICY, ...MOVES }];
    await expect(to()).rejects.toMatchObject({ code: 'moveNotAllowed' });
  });

  it.each<[string, Partial<Policy>, string]>([
    ['does not allow any more', {}, 'moveUncovered'],
    ['lets it move further now', { moveWithin: [OFFICE, { source: '192.0.2.0/24' }] }, 'moveUncovered'],
    ['demands another approval', { ...MOVES, stages: [oneStage(['group:security'], 1)] }, 'moveUncovered'],
    ['allows no such source', { ...MOVES, sources: [{ source: '203.0.113.0/24' }] }, 'policyOtherSource'],
  ])('where the policy %s', async (_, policy, code) => {
    const { house, load, to } = await opened();
    house.policies = [{ ...POLICY, ...policy }];
    await expect(to()).rejects.toMatchObject({ code });
    expect(await load()).toMatchObject({ status: 'active' });
  });

  it('to anybody but its requester', async () => {
    const { to } = await opened();
    for (const person of [GRACE, SAM]) await expect(to(THERE, person)).rejects.toMatchObject({ code: 'notYours' });
  });

  it('while it waits, while more time is asked for, and once it is over', async () => {
    const { clock, deps, id, run, to } = await opened();
    await extend(deps, ADA, id, 10 * MINUTE_MS);
    await expect(to()).rejects.toMatchObject({ code: 'extensionPending' });
    const waiting = await submit(deps, ADA, { ...ASK, source: '203.0.113.8/32' }, { ...SENDER, key: 'k2' });
    await expect(to(THERE, ADA, waiting.id)).rejects.toMatchObject({ code: 'notOpen' });
    clock.advance(4 * 60 * MINUTE_MS);
    await expect(to()).rejects.toMatchObject({ code: 'tooLate' });
    await run();
    await expect(to()).rejects.toMatchObject({ code: 'alreadyOver' });
  });
});

describe('approvers see where it may move', () => {
  it('on the card, and it is part of what they approve', async () => {
    const { deps, house } = world({ policies: [{ ...POLICY, ...MOVES }] });
    const request = await submit(deps, ADA, ASK, SENDER);
    const view = viewOf(request);
    expect(plain(view.headline)).toContain('may move within office (198.51.100.0/24), 2001:db8:10::/48');
    expect(view.brief.map((line) => plain(line)).join()).toContain('may move within office (198.51.100.0/24)');
    house.policies = [{ ...POLICY, moveWithin: [OFFICE, { source: '192.0.2.0/24' }] }];
    await expect(decide(deps, GRACE, { request: request.id, verdict: 'approve' })).rejects.toMatchObject({
      code: 'changedSinceSeen',
    });
    const digest = (moveWithin: Policy['moveWithin']) =>
      seenDigest(seenOf({ ...request, ...(moveWithin ? { moveWithin } : {}) }));
    expect(digest([OFFICE])).not.toBe(digest([{ source: '198.51.100.0/25', sourceName: 'office' }]));
  });
});
