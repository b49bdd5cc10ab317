import { describe, expect, it } from 'vitest';
import { watchUnused } from '../../src/app/loops/unused.ts';
import { commit } from '../../src/app/machine/commit.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { explain } from '../../src/app/request/explain.ts';
import { extend } from '../../src/app/request/extend.ts';
import { submit } from '../../src/app/request/submit.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/core/language/instant.ts';
import { plain } from '../../src/core/language/text.ts';
import { reattached } from '../../src/core/request/life.ts';
import { factsOf } from '../../src/core/view/facts.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import type { Cloud } from '../../src/ports/cloud.ts';
import type { UsageAnswer, UsageAsk } from '../../src/ports/usage.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, POLICY, SENDER, TestCloud, world } from './fixtures.ts';

const NEVER = new AbortController().signal;
const HALF = 30 * MINUTE_MS;
const CLOSING = { ...POLICY, endUnusedMs: HALF, extendSelfUpToMs: 2 * HOUR_MS };
const SSH = { number: 22, protocol: 'tcp' };

/** A house that closes what nobody used within half an hour, and a cloud whose log says what a test lets it. */
async function unusedWorld({ policy = CLOSING, untold }: { policy?: typeof POLICY; untold?: string } = {}) {
  const made = world({ policies: [policy] });
  const asked: UsageAsk[] = [];
  const log: { says: UsageAnswer | Error } = { says: { is: 'not seen' } };
  const cloud: Cloud = Object.assign(made.cloud, {
    used: async (ask: UsageAsk) => {
      asked.push(ask);
      if (log.says instanceof Error) throw log.says;
      return log.says;
    },
  });
  const look = new TestCloud().look;
  if (untold) made.cloud.look = async (...args) => ({ ...(await look(...args)), usageUntold: untold });
  const { deps, clock } = made;
  const { id } = await submit(deps, ADA, { ...ASK, forMs: 2 * HOUR_MS }, SENDER);
  await decide(deps, GRACE, { request: id, verdict: 'approve' });
  const load = async () => {
    const { request } = await deps.store.load(id);
    if (!request) throw new Error('no request');
    return request;
  };
  await converge(deps, MACHINE.id, NEVER);
  const openedAt = clock.now();
  const watch = watchUnused(deps);
  const round = async (ms = 0) => {
    clock.advance(ms);
    return watch(NEVER);
  };
  const fact = async () => {
    const found = factsOf(await load()).find(({ label }) => label === 'If unused');
    return found && plain(found.value);
  };
  return { ...made, cloud, asked, log, id, load, round, openedAt, fact };
}

describe('access that is closed where nobody uses it', () => {
  it('is closed once its time is over and the log tells, and its requester is told why', async () => {
    const { round, load, asked, openedAt, deps, audit, fact } = await unusedWorld();
    expect(await fact()).toMatch(/^closed early unless somebody connects by /);
    expect(await round(HALF - SECOND_MS)).toBe(0);
    expect(asked).toEqual([]);
    expect(await round(SECOND_MS)).toBe(1);
    expect(asked).toEqual([
      {
        machine: MACHINE.id,
        source: '203.0.113.7/32',
        ports: [SSH],
        from: openedAt,
        until: openedAt + HALF,
        now: openedAt + HALF,
      },
    ]);
    await converge(deps, MACHINE.id, NEVER);
    const ended = await load();
    expect(ended).toMatchObject({
      status: 'ended',
      ending: { why: 'failed', code: 'unused' },
      proof: { verdict: 'closed' },
    });
    const { headline, buttons } = viewOf(ended);
    expect(plain(headline)).toMatch(
      /your access to api-1 has ended early\. Nobody connected from 203\.0\.113\.7 within 30 min\./,
    );
    expect(buttons.map(({ verb }) => verb)).toContain('again');
    expect(audit.all.map((one) => JSON.stringify(one)).filter((one) => /unused/.test(one))).toHaveLength(1);
  });

  it('stays open, and is not asked about any more, once somebody was seen', async () => {
    const { round, load, asked, log, openedAt, fact } = await unusedWorld();
    log.says = { is: 'seen', at: openedAt + MINUTE_MS };
    expect(await round(HALF)).toBe(0);
    expect(await load()).toMatchObject({ status: 'active', unused: { seenAt: openedAt + MINUTE_MS } });
    expect(await fact()).toMatch(/^stays open until its end: somebody connected, first seen at /);
    log.says = { is: 'not seen' };
    expect(await round(HALF)).toBe(0);
    expect(asked).toHaveLength(1);
  });

  it('stays open where nobody will ever tell', async () => {
    const { round, load, asked, log, fact } = await unusedWorld();
    log.says = { is: 'untold', why: 'flow log fl-1 has a gap' };
    await round(HALF);
    expect(await load()).toMatchObject({ status: 'active', unused: { untold: 'flow log fl-1 has a gap' } });
    expect(await fact()).toBe(
      'stays open until its end: whether anybody connects cannot be told (flow log fl-1 has a gap)',
    );
    log.says = { is: 'not seen' };
    expect(await round(HALF)).toBe(0);
    expect(asked).toHaveLength(1);
  });

  it('is told beforehand that nobody can tell, and is never asked about', async () => {
    const { round, asked, fact, load } = await unusedWorld({ untold: 'no flow log of its subnet' });
    expect(await fact()).toContain('(no flow log of its subnet)');
    expect(plain(viewOf(await load()).headline)).not.toContain('closed early');
    expect(await round(HALF)).toBe(0);
    expect(asked).toEqual([]);
  });

  it.each([
    ['the log is not there yet', { is: 'not yet' } as const, 2],
    ['its cloud is busy', new JitError('cloudBusy', { cloud: 'AWS' }), 5],
    [
      'its cloud asks for ten minutes',
      new JitError('cloudBusy', { cloud: 'AWS' }, { retryAfterMs: 10 * MINUTE_MS }),
      10,
    ],
    ['there is a bug', new Error('oops'), 5],
  ] as const)('is asked about again later where %s', async (_, says, minutes) => {
    const { round, load, asked, log } = await unusedWorld();
    log.says = says;
    expect(await round(HALF)).toBe(0);
    expect(await round(minutes * MINUTE_MS - SECOND_MS)).toBe(0);
    expect(asked).toHaveLength(1);
    log.says = { is: 'not seen' };
    expect(await round(SECOND_MS)).toBe(1);
    expect((await load()).status).toBe('closing');
  });

  it('has its time anew from each extension, and what was seen before counts', async () => {
    const { round, asked, deps, id, openedAt } = await unusedWorld();
    await round(HALF - MINUTE_MS);
    await extend(deps, ADA, id, HOUR_MS);
    expect(await round(HALF - SECOND_MS)).toBe(0);
    expect(asked).toEqual([]);
    expect(await round(SECOND_MS)).toBe(1);
    expect(asked).toMatchObject([{ from: openedAt, until: openedAt + 2 * HALF - MINUTE_MS }]);
  });

  it('has its time anew once a security group was put back', async () => {
    const { round, asked, deps, id, openedAt } = await unusedWorld();
    await round(HALF - MINUTE_MS);
    await commit(deps, id, (request, { at }) =>
      request.status === 'active'
        ? { next: reattached(request, at), event: 'reattached', by: 'drawbridge' }
        : undefined,
    );
    expect(await round(HALF - SECOND_MS)).toBe(0);
    expect(asked).toEqual([]);
    expect(await round(SECOND_MS)).toBe(1);
    expect(asked).toMatchObject([{ from: openedAt, until: openedAt + 2 * HALF - MINUTE_MS }]);
  });

  it('is not closed when it was extended while the log was read', async () => {
    const { round, deps, id, load, cloud } = await unusedWorld();
    cloud.used = async () => {
      await extend(deps, ADA, id, HOUR_MS);
      return { is: 'not seen' };
    };
    expect(await round(HALF)).toBe(0);
    expect((await load()).status).toBe('active');
  });

  it('is not closed by a log whose clock is another', async () => {
    const { round, load, cloud, clock } = await unusedWorld();
    cloud.timeAt = () => clock.now() - 5 * MINUTE_MS;
    expect(await round(HALF)).toBe(0);
    expect((await load()).status).toBe('active');
    cloud.timeAt = () => clock.now();
    expect(await round(5 * MINUTE_MS)).toBe(1);
  });

  it('is nothing to other policies', async () => {
    const { round, asked, load, fact } = await unusedWorld({ policy: POLICY });
    expect(await load()).not.toHaveProperty('unused');
    expect(await fact()).toBeUndefined();
    expect(await round(HOUR_MS)).toBe(0);
    expect(asked).toEqual([]);
  });

  it('ends in time without it', async () => {
    const { round, load, log, deps } = await unusedWorld();
    log.says = { is: 'not yet' };
    expect(await round(2 * HOUR_MS)).toBe(0);
    await converge(deps, MACHINE.id, NEVER);
    expect(await load()).toMatchObject({ status: 'ended', ending: { why: 'elapsed' } });
  });

  it('is explained before it is asked for', async () => {
    const { deps } = await unusedWorld({ untold: 'no flow log of its subnet' });
    const { sections } = await explain(deps, ADA, { ...ASK, kind: 'explain', whom: undefined } as never);
    const text = sections.flatMap(({ rows }) => rows.map(({ line }) => plain(line))).join('\n');
    expect(text).toContain('closed early unless somebody connects within 30 min');
    expect(text).toContain(
      'Whether anybody connects cannot be told (no flow log of its subnet), so it would stay open until its end.',
    );
  });
});

it('reads so many logs in one round at most, and the longest due first', async () => {
  const { deps, clock, cloud } = world({ policies: [{ ...CLOSING, who: ['group:eng'] }] });
  let read = 0;
  Object.assign(cloud, {
    used: async () => {
      read += 1;
      return { is: 'not yet' };
    },
  });
  const { id } = await submit(deps, ADA, { ...ASK, forMs: 2 * HOUR_MS }, SENDER);
  await decide(deps, GRACE, { request: id, verdict: 'approve' });
  await converge(deps, MACHINE.id, NEVER);
  const one = (await deps.store.load(id)).request;
  if (!one) throw new Error('no request');
  const many = Array.from({ length: 300 }, (_, i) => ({ ...one, id: `a${100_000 + i}` }));
  clock.advance(HALF);
  const watch = watchUnused({ ...deps, store: { ...deps.store, find: async () => many } });
  await watch(NEVER);
  expect(read).toBe(200);
  await watch(NEVER);
  expect(read).toBe(300);
});
