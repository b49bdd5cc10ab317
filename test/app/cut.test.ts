import { describe, expect, it } from 'vitest';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { submit } from '../../src/app/request/submit.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import type { Policy } from '../../src/core/policy/policy.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import type { CutReply } from '../../src/ports/sessions.ts';
import { ASK } from './approved.ts';
import { entriesOf } from './audited.ts';
import { CuttingCloud, done, SSH } from './cutting-cloud.ts';
import { ADA, GRACE, MACHINE, POLICY, SENDER, type TestCloud, world } from './fixtures.ts';

const HOUR_MS = 3_600_000;
const never = new AbortController().signal;

const RUNNING: CutReply = { state: 'under way', command: 'linux/c1' };
const offline = () => new JitError('sessionsStay', { machine: 'api-1', why: 'its agent is not online' });

/** Comes from the same address as Ada. */
const LIN = { ...ADA, id: 'lin', name: 'Lin', slack: 'U3' };

async function start(policy: Partial<Policy> = { cutSessions: true }) {
  const made = world({ people: [ADA, GRACE, LIN], policies: [{ ...POLICY, ...policy }] });
  const cloud = new CuttingCloud();
  (made.deps.clouds as Map<string, TestCloud>).set('aws', cloud);
  let asked = 0;
  const ask = async (source = '203.0.113.7/32', forMs = HOUR_MS, person = ADA) => {
    asked += 1;
    const { id } = await submit(made.deps, person, { ...ASK, source, forMs }, { ...SENDER, key: `k${asked}` });
    await decide(made.deps, GRACE, { request: id, verdict: 'approve' });
    return id;
  };
  const look = () => converge(made.deps, MACHINE.id, never);
  const load = async (id: string) => {
    const { request } = await made.deps.store.load(id);
    if (request?.status !== 'ended') throw new Error(`it is ${request?.status}`);
    return request;
  };
  /** Asked, approved, opened, and over. */
  const over = async () => {
    const id = await ask();
    await look();
    made.clock.advance(HOUR_MS);
    cloud.calls.length = 0;
    return id;
  };
  return { ...made, cloud, ask, look, load, over };
}

describe('sessions at the end', () => {
  it('are cut for nothing that nobody here sealed', async () => {
    const { cloud, over, look, deps } = await start();
    await over();
    const { liveOn } = deps.store;
    Object.assign(deps.store, {
      liveOn: async (...asked: Parameters<typeof liveOn>) => {
        const found = await liveOn.apply(deps.store, asked);
        return { ...found, requests: found.requests.map((one) => ({ ...one, isUnsealed: true })) };
      },
    });
    await look();
    await look();
    expect(cloud.calls.filter((call) => call.startsWith('cut'))).toEqual([]);
  });

  it('are cut after the closing was proven, of that source and those ports alone', async () => {
    const { cloud, over, look, load } = await start();
    const id = await over();
    await look();
    expect(cloud.calls).toEqual(['close 1', `cut ${id}-1`]);
    expect(cloud.asks).toEqual([{ machine: MACHINE.id, source: '203.0.113.7/32', ports: [SSH], token: `${id}-1` }]);
    expect(await load(id)).toMatchObject({
      proof: { verdict: 'closed' },
      cut: { state: 'done', ports: [{ left: 0 }] },
    });
  });

  it('are left alone where no policy wants them cut, or the port has no connections', async () => {
    const { over, look, load, cloud } = await start({});
    const id = await over();
    await look();
    expect((await load(id)).cut).toBeUndefined();
    expect(cloud.asks).toEqual([]);
    expect(await load(id)).toMatchObject({ sessionsStay: 'no policy of this request has `cutSessions`' });
  });

  it('are asked for before anybody decides', async () => {
    const { cloud, ask } = await start();
    cloud.canCut = false;
    await expect(ask()).rejects.toMatchObject({
      code: 'policySessions',
      say: 'Policy production covers only machines whose open sessions are cut when access ends, and api-1 is not one of them: its Systems Manager agent is not online.',
    });
  });

  it('are asked after until the machine has answered, then no more', async () => {
    const { cloud, clock, over, look, load, deps } = await start();
    cloud.answers = [RUNNING, RUNNING];
    const id = await over();
    await look();
    await look();
    expect(cloud.asks).toHaveLength(1);
    clock.advance(2_000);
    await look();
    clock.advance(2_000);
    await look();
    expect(cloud.asks.map(({ command }) => command)).toEqual([undefined, 'linux/c1', 'linux/c1']);
    expect((await load(id)).cut).toMatchObject({ state: 'done' });
    clock.advance(HOUR_MS);
    await look();
    expect(cloud.asks).toHaveLength(3);
    expect(await deps.store.live(10)).toEqual([]);
  });

  it('are gone on with after a crash, with the command that was given', async () => {
    const { cloud, clock, over, look, load, deps } = await start();
    cloud.answers = [RUNNING];
    const id = await over();
    await look();
    // Another process: the due index has it.
    clock.advance(6_000);
    const { machines } = await deps.store.claim(10, 5_000);
    expect(machines).toEqual([MACHINE.id]);
    await look();
    expect(cloud.asks.at(-1)).toMatchObject({ token: `${id}-1`, command: 'linux/c1' });
    expect((await load(id)).cut).toMatchObject({ state: 'done' });
  });

  it('keep one token while it is not known whether the machine was told', async () => {
    const { cloud, clock, over, look } = await start();
    cloud.answers = [new JitError('cloudSilent', { cloud: 'AWS' }), RUNNING];
    const id = await over();
    await look();
    clock.advance(2_000);
    await look();
    expect(cloud.asks.map(({ token, command }) => [token, command])).toEqual([
      [`${id}-1`, undefined],
      [`${id}-1`, undefined],
    ]);
  });

  it('are tried again where something is left, three times at most, and the rest is said', async () => {
    const { cloud, clock, over, look, load, audit } = await start();
    cloud.answers = [done(3, 2), done(2, 1), done(1, 1)];
    const id = await over();
    for (let i = 0; i < 10; i += 1) {
      await look();
      clock.advance(30_000);
    }
    expect(cloud.asks.map(({ token }) => token)).toEqual([1, 2, 3].map((n) => `${id}-${n}`));
    expect((await load(id)).cut).toMatchObject({ state: 'done', ports: [{ found: 3, left: 1 }] });
    expect(viewOf(await load(id))).toMatchObject({ tone: 'notice', announce: 'sessions' });
    expect(entriesOf(audit).slice(-1)).toMatchObject([
      { event: 'sessions left', outcome: 'failed', why: '22: found 3, left 1' },
    ]);
  });

  it('are given up after ten minutes, and it is said that nobody can tell', async () => {
    const { cloud, clock, over, look, load } = await start();
    cloud.answers = Array.from({ length: 99 }, offline);
    const id = await over();
    for (let i = 0; i < 40; i += 1) {
      await look();
      clock.advance(30_000);
    }
    expect(cloud.asks.length).toBeLessThan(20);
    expect((await load(id)).cut).toMatchObject({ state: 'unknown', say: expect.stringContaining('not online') });
    expect(viewOf(await load(id)).announce).toBe('sessions');
  });

  it('never hold up a closing, whatever becomes of them', async () => {
    const { cloud, clock, over, ask, look, load } = await start();
    const first = await over();
    cloud.answers = [new Error('a bug'), new Error('a bug'), new Error('a bug')];
    await look();
    expect((await load(first)).proof.verdict).toBe('closed');
    clock.advance(150_000);
    const second = await ask('198.51.100.7/32');
    await look();
    clock.advance(HOUR_MS);
    cloud.calls.length = 0;
    await look();
    expect(cloud.calls[0]).toMatch(/^close/);
    expect((await load(second)).proof.verdict).toBe('closed');
  });
});

describe('sessions of another lease', () => {
  it.each([
    ['the same source', '203.0.113.7/32'],
    ['a wider one', '203.0.113.0/28'],
  ])('are not cut: %s', async (_, source) => {
    const { cloud, clock, ask, look, load } = await start();
    const id = await ask();
    const other = await ask(source, 2 * HOUR_MS, LIN);
    await look();
    clock.advance(HOUR_MS);
    await look();
    expect(cloud.asks).toEqual([]);
    expect((await load(id)).cut).toMatchObject({
      state: 'done',
      ports: [{ port: SSH, keptUntil: expect.any(Number) }],
    });
    clock.advance(HOUR_MS);
    await look();
    expect(cloud.asks).toMatchObject([{ token: `${other}-1`, source }]);
  });

  it('are not opened while a cut is under way that would hit them, and are right after', async () => {
    const { cloud, clock, ask, over, look, deps } = await start();
    cloud.answers = [RUNNING];
    await over();
    await look();
    const next = await ask();
    await look();
    expect(cloud.rules.size).toBe(0);
    const held = await deps.store.load(next);
    expect(held.request).toMatchObject({ status: 'activating', trouble: { code: 'sessionsBeingCut' } });
    clock.advance(2_000);
    await look();
    clock.advance(2_000);
    await look();
    expect(cloud.rules.size).toBe(1);
    expect(cloud.asks).toHaveLength(2);
  });

  it('from elsewhere are opened at once', async () => {
    const { cloud, ask, over, look } = await start();
    cloud.answers = [RUNNING];
    await over();
    await look();
    await ask('198.51.100.7/32');
    await look();
    expect(cloud.rules.size).toBe(1);
  });

  it('are not hit by what was decided before a process was away for long', async () => {
    const { cloud, clock, ask, over, look, load } = await start();
    cloud.answers = [new JitError('cloudSilent', { cloud: 'AWS' })];
    const id = await over();
    await look();
    clock.advance(150_000);
    await ask();
    await look();
    expect(cloud.asks).toHaveLength(1);
    expect((await load(id)).cut).toMatchObject({ state: 'done', ports: [{ keptUntil: expect.any(Number) }] });
    expect(cloud.rules.size).toBe(1);
  });
});

describe('what is said of them', () => {
  it('is in the audit before the machine is told, and after', async () => {
    const { over, look, audit, cloud } = await start();
    let before: readonly unknown[] = [];
    const { cut } = cloud;
    cloud.cut = async (...given) => {
      before = entriesOf(audit);
      return cut(...given);
    };
    await over();
    await look();
    expect(before.at(-1)).toMatchObject({ event: 'cutting sessions', outcome: 'done' });
    expect(entriesOf(audit).at(-1)).toMatchObject({ event: 'sessions cut', why: '22: found 1, left 0' });
  });
});
