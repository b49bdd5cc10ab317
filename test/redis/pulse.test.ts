import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Held, HoldOptions } from '../../src/ports/lock.ts';
import type { Queue } from '../../src/ports/queue.ts';
import { startPulse } from '../../src/queue/pulse.ts';
import { redisLock } from '../../src/redis/lock.ts';
import { beatsKey, redisPulse, SILENT_MS } from '../../src/redis/pulse.ts';
import { machine } from '../conformance/fixtures.ts';
import { QUIET, redisOfFile } from './server.ts';

const server = redisOfFile();
let prefix = '';

beforeEach(() => {
  prefix = server.prefix();
});

/** A process of this Redis: its pulse, its lock, and a way to have been silent. */
function processOf() {
  const redis = server.client();
  const pulse = redisPulse({ redis, prefix });
  const { process } = pulse;
  return {
    pulse,
    redis,
    lock: redisLock({ redis, prefix, log: QUIET, process }),
    silentFor: (ms: number) => redis.zincrby(beatsKey(prefix), -ms, process),
  };
}

type Process = ReturnType<typeof processOf>;
type Patch = Partial<HoldOptions>;

const options = (patch: Patch = {}): HoldOptions => ({
  ...{ ttlMs: 30_000, waitMs: 0, closing: true, removes: true, signal: new AbortController().signal },
  ...patch,
});
const LOCKED = { code: 'locked' };

describe('who lives', () => {
  it('is told of whom it is not', async () => {
    const [one, other] = [processOf(), processOf()];
    expect(await one.pulse.beat()).toEqual([]);
    expect(await other.pulse.beat()).toEqual([]);
    await other.silentFor(SILENT_MS);
    expect(await one.pulse.beat()).toEqual([other.pulse.process]);
    await other.pulse.beat();
    expect(await one.pulse.beat()).toEqual([]);
    await other.silentFor(SILENT_MS);
    await other.pulse.leave();
    expect(await one.pulse.beat()).toEqual([]);
  });

  it('cannot be told by one that is new, or was silent itself: after a Redis that was away all begin anew', async () => {
    const [one, other, third] = [processOf(), processOf(), processOf()];
    await one.pulse.beat();
    await other.pulse.beat();
    await one.silentFor(SILENT_MS);
    await other.silentFor(SILENT_MS);
    expect(await third.pulse.beat()).toEqual([]);
    expect(await one.pulse.beat()).toEqual([]);
    expect(await third.pulse.beat()).toEqual([]);
  });

  it('is forgotten in the end', async () => {
    const [one, other] = [processOf(), processOf()];
    await one.pulse.beat();
    await other.pulse.beat();
    await other.silentFor(600_001);
    expect(await one.pulse.beat()).toEqual([]);
    expect(await one.redis.zcard(beatsKey(prefix))).toBe(1);
    expect(await one.redis.pttl(beatsKey(prefix))).toBeGreaterThan(0);
  });
});

describe('the lock of a process that is gone', () => {
  /** A process dies, or sleeps, with the lock of both groups; another one lives. */
  async function left(work: (other: Process, held: Held, gone: Process) => Promise<void>, patch: Patch = {}) {
    const [gone, other] = [processOf(), processOf()];
    await gone.pulse.beat();
    await other.pulse.beat();
    await gone.lock.hold(['sg-1', 'sg-2'], options(patch), async (held) => {
      await gone.silentFor(SILENT_MS);
      await work(other, held, gone);
    });
  }

  it('goes to one that only removes too; whoever had it loses it, and releases nothing', async () => {
    const next = processOf();
    await next.pulse.beat();
    const gate = Promise.withResolvers<void>();
    const taken = Promise.withResolvers<void>();
    let holding: Promise<void> = Promise.resolve();
    await left(
      async ({ lock }, held) => {
        holding = lock.hold(['sg-1'], options(), async () => {
          taken.resolve();
          await gate.promise;
        });
        await taken.promise;
        await vi.waitFor(() => expect(held.signal.aborted).toBe(true));
        expect(held.remainingMs()).toBe(0);
      },
      { ttlMs: 3_000 },
    );
    await expect(next.lock.hold(['sg-1'], options(), async () => {})).rejects.toMatchObject(LOCKED);
    expect(await next.lock.hold(['sg-2'], options(), async () => 'free')).toBe('free');
    gate.resolve();
    await holding;
  });

  it.each<[string, Patch]>([
    ['opens', { closing: false, removes: false }],
    ['closes by more than removing', { removes: false }],
  ])('waits for its time for one that %s, also after another has left it', (_, patch) =>
    left(async ({ lock, redis }) => {
      await expect(lock.hold(['sg-1'], options(patch), async () => {})).rejects.toMatchObject(LOCKED);
      await lock.hold(['sg-1'], options(), async () => {});
      await expect(lock.hold(['sg-1'], options(patch), async () => {})).rejects.toMatchObject(LOCKED);
      expect(await redis.pttl(`{${prefix}}:lock:sg-1:left`)).toBeGreaterThan(20_000);
      await redis.del(`{${prefix}}:lock:sg-1:left`);
      expect(await lock.hold(['sg-1'], options(patch), async () => 'free')).toBe('free');
    }),
  );

  it('stays where it may have written', () =>
    left(async ({ lock }, held) => {
      await held.writes();
      await expect(lock.hold(['sg-1'], options(), async () => {})).rejects.toMatchObject(LOCKED);
    }));

  it('stays where it was taken to write', () =>
    left(
      async ({ lock }) => {
        await expect(lock.hold(['sg-1'], options(), async () => {})).rejects.toMatchObject(LOCKED);
      },
      { removes: false },
    ));

  it('stays where it says again that it lives', () =>
    left(async ({ lock }, _, gone) => {
      await gone.pulse.beat();
      await expect(lock.hold(['sg-1'], options(), async () => {})).rejects.toMatchObject(LOCKED);
    }));

  it('stays for one that was silent itself, or never said anything', () =>
    left(async ({ lock, silentFor }) => {
      await expect(processOf().lock.hold(['sg-1'], options(), async () => {})).rejects.toMatchObject(LOCKED);
      await silentFor(SILENT_MS);
      await expect(lock.hold(['sg-1'], options(), async () => {})).rejects.toMatchObject(LOCKED);
    }));

  it('may not be written under while a call of who left it may land, nor by who lost it', () =>
    left(async ({ lock, redis }, held) => {
      await lock.hold(['sg-1'], options(), async (own) => {
        await expect(own.writes()).rejects.toMatchObject(LOCKED);
        await expect(held.writes()).rejects.toMatchObject(LOCKED);
      });
      await redis.del(`{${prefix}}:lock:sg-1:left`);
      await lock.hold(['sg-1'], options(), async (own) => {
        await Promise.all([own.writes(), own.writes()]);
        expect(await redis.get(`{${prefix}}:lock:sg-1`)).toMatch(/^writes\./);
        expect(await redis.pttl(`{${prefix}}:lock:sg-1`)).toBeGreaterThan(20_000);
      });
      expect(await redis.exists(`{${prefix}}:lock:sg-1`)).toBe(0);
    }));
});

describe('what a process had in hand that is gone', () => {
  it('is hinted at once, by those that live', async () => {
    const [gone, other] = [processOf(), processOf()];
    await gone.pulse.beat();
    await other.pulse.beat();
    await gone.silentFor(SILENT_MS);
    const hinted: unknown[] = [];
    const asked: number[] = [];
    const store = {
      dueWithin: async (withinMs: number) => {
        asked.push(withinMs);
        return [machine(1)];
      },
    };
    const queue: Pick<Queue, 'converge'> = { converge: async (...hint) => void hinted.push(hint) };
    const beats = vi.spyOn(other.pulse, 'beat');
    const timer = startPulse({ pulse: other.pulse, store, queue, log: QUIET, everyMs: 1 });
    await vi.waitFor(() => expect(beats.mock.calls.length).toBeGreaterThan(3));
    await timer.stop();
    expect(hinted).toEqual([[[machine(1)], `gone-${gone.pulse.process}`, 'close']]);
    expect(asked).toEqual([5_000]);
    expect(await other.redis.zrange(beatsKey(prefix), '0', '-1')).toEqual([gone.pulse.process]);
  });

  it('is hinted at when Redis is back, if it was away just then', async () => {
    const { pulse } = processOf();
    const beat = vi.fn(async () => ['gone']).mockRejectedValueOnce(new Error('away'));
    const dueWithin = vi.fn(async () => [machine(1)]).mockRejectedValueOnce(new Error('away'));
    const converge = vi.fn(async () => {}).mockRejectedValueOnce(new Error('away'));
    const log = { ...QUIET, warn: vi.fn() };
    const given = { pulse: { ...pulse, beat, leave: () => Promise.reject(new Error('away')) }, store: { dueWithin } };
    const timer = startPulse({ ...given, queue: { converge }, log, everyMs: 1 });
    await vi.waitFor(() => expect(beat.mock.calls.length).toBeGreaterThan(4));
    await timer.stop();
    expect(converge).toHaveBeenCalledTimes(2);
    expect(log.warn.mock.calls.map(([, text]) => text)).toEqual([
      'this process could not say in Redis that it lives',
      'a process is gone; what it had in hand is looked at',
      'this process could not leave',
    ]);
  });
});
