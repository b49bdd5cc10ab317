import { describe, expect, it } from 'vitest';
import type { Deps } from '../../src/app/deps.ts';
import { digester } from '../../src/app/loops/digest.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/core/language/instant.ts';
import { phrased } from '../../src/core/language/text.ts';
import type { Place } from '../../src/core/people/place.ts';
import type { Report } from '../../src/core/view/report.ts';
import { MACHINE, world } from './fixtures.ts';

const never = new AbortController().signal;
const OPS: Place = { chat: 'slack', kind: 'channel', id: 'C1' };
const HOME: Place = { chat: 'slack', kind: 'private', id: 'U2' };
const open = { machine: MACHINE, verdict: 'unhealthy', tab: 'notConfigured', reasons: ['22 is open.'] } as const;

/** It is noon UTC, one o'clock in Berlin; the digest is due at two there. */
function house({
  trusted = () => true,
  tell = [OPS, HOME],
}: {
  trusted?: () => boolean;
  tell?: readonly Place[];
} = {}) {
  const made = world({ trusted });
  const told: string[] = [];
  const failures: Error[] = [];
  const answers: Error[] = [];
  let surveys = 0;
  const cloud = Object.assign(made.cloud, {
    assess: async () => {
      surveys += 1;
      const failure = answers.shift();
      if (failure) throw failure;
      return { machines: [open], unread: [] };
    },
  });
  const chat = Object.assign(made.chat, {
    tell: async ({ title }: Report, { id }: Place) => {
      const failure = failures.shift();
      if (failure) throw failure;
      told.push(`${id}: ${phrased(title)}`);
    },
  });
  const deps: Deps = {
    ...made.deps,
    clouds: new Map([['aws', cloud]]),
    chats: new Map([['slack', chat]]),
    rules: { ...made.deps.rules, digest: { atMinute: 14 * 60, zone: 'Europe/Berlin', tell } },
  };
  return { ...made, deps, told, failures, answers, surveys: () => surveys };
}

const TITLE = '1 of 1 machine should be protected';
const BOTH = [`C1: ${TITLE}`, `U2: ${TITLE}`];

describe('the digest', () => {
  it('goes by the setting as it is now: a change is taken up while the program runs', async () => {
    const { deps, clock, told } = house();
    const live = { ...deps, rules: { ...deps.rules } };
    const { digest, ...none } = live.rules;
    live.rules = none;
    const run = digester(live);
    clock.advance(2 * HOUR_MS);
    await run(never);
    expect(told).toEqual([]);
    live.rules = { ...none, ...(digest && { digest }) };
    await run(never);
    expect(told).toEqual(BOTH);
  });

  it('is told at its time of the day, once to each place', async () => {
    const { deps, clock, told, surveys } = house();
    const run = digester(deps);
    await run(never);
    clock.advance(HOUR_MS - MINUTE_MS);
    await run(never);
    expect([told, surveys()]).toEqual([[], 0]);
    clock.advance(MINUTE_MS);
    for (let minute = 0; minute < 5; minute += 1) {
      await run(never);
      clock.advance(MINUTE_MS);
    }
    expect([told, surveys()]).toEqual([BOTH, 1]);
  });

  it('comes again the next day', async () => {
    const { deps, clock, told } = house();
    const run = digester(deps);
    clock.advance(HOUR_MS);
    await run(never);
    clock.advance(DAY_MS - HOUR_MS);
    await run(never);
    expect(told).toEqual(BOTH);
    clock.advance(HOUR_MS);
    await run(never);
    expect(told).toEqual([...BOTH, ...BOTH]);
  });

  it('is not told again by a process that is started later that day, nor by another replica', async () => {
    const { deps, clock, told } = house();
    clock.advance(2 * HOUR_MS);
    await digester(deps)(never);
    await Promise.all([digester(deps)(never), digester(deps)(never)]);
    expect(told).toEqual(BOTH);
  });

  it('waits for a cloud that answers', async () => {
    const { deps, clock, told, answers } = house();
    const run = digester(deps);
    clock.advance(HOUR_MS);
    answers.push(new JitError('cloudSilent', { cloud: 'AWS' }));
    await expect(run(never)).rejects.toMatchObject({ code: 'cloudSilent' });
    await run(never);
    expect(told).toEqual(BOTH);
  });

  it('is told again where a chat was silent, and not where it refused', async () => {
    const { deps, clock, told, failures, log } = house();
    const run = digester(deps);
    clock.advance(HOUR_MS);
    failures.push(
      new JitError('chatSilent', { chat: 'Slack' }),
      new JitError('chatRefused', { chat: 'Slack', code: 'x' }),
    );
    await run(never);
    expect(told).toEqual([]);
    await run(never);
    await run(never);
    expect(told).toEqual([`C1: ${TITLE}`]);
    expect(log).toEqual(['the digest could not be told', 'the digest could not be told']);
  });

  it('is not told while the clock is not to be believed, nor without the setting', async () => {
    const { deps, clock, told } = house({ trusted: () => false });
    clock.advance(2 * HOUR_MS);
    await digester(deps)(never);
    const { digest: _, ...rules } = house().deps.rules;
    await digester({ ...house().deps, rules })(never);
    expect(told).toEqual([]);
  });
});
