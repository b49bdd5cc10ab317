import { uptime } from 'node:os';
import { describe, expect, it } from 'vitest';
import { bootClock, type ClockReading, ClockWatch, jumped, passingClock, sinceBoot } from '../../src/redis/time.ts';
import { keptLog } from './server.ts';

const T = Date.UTC(2026, 10, 23, 12);
const MINUTE = 60_000;

/** Redis's clock, seconds after T; asked and answered at these seconds of our own clock. */
const reading = (redis: number, sent: number, got = sent): ClockReading => ({
  redis: T + redis * 1_000,
  sent: sent * 1_000,
  got: got * 1_000,
});

describe('a jump of Redis’s clock', () => {
  it.each([
    ['both clocks go on', reading(0, 0), reading(10, 10), false],
    ['both stand still', reading(0, 0), reading(0, 0), false],
    ['forward by a minute', reading(0, 0), reading(70, 10), false],
    ['forward by more', reading(0, 0), reading(71, 10), true],
    ['back by a minute', reading(0, 0), reading(-50, 10), false],
    ['back by more', reading(0, 0), reading(-51, 10), true],
    ['an hour forward', reading(0, 0), reading(3_601, 1), true],
    ['an hour back', reading(0, 0), reading(-3_599, 1), true],
    ['nothing was asked for a day', reading(0, 0), reading(86_400, 86_400), false],
    ['a day passed for us, and none for Redis', reading(0, 0), reading(0, 86_400), true],
    ['the second answer was read ten minutes late', reading(0, 0), reading(1, 1, 600), false],
    ['the second question waited ten minutes for Redis', reading(0, 0), reading(600, 1, 600), false],
    ['the first answer was read ten minutes late', reading(0, 0, 600), reading(601, 601), false],
    ['both took long, and Redis jumped by more', reading(0, 0, 10), reading(200, 20, 30), true],
    ['answers out of order', reading(2, 0, 2), reading(1, 0, 2), false],
  ])('%s: %o → %o', (_, before, after, expected) => {
    expect(jumped(before, after)).toBe(expected);
  });
});

describe('the clock since the computer started', () => {
  /** Three clocks that go as they are told. */
  function clocks() {
    const at = { uptime: 1_000_000, awake: 5_000, wall: T };
    let asked = 0;
    const since = bootClock({
      uptime: () => {
        asked += 1;
        return at.uptime;
      },
      awake: () => at.awake,
      wall: () => at.wall,
    });
    const pass = (ms: number, { asleep = 0, turned = 0 } = {}) => {
      at.uptime += ms + asleep;
      at.awake += ms;
      at.wall += ms + asleep + turned;
    };
    return { at, since, pass, asked: () => asked };
  }

  it('asks for the uptime once a second, however often it is read', () => {
    const { at, since, pass, asked } = clocks();
    for (let i = 0; i < 1_000; i += 1) {
      pass(10);
      expect(since()).toBe(at.uptime);
    }
    expect(asked()).toBe(10);
  });

  it.each([
    ['a sleep of an hour', { asleep: 3_600_000 }],
    ['a wall clock that was set an hour ahead', { turned: 3_600_000 }],
    ['a wall clock that was set an hour back', { turned: -3_600_000 }],
    ['a sleep of an hour, and a wall clock set back by nearly as much', { asleep: 3_600_000, turned: -3_590_000 }],
  ])('is right at once after %s', (_, went) => {
    const { at, since, pass } = clocks();
    since();
    pass(10, went);
    expect(since()).toBe(at.uptime);
  });

  it('is right within a second where the wall clock hides a sleep', () => {
    const { at, since, pass } = clocks();
    since();
    pass(10, { asleep: 3_600_000, turned: -3_600_000 });
    since();
    pass(1_000);
    expect(since()).toBe(at.uptime);
  });

  it('is that of this computer', () => {
    const before = uptime() * 1_000;
    const read = sinceBoot();
    // The system counts in hundredths of a second.
    expect(read).toBeGreaterThanOrEqual(before - 20);
    expect(read).toBeLessThanOrEqual(uptime() * 1_000 + 20);
  });
});

describe('the clock that counts what really passed', () => {
  it('counts a pause of the whole computer, of which the wall clock alone tells, and never goes back', () => {
    const at = { boot: 1_000, wall: T };
    const passing = passingClock({ boot: () => at.boot, wall: () => at.wall });
    const first = passing();
    const went = (boot: number, wall: number) => {
      at.boot += boot;
      at.wall += wall;
      return passing() - first;
    };
    expect(went(2_000, 2_000)).toBe(2_000);
    // Slept, by the system's own account; paused by the host; nudged; set back; and set right again.
    expect(went(1_800_000, 1_800_000)).toBe(1_802_000);
    expect(went(0, 1_800_000)).toBe(3_602_000);
    expect(went(1_000, 1_400)).toBe(3_603_000);
    expect(went(1_000, -3_600_000)).toBe(3_604_000);
    expect(went(-10, 0)).toBe(3_604_000);
    expect(went(1_010, 1_010)).toBe(3_605_000);
  });

  it('does not run fast where the wall clock is coarser, or a little faster', () => {
    let at = 0;
    const passing = passingClock({ boot: () => at, wall: () => Math.round(at * 1.001) });
    const first = passing();
    for (let i = 0; i < 10_000; i += 1) {
      at += 0.4;
      passing();
    }
    expect(passing() - first).toBeCloseTo(4_000, 3);
  });
});

describe('the watch', () => {
  const answer = (redis: number, elapsed: number, behindMs = 0) => ({
    at: T + redis * 1_000 + behindMs,
    behindMs,
    reading: reading(redis, elapsed),
  });

  it('trusts no time after a jump, also when the clock was set right again, and says so once', () => {
    const log = keptLog();
    const watch = new ClockWatch(log, '{x}:clock');
    expect(watch.judge(answer(0, 0))).toEqual({ at: T, trusted: true });
    expect(watch.judge(answer(3_600, 1)).trusted).toBe(false);
    expect(watch.judge(answer(2, 2)).trusted).toBe(false);
    expect(watch.judge(answer(3, 3)).trusted).toBe(false);
    expect(log.errors).toHaveLength(1);
  });

  it('trusts no time that is more than a minute behind the highest seen, from the first answer on', () => {
    expect(new ClockWatch(keptLog(), 'k').judge(answer(0, 0, MINUTE)).trusted).toBe(true);
    expect(new ClockWatch(keptLog(), 'k').judge(answer(0, 0, MINUTE + 1)).trusted).toBe(false);
  });

  it('says once that time stands still, and again the next time', () => {
    const said: string[] = [];
    const log = { ...keptLog(), warn: (_: object, message: string) => void said.push(message) };
    const watch = new ClockWatch(log, 'k');
    for (const behindMs of [0, 2_000, 30_000, 29_000, 0, 5_000]) watch.judge(answer(0, 0, behindMs));
    expect(said).toHaveLength(2);
    expect(log.errors).toEqual([]);
  });

  it('gives no instant before one that it gave', () => {
    const watch = new ClockWatch(keptLog(), 'k');
    watch.judge(answer(5, 5));
    expect(watch.judge(answer(4, 5)).at).toBe(T + 5_000);
    expect(watch.judge(answer(6, 6)).at).toBe(T + 6_000);
  });
});
