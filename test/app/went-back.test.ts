import { describe, expect, it } from 'vitest';
import { meant } from '../../src/app/inbox/queries.ts';
import { compare, endRevoked } from '../../src/app/loops/compare.ts';
import { patrol } from '../../src/app/loops/patrol.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { revoke } from '../../src/app/request/end.ts';
import { offerLess } from '../../src/app/request/offer.ts';
import { submit } from '../../src/app/request/submit.ts';
import { oneStage } from '../../src/config/stage.ts';
import { HOUR_MS } from '../../src/core/language/instant.ts';
import { phrased, plain } from '../../src/core/language/text.ts';
import type { Request } from '../../src/core/request/request.ts';
import { placementKey } from '../../src/core/rule/rule.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import type { Report } from '../../src/core/view/report.ts';
import type { Found } from '../../src/ports/cloud.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, POLICY, placement, SENDER, world } from './fixtures.ts';

const never = new AbortController().signal;
const SAM = { id: 'sam', name: 'Sam', slack: 'U3', groups: ['security'] };

/** A house whose store can be made what it was, and whose patrol sees what is in the cloud. */
async function house(approvals = 1) {
  const policies = [{ ...POLICY, stages: [oneStage(['manager', 'group:security'], approvals)] }];
  const made = world({ people: [ADA, GRACE, SAM], policies });
  const { cloud } = made;
  cloud.clock = made.clock.now;
  cloud.patrol = () => cloud.marked();
  const told: string[] = [];
  const tell = async ({ title, sections }: Report) => {
    told.push([phrased(title), ...sections.flatMap(({ rows }) => rows.map(({ line }) => plain(line)))].join('\n'));
  };
  const deps = { ...made.deps, chats: new Map([['slack' as const, Object.assign(made.chat, { tell })]]) };
  const { id } = await submit(deps, ADA, ASK, SENDER);
  const approve = (who = GRACE) => decide(deps, who, { request: id, verdict: 'approve' });
  const run = () => converge(deps, MACHINE.id, never);
  const load = async () => (await deps.store.load(id)).request;
  const snapshot = (deps.store as unknown as { snapshot(): () => void }).snapshot.bind(deps.store);
  const doubt = (deps.store as unknown as { doubt(): void }).doubt.bind(deps.store);
  return { ...made, deps, id, approve, run, load, snapshot, doubt, told };
}

describe('a store that went back', () => {
  it('opens nothing until clouds and records were compared', async () => {
    const { approve, run, cloud, snapshot, load, deps } = await house();
    snapshot()();
    await approve();
    await run();
    expect(cloud.calls).toEqual([]);
    expect(await load()).toMatchObject({ status: 'activating', trouble: { code: 'storeWentBack' } });
    await compare(deps, never);
    expect((await deps.store.now()).wentBack).toBeUndefined();
  });

  it('that was only away lost nothing: what was approved is opened, and no approval is voided', async () => {
    const { approve, run, cloud, load, deps, doubt, told } = await house();
    await approve();
    doubt();
    await compare(deps, never);
    expect((await load())?.status).toBe('activating');
    doubt();
    await run();
    expect((await load())?.status).toBe('active');
    expect(cloud.calls).toHaveLength(1);
    expect(told).toEqual([]);
  });

  it('asks anew for what was offered: it may have been taken back in what was lost', async () => {
    const { deps, id, load, snapshot } = await house();
    await offerLess(deps, GRACE, { request: id, less: { ports: [], forMs: HOUR_MS / 2 } });
    expect(await load()).toMatchObject({ offer: { by: { id: 'grace' } } });
    snapshot()();
    await compare(deps, never);
    const request = await load();
    expect(request?.status).toBe('pending');
    expect(request).not.toHaveProperty('offer');
  });

  it('never opens again what was revoked and closed in what it lost', async () => {
    const { approve, run, cloud, snapshot, load, deps, id, told } = await house();
    await approve();
    await run();
    const restore = snapshot();
    await revoke(deps, GRACE, id);
    await run();
    expect(cloud.rules.size).toBe(0);
    restore();
    expect(await load()).toMatchObject({ status: 'active' });
    cloud.calls.length = 0;
    await run();
    await compare(deps, never);
    await run();
    expect(cloud.calls.filter((call) => call.startsWith('open'))).toEqual([]);
    expect(await load()).toMatchObject({ status: 'ended', ending: { why: 'failed', code: 'lostWithStore' } });
    expect(told).toEqual([expect.stringContaining(`\`${id}\`  api-1, requested by Ada: ended`)]);
  });

  it('closes what a process remembers to be revoked, though its rule still stands', async () => {
    const { approve, run, cloud, snapshot, load, deps, id } = await house();
    await approve();
    await run();
    const restore = snapshot();
    await revoke(deps, GRACE, id);
    restore();
    await endRevoked(deps, [{ id, placements: [placement()] }]);
    await run();
    expect(cloud.rules.size).toBe(0);
    expect(await load()).toMatchObject({ status: 'ended', ending: { why: 'failed' } });
  });

  it('and lost the record too: the rule is closed all the same', async () => {
    const { approve, run, cloud, snapshot, deps, id } = await house();
    const restore = snapshot();
    await approve();
    await run();
    restore();
    await endRevoked(deps, [{ id: 'zzzzzzz', placements: [placement()] }]);
    expect(cloud.rules.size).toBe(0);
    expect(id).not.toBe('zzzzzzz');
  });

  it('whoever decides, or asks for, what it lost is told that it may be lost, and when', async () => {
    const { snapshot, deps, clock } = await house();
    const restore = snapshot();
    const { id } = await submit(deps, ADA, { ...ASK, source: '203.0.113.9/32' }, { ...SENDER, key: 'k2' });
    const decision = { request: 'zzzzzzz', verdict: 'approve' } as const;
    await expect(decide(deps, GRACE, decision)).rejects.toMatchObject({ code: 'unknownRequest' });
    restore();
    const when = `${new Date(clock.now()).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
    for (const ask of [
      () => decide(deps, GRACE, { request: id, verdict: 'approve' }),
      () => revoke(deps, GRACE, id),
      () => meant(deps, ADA, { verb: 'withdraw', which: id }, () => true),
    ])
      await expect(ask()).rejects.toMatchObject({ code: 'requestLost', say: expect.stringContaining(when) });
    await expect(revoke(deps, GRACE, 'no-such-machine')).rejects.toMatchObject({ code: 'unknownRequest' });
  });

  it('keeps what stands as it says', async () => {
    const { approve, run, cloud, snapshot, load, deps } = await house();
    await approve();
    await run();
    snapshot()();
    await compare(deps, never);
    await run();
    expect(cloud.rules.size).toBe(1);
    expect(await load()).toMatchObject({ status: 'active' });
  });

  it('ends what has an earlier end by its mark: one of two leases was revoked', async () => {
    const { approve, run, cloud, snapshot, load, deps } = await house();
    await approve();
    await run();
    const [key, rule] = [...cloud.rules][0] ?? [];
    if (key && rule) cloud.rules.set(key, { ...rule, until: (rule.until ?? 0) - 1_000 });
    snapshot()();
    await compare(deps, never);
    expect(await load()).toMatchObject({ status: 'closing' });
  });

  it('voids approvals that nothing was opened by, whole or in part', async () => {
    const whole = await house();
    await whole.approve();
    whole.snapshot()();
    await compare(whole.deps, never);
    await whole.run();
    expect(await whole.load()).toMatchObject({ status: 'ended', ending: { code: 'lostWithStore' } });
    expect(whole.cloud.calls.filter((call) => call.startsWith('open'))).toEqual([]);

    const part = await house(2);
    await part.approve();
    part.snapshot()();
    await compare(part.deps, never);
    expect(await part.load()).toMatchObject({ status: 'pending', reviews: [] });
    await part.approve(SAM);
    expect(await part.load()).toMatchObject({ status: 'pending' });
    await part.approve();
    expect(await part.load()).toMatchObject({ status: 'activating' });
  });

  it('and lost a denial asks again, and says that answers may be lost', async () => {
    const { snapshot, load, deps, id, told } = await house();
    const restore = snapshot();
    await decide(deps, GRACE, { request: id, verdict: 'deny', reason: 'not now' });
    restore();
    await compare(deps, never);
    const request = await load();
    expect(request).toMatchObject({ status: 'pending', timeline: [{ event: 'asked' }, { event: 'approvals voided' }] });
    const { announce, headline } = viewOf(request as Request);
    expect(announce).toMatch(/^asked-again-\d+$/);
    expect(plain(headline)).toContain('Redis lost its last changes, so what was answered before may be lost.');
    expect(told).toEqual([expect.stringContaining(`\`${id}\`  api-1, requested by Ada: asked again`)]);
    // Nothing happened since: nobody is told twice.
    snapshot()();
    await compare(deps, never);
    expect((await load())?.version).toBe(request?.version);
  });

  it('again while it is compared is compared again: what the second time brought back is not opened', async () => {
    const { approve, run, cloud, snapshot, load, deps, id } = await house();
    await approve();
    const restore = snapshot();
    await revoke(deps, GRACE, id);
    snapshot()();
    const { keepStrays } = deps.store;
    // After the records were gone through.
    deps.store.keepStrays = async (found) => {
      restore();
      await keepStrays.call(deps.store, found);
    };
    await compare(deps, never);
    deps.store.keepStrays = keepStrays;
    await run();
    expect(cloud.calls.filter((call) => call.startsWith('open'))).toEqual([]);
    await compare(deps, never);
    await run();
    expect(cloud.calls.filter((call) => call.startsWith('open'))).toEqual([]);
    expect(await load()).toMatchObject({ status: 'ended', ending: { why: 'failed', code: 'lostWithStore' } });
  });

  it('is not compared while a cloud cannot be read', async () => {
    const { cloud, snapshot, deps } = await house();
    snapshot()();
    cloud.marked = async function* () {
      yield* [];
      throw new Error('away');
    };
    await expect(compare(deps, never)).rejects.toThrow('away');
    expect((await deps.store.now()).wentBack).toBe(true);
  });

  it('closes what is over all the same', async () => {
    const { approve, run, cloud, clock, snapshot, deps, load } = await house();
    await approve();
    await run();
    snapshot()();
    cloud.marked = async function* () {
      yield* [];
      throw new Error('away');
    };
    clock.advance(HOUR_MS);
    await expect(compare(deps, never)).rejects.toThrow('away');
    await run();
    expect(cloud.rules.size).toBe(0);
    expect(await load()).toMatchObject({ status: 'ended', ending: { why: 'elapsed' } });
  });
});

it('a wiped store: 1,000 of 1,000 rules are listed, and closed within one patrol of their time', async () => {
  const { cloud, deps, clock, snapshot } = await house();
  const ends = Array.from({ length: 1_000 }, (_, i) => clock.now() + i * 3_000 + 1_000);
  for (const [i, until] of ends.entries()) {
    const at = placement(`198.51.${i >> 8}.${i & 255}/32`);
    cloud.rules.set(placementKey(at), { placement: at, mark: 'valid', until } satisfies Found);
  }
  snapshot()();
  await compare(deps, never);
  expect(await deps.store.strays()).toMatchObject({ count: 1_000, isWhole: true });
  expect((await deps.store.strays())?.rules).toHaveLength(1_000);
  for (let minutes = 0; minutes < 54; minutes += 3) {
    clock.advance(180_000);
    await patrol(deps, never);
    const late = [...cloud.rules.values()].filter(({ until = 0 }) => until < clock.now());
    expect(late).toEqual([]);
  }
  expect(cloud.rules.size).toBe(0);
  expect(cloud.calls.filter((call) => call.startsWith('open'))).toEqual([]);
});
