import { describe, expect, it } from 'vitest';
import { patrol } from '../../src/app/loops/patrol.ts';
import { sweeper } from '../../src/app/loops/sweep.ts';
import { decide } from '../../src/app/request/decide.ts';
import { revoke } from '../../src/app/request/end.ts';
import { extend } from '../../src/app/request/extend.ts';
import { notify } from '../../src/app/request/notify.ts';
import { submit } from '../../src/app/request/submit.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { ASK, approved } from './approved.ts';
import { ADA, GRACE, MACHINE, placement, SENDER, world } from './fixtures.ts';

const never = new AbortController().signal;

describe('submit', () => {
  it('makes one request of a delivery that comes twice', async () => {
    const { deps } = world();
    const [one, two] = await Promise.all([submit(deps, ADA, ASK, SENDER), submit(deps, ADA, ASK, SENDER)]);
    expect(two.id).toBe(one.id);
    expect(await deps.store.live(10)).toHaveLength(1);
  });

  it('says no when no address is known, rather than opening to everybody', async () => {
    const { deps } = world();
    const { address: _, ...homeless } = ADA;
    await expect(submit(deps, homeless, ASK, SENDER)).rejects.toMatchObject({ code: 'missingSource' });
  });

  it('says no when nobody could approve', async () => {
    const { manager: _, ...alone } = ADA;
    const { deps } = world({ people: [alone, GRACE] });
    await expect(submit(deps, alone, ASK, SENDER)).rejects.toMatchObject({ code: 'noApprover' });
  });

  it('names the ids when a name means two machines', async () => {
    const { deps, cloud } = world();
    cloud.machineList = [MACHINE, { ...MACHINE, id: 'aws:123456789012:eu-west-1:i-0fedcba9876543210' }];
    await expect(submit(deps, ADA, ASK, SENDER)).rejects.toMatchObject({
      code: 'ambiguousMachine',
      say: expect.stringContaining('i-0fedcba9876543210'),
    });
  });
});

describe('what the protection of a machine allows', () => {
  const NARROW = { port: { number: 22, protocol: 'tcp' }, sources: ['198.51.100.0/24'], longestMs: 1_800_000 } as const;

  it.each([
    {
      name: 'a source outside it',
      guard: NARROW,
      code: 'protectedSource',
      says: { hint: 'It allows 198.51.100.0/24.' },
    },
    {
      name: 'a time above it',
      guard: { ...NARROW, sources: [] },
      code: 'protectedDuration',
      says: { say: 'The protection of api-1 allows port 22 for 30 min at most.' },
    },
  ])('refuses $name, when it is asked and when it is approved', async ({ guard, code, says }) => {
    const { deps, cloud } = world();
    const { id } = await submit(deps, ADA, ASK, SENDER);
    cloud.look = async () => ({ machine: MACHINE, identity: 'i-1', protection: { ports: [guard] }, standing: [] });
    const refusal = { code, ...says };
    const other = { ...ASK, source: '203.0.113.9/32' };
    await expect(submit(deps, ADA, other, { ...SENDER, key: 'k2' })).rejects.toMatchObject(refusal);
    await expect(decide(deps, GRACE, { request: id, verdict: 'approve' })).rejects.toMatchObject(refusal);
  });
});

describe('converge', () => {
  it('keeps the placement before it calls the cloud', async () => {
    const { cloud, converge: run, load } = await approved();
    cloud.failures = [new JitError('cloudSilent', { cloud: 'AWS' })];
    await run();
    expect(await load()).toMatchObject({
      status: 'activating',
      lease: { placements: [placement()] },
      trouble: { code: 'cloudSilent', tries: 1 },
    });
  });

  it('gives up opening after a quarter of an hour, and closes', async () => {
    const { cloud, clock, converge: run, load } = await approved();
    cloud.failures = Array.from({ length: 100 }, () => new JitError('cloudSilent', { cloud: 'AWS' }));
    for (let minute = 0; minute < 17; minute += 1) {
      await run();
      clock.advance(60_000);
    }
    expect(await load()).toMatchObject({ ending: { why: 'failed' } });
    cloud.failures = [];
    clock.advance(60_000);
    await run();
    expect(await load()).toMatchObject({ status: 'ended', proof: { verdict: 'closed' } });
  });

  it('never gives up closing', async () => {
    const { cloud, clock, converge: run, load, deps, id } = await approved();
    await run();
    await revoke(deps, GRACE, id);
    cloud.failures = Array.from(
      { length: 60 },
      () => new JitError('cloudDenied', { cloud: 'AWS', code: 'UnauthorizedOperation' }),
    );
    for (let i = 0; i < 50; i += 1) {
      await run();
      clock.advance(60_000);
    }
    expect(await load()).toMatchObject({ status: 'closing', trouble: { tries: 50 } });
    cloud.failures = [];
    await run();
    expect(await load()).toMatchObject({ status: 'ended', ending: { why: 'revoked' }, proof: { verdict: 'closed' } });
    expect(cloud.rules.size).toBe(0);
  });

  it('opens nothing while the clock is not trusted, and closes all the same', async () => {
    let trusted = true;
    const { cloud, converge: run, load, deps, id } = await approved({ trusted: () => trusted });
    trusted = false;
    await run();
    expect(cloud.calls).toEqual([]);
    expect(await load()).toMatchObject({ status: 'activating', trouble: { code: 'clockJumped' } });
    cloud.rules.set('x', { placement: placement(), mark: 'valid', until: 1 });
    await revoke(deps, GRACE, id);
    await run();
    expect(cloud.calls).toEqual(['close 1']);
  });

  it('does not open what has ended while it waited', async () => {
    const { cloud, clock, converge: run, load } = await approved();
    clock.advance(3_600_001);
    await run();
    expect(cloud.calls).toEqual([]);
    expect(await load()).toMatchObject({ status: 'ended', ending: { why: 'elapsed' } });
  });

  it('does not open what ends while the cloud is being read', async () => {
    const { cloud, clock, converge: run, load } = await approved();
    const read = cloud.observe;
    cloud.observe = async (...args) => {
      clock.advance(3_600_001);
      return read(...args);
    };
    await run();
    expect(cloud.calls).toEqual([]);
    expect(await load()).toMatchObject({
      status: 'closing',
      ending: { why: 'failed', say: expect.stringContaining('ended before') },
    });
  });

  it('closes a rule that lands after the end again', async () => {
    const { cloud, clock, converge: run, load } = await approved();
    await run();
    const [rule] = [...cloud.rules.values()];
    clock.advance(3_600_001);
    await run();
    expect(await load()).toMatchObject({ status: 'ended' });
    if (rule) cloud.rules.set('late', rule);
    clock.advance(60_000);
    await run();
    expect(cloud.calls.at(-1)).toBe('close 1');
  });
});

describe('more time', () => {
  it('is refused once the time is up, when it is asked and when it is approved', async () => {
    const { deps, clock, converge: run, id } = await approved();
    await run();
    await extend(deps, ADA, id);
    const other = await approved();
    await other.converge();
    for (const each of [clock, other.clock]) each.advance(3_600_000);
    await expect(extend(other.deps, ADA, other.id)).rejects.toMatchObject({ code: 'tooLate' });
    await expect(decide(deps, GRACE, { request: id, verdict: 'approve' })).rejects.toMatchObject({ code: 'tooLate' });
  });
});

describe('the patrol', () => {
  const past = Date.UTC(2026, 10, 23, 11);
  const future = Date.UTC(2026, 10, 23, 13);

  it.each([
    {
      name: 'closes what is over by its own mark, with an empty store',
      found: { mark: 'valid', until: past } as const,
      closes: true,
    },
    { name: 'leaves what is not over yet', found: { mark: 'valid', until: future } as const, closes: false },
    {
      name: 'leaves what is over on our clock but not on the cloud’s',
      found: { mark: 'valid', until: past, cloudNow: past - 1 } as const,
      closes: false,
    },
    { name: 'closes what has no mark where only we write', found: { mark: 'missing' } as const, closes: true },
    { name: 'closes what has a forged mark', found: { mark: 'wrong', until: future } as const, closes: true },
  ])('$name', async ({ found, closes }) => {
    const { deps, cloud } = world();
    cloud.patrolled = [{ placement: placement(), ...found }];
    cloud.rules.set('x', { placement: placement(), ...found });
    await patrol(deps, never);
    expect(cloud.calls).toEqual(closes ? ['close 1'] : []);
  });

  it('leaves a rule that a lease in force wants, and closes it once the request is over, whatever its mark says', async () => {
    const { deps, cloud, converge: run, id, clock } = await approved();
    await run();
    cloud.patrolled = [{ placement: placement(), mark: 'valid', until: future }];
    await patrol(deps, never);
    expect(cloud.rules.size).toBe(1);
    const [rule] = [...cloud.rules.values()];
    await revoke(deps, GRACE, id);
    await run();
    clock.advance(120_000);
    await run();
    if (rule) cloud.rules.set('late', rule);
    cloud.calls.length = 0;
    await patrol(deps, never);
    expect(cloud.calls).toEqual(['close 1']);
  });
});

describe('notify and sweep', () => {
  it('edits a card, and does not repeat one that looks the same', async () => {
    const { deps, chat, id } = await approved();
    await notify(deps, id, never);
    const first = chat.shown.length;
    expect(first).toBe(3);
    await notify(deps, id, never);
    expect(chat.shown).toHaveLength(first);
  });

  it('looks for a card whose post was never answered', async () => {
    const { deps, chat, id } = await approved();
    chat.failures = [new JitError('chatSilent', { chat: 'Slack' })];
    await expect(notify(deps, id, never)).rejects.toMatchObject({ code: 'chatSilent' });
    const nonce = chat.shown[0]?.previous.nonce;
    await notify(deps, id, never);
    expect(chat.shown.at(-1)?.previous).toMatchObject({ tried: true, nonce });
  });

  it('looks for nothing where the chat took nothing, and does once an answer was lost after that', async () => {
    const { deps, chat, id } = await approved();
    const busy = new JitError('chatBusy', { chat: 'Slack', wait: '3 s' }, { retryAfterMs: 3_000 });
    chat.failures = [busy];
    await expect(notify(deps, id, never)).rejects.toMatchObject({ code: 'chatBusy' });
    const nonce = chat.shown[0]?.previous.nonce;
    chat.failures = [new JitError('chatSilent', { chat: 'Slack' })];
    await expect(notify(deps, id, never)).rejects.toMatchObject({ code: 'chatSilent' });
    expect(chat.shown.at(-1)?.previous).toMatchObject({ tried: false, nonce });
    await notify(deps, id, never);
    expect(chat.shown.at(-1)?.previous).toMatchObject({ tried: true, nonce });
  });

  it('looks for nothing where the last edit is known to have come through, and for what was said where it is not', async () => {
    const { deps, chat, id, converge: run } = await approved();
    await notify(deps, id, never);
    await run();
    await notify(deps, id, never);
    expect(chat.shown.some(({ previous }) => previous.tried)).toBe(false);
    await revoke(deps, GRACE, id);
    chat.failures = [new JitError('chatSilent', { chat: 'Slack' })];
    await expect(notify(deps, id, never)).rejects.toMatchObject({ code: 'chatSilent' });
    await notify(deps, id, never);
    expect(chat.shown.at(-1)?.previous).toMatchObject({ tried: true, ref: expect.anything() });
    await run();
    await notify(deps, id, never);
    expect(chat.shown.at(-1)?.previous.tried).toBe(false);
  });

  it('goes on without a place that refuses', async () => {
    const { deps, chat, id, log } = await approved();
    chat.failures = [new JitError('chatRefused', { chat: 'Slack', code: 'not_in_channel' })];
    await notify(deps, id, never);
    expect(log).toContain('a chat refused a card');
  });

  it('finds cards that are behind when every hint was lost', async () => {
    const { deps, queue, chat, clock, id } = await approved();
    queue.flush();
    clock.advance(30_000);
    await sweeper(deps)();
    await queue.drain({ converge: async () => {}, notify: (request) => notify(deps, request, never) });
    expect(chat.shown.map(({ view }) => view.request)).toContain(id);
  });
});
