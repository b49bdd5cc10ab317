import { describe, expect, it, vi } from 'vitest';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { revoke } from '../../src/app/request/end.ts';
import { submit } from '../../src/app/request/submit.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { placementKey } from '../../src/core/rule/rule.ts';
import { ASK } from './approved.ts';
import { entriesOf } from './audited.ts';
import { ADA, GRACE, MACHINE, placement, SENDER } from './fixtures.ts';
import { boatWorld } from './lifeboat-rig.ts';

const never = new AbortController().signal;
const HOUR = 3_600;

/** Ada has access for an hour. */
async function opened(made = boatWorld()) {
  const { deps } = made;
  const { id } = await submit(deps, ADA, ASK, SENDER);
  await decide(deps, GRACE, { request: id, verdict: 'approve' });
  await converge(deps, MACHINE.id, never);
  expect(made.cloud.rules.size).toBe(1);
  return { ...made, id };
}

describe('a store that cannot be written', () => {
  it.each(['away', 'readOnly'] as const)('(%s) for ten seconds: what is over is closed, and told', async (state) => {
    const made = await opened();
    made.clock.advance((HOUR - 60) * 1_000);
    made.become(state);
    await made.pass(9);
    expect(made.boat.isOn).toBe(false);
    await made.pass(46);
    expect(made.boat.isOn).toBe(true);
    expect(made.cloud.rules.size).toBe(1);
    await made.pass(10);
    expect(made.cloud.rules.size).toBe(0);
    expect(made.told).toEqual([expect.stringMatching(/^Redis cannot be written: nothing is opened\n/)]);
  });

  it('is told to be back, with what was closed; converge settles the records, and the audit has each act once', async () => {
    const made = await opened();
    made.become('away');
    await made.pass(HOUR + 15);
    expect(made.cloud.rules.size).toBe(0);
    made.become('there');
    await made.pass(1);
    expect(made.boat.isOn).toBe(false);
    expect(made.told[1]).toMatch(/1 rule was closed meanwhile\.\nClosed\n.*: 22 from 203\.0\.113\.7/);
    await converge(made.deps, MACHINE.id, never);
    expect((await made.deps.store.load(made.id)).request).toMatchObject({
      status: 'ended',
      ending: { why: 'elapsed' },
    });
    const found = entriesOf(made.audit).filter(({ event }) => event === 'close found');
    expect(found.map(({ outcome }) => outcome)).toEqual(['begun', 'done']);
    expect(found[1]).toMatchObject({ machine: MACHINE.id, why: 'its time is over; closed without Redis' });
    await made.pass(5);
    expect(made.told).toHaveLength(2);
  });

  it('that comes back while a rule is being closed: the report waits for that', async () => {
    const made = await opened();
    const { remove } = made.cloud;
    const slow = Promise.withResolvers<void>();
    Object.assign(made.cloud, {
      remove: async (...given: Parameters<NonNullable<typeof remove>>) => {
        await slow.promise;
        return remove?.apply(made.cloud, given) ?? [];
      },
    });
    made.become('away');
    await made.pass(11);
    made.clock.advance(HOUR * 1_000);
    const round = made.boat.round();
    made.become('there');
    await made.pass(1);
    expect(made.boat.isOn).toBe(false);
    expect(made.told).toHaveLength(1);
    slow.resolve();
    await round;
    await vi.waitFor(() => expect(made.told[1]).toMatch(/1 rule was closed meanwhile\./));
  });

  it('that comes back within ten seconds is nothing', async () => {
    const made = await opened();
    made.become('away');
    await made.pass(8);
    made.become('there');
    await made.pass(1);
    made.become('away');
    await made.pass(8);
    expect(made.told).toEqual([]);
    expect(made.boat.isOn).toBe(false);
  });

  it('opens nothing, even where a call was about to begin', async () => {
    const made = boatWorld();
    made.become('away');
    await made.pass(11);
    made.become('there');
    const { id } = await submit(made.deps, ADA, ASK, SENDER);
    await decide(made.deps, GRACE, { request: id, verdict: 'approve' });
    await converge(made.deps, MACHINE.id, never);
    expect(made.cloud.calls).toEqual([]);
    expect((await made.deps.store.load(id)).request).toMatchObject({ trouble: { code: 'storeAway' } });
  });

  it('was not there at the start: then it begins at once', async () => {
    const made = boatWorld();
    made.become('away');
    await made.boat.start({ away: new Error('connect ECONNREFUSED') });
    await made.boat.stop();
    expect(made.told).toHaveLength(1);
    expect(() => made.boat.mayOpen()).toThrow('storeAway');
  });
});

describe('a process that does not see the undo folder of the others', () => {
  it('is said as what it is; what is over is closed, and it goes on when the folder is back', async () => {
    const lost = new JitError('foreignUndoFolder', { folder: '/undo', fix: 'Mount it.' });
    let isLost = true;
    const made = boatWorld(undefined, async () => {
      if (isLost) throw lost;
    });
    const at = placement('198.51.100.1/32');
    made.cloud.rules.set(placementKey(at), { placement: at, mark: 'valid', until: made.clock.now() + 5_000 });
    await made.pass(12);
    expect(made.told).toEqual([
      expect.stringMatching(/^The undo folder is missing: a process opens nothing\n(?:.*\n)*.*Mount it\.\n/),
    ]);
    expect(made.boat.lost()).toBe(lost);
    expect(() => made.boat.mayOpen()).toThrow('undoFolderAway');
    await made.pass(60);
    expect(made.cloud.rules.size).toBe(0);
    expect(made.boat.isOn).toBe(true);
    isLost = false;
    await made.pass(2);
    expect(made.boat.isOn).toBe(false);
    expect(made.boat.lost()).toBeUndefined();
    expect(made.told.at(-1)).toMatch(/^The undo folder is there again\n.*1 rule was closed meanwhile/);
  });
});

describe('what goes without the store', () => {
  it('not what the cloud’s own clock does not say is over, nor where it tells none', async () => {
    const made = await opened();
    made.cloud.clock = () => made.clock.now() - 60_000;
    made.become('away');
    await made.pass(HOUR + 30);
    expect(made.cloud.rules.size).toBe(1);
    made.cloud.clock = undefined;
    await made.pass(300);
    expect(made.cloud.rules.size).toBe(1);
    made.cloud.clock = made.clock.now;
    await made.pass(200);
    expect(made.cloud.rules.size).toBe(0);
  });

  it('what was tried a moment before its end, right after it, and not after the next look alone', async () => {
    const made = await opened();
    made.become('away');
    await made.pass(HOUR - 60);
    made.cloud.clock = () => made.clock.now() - 4_000;
    await made.pass(60);
    expect(made.cloud.rules.size).toBe(1);
    await made.pass(5);
    expect(made.cloud.rules.size).toBe(0);
  });

  it('not what another process extended meanwhile: its mark is read again right before', async () => {
    const made = await opened();
    made.become('away');
    await made.pass(HOUR - 20);
    const [key, rule] = [...made.cloud.rules][0] ?? [];
    if (key && rule) made.cloud.rules.set(key, { ...rule, until: (rule.until ?? 0) + 60_000 });
    await made.pass(40);
    expect(made.cloud.rules.size).toBe(1);
    await made.pass(200);
    expect(made.cloud.rules.size).toBe(0);
  });

  it('what was revoked, before its mark says so', async () => {
    const made = await opened();
    await revoke(made.deps, GRACE, made.id);
    made.become('away');
    await made.pass(20);
    expect(made.cloud.rules.size).toBe(0);
    expect(made.spool.entries.at(-1)).toMatchObject({ outcome: 'done', why: 'it was revoked; closed without Redis' });
  });

  it('not what is another lease’s by a later mark', async () => {
    const made = await opened();
    await revoke(made.deps, GRACE, made.id);
    const [key, rule] = [...made.cloud.rules][0] ?? [];
    if (key && rule) made.cloud.rules.set(key, { ...rule, until: (rule.until ?? 0) + 60_000 });
    made.become('away');
    await made.pass(60);
    expect(made.cloud.rules.size).toBe(1);
  });

  it('a remembered end counts where somebody took the mark away', async () => {
    const made = await opened();
    const [key, rule] = [...made.cloud.rules][0] ?? [];
    if (key && rule) made.cloud.rules.set(key, { placement: rule.placement, mark: 'missing' });
    made.become('away');
    await made.pass(60);
    expect(made.cloud.rules.size).toBe(1);
    await made.pass(HOUR);
    expect(made.cloud.rules.size).toBe(0);
  });

  it('a store that can be read is asked first: what it extended stays', async () => {
    const made = await opened();
    const { request } = await made.deps.store.load(made.id);
    const [key, rule] = [...made.cloud.rules][0] ?? [];
    if (key && rule) made.cloud.rules.set(key, { ...rule, until: (request?.askedAt ?? 0) + 60_000 });
    made.become('readOnly');
    await made.pass(300);
    expect(made.cloud.rules.size).toBe(1);
    await made.pass(HOUR);
    expect(made.cloud.rules.size).toBe(0);
  });

  it('is in the audit of this computer before the call', async () => {
    const made = await opened();
    const { remove } = made.cloud;
    let before: readonly unknown[] = [];
    made.cloud.remove = (...args) => {
      before = made.spool.entries.map(({ event, outcome }) => `${event} ${outcome}`);
      return remove(...args);
    };
    made.become('away');
    await made.pass(HOUR + 15);
    expect(made.cloud.rules.size).toBe(0);
    expect(before).toContain('close found begun');
  });

  it('an audit that cannot be written holds up no closing', async () => {
    const made = await opened();
    made.spool.failure = new Error('no space left on device');
    made.become('away');
    await made.pass(HOUR + 15);
    expect(made.cloud.rules.size).toBe(0);
    expect(made.log).toContain('the audit cannot be written; closing all the same');
  });

  it('what fails is tried again, and told at the end when it could not be closed', async () => {
    const made = await opened();
    made.cloud.failures = Array.from({ length: 3 }, () => new Error('busy'));
    made.become('away');
    await made.pass(HOUR + 12);
    expect(made.cloud.rules.size).toBe(1);
    await made.pass(15);
    expect(made.cloud.rules.size).toBe(0);
    expect(made.spool.entries.map(({ outcome }) => outcome)).toContain('failed');
  });

  it('memory has a bound: the oldest is forgotten, and closed by its mark', async () => {
    const made = boatWorld(1);
    await opened(made);
    expect(made.memory.size).toBe(1);
    for (const n of [1, 2, 3]) {
      const at = placement(`198.51.100.${n}/32`);
      made.cloud.rules.set(placementKey(at), { placement: at, mark: 'valid', until: made.clock.now() + 30_000 });
    }
    made.become('away');
    await made.pass(60);
    expect(made.cloud.rules.size).toBe(1);
  });
});

it('of 1,000 leases that end within ten minutes without Redis, the last rule goes five seconds late', async () => {
  const made = boatWorld();
  const ends = Array.from({ length: 1_000 }, (_, i) => made.clock.now() + 15_000 + i * 570);
  for (const [i, until] of ends.entries()) {
    const at = { ...placement(`198.51.${i >> 8}.${i & 255}/32`), locks: [`sg-${i}`] };
    made.cloud.rules.set(placementKey(at), { placement: at, mark: 'valid', until });
  }
  made.become('away');
  let latestMs = 0;
  for (let second = 0; second < 600; second += 5) {
    const open = [...made.cloud.rules.values()].map(({ until }) => until ?? 0);
    await made.pass(5);
    const left = new Set([...made.cloud.rules.values()].map(({ until }) => until ?? 0));
    for (const until of open) if (!left.has(until)) latestMs = Math.max(latestMs, made.clock.now() - until);
  }
  expect(made.cloud.rules.size).toBe(0);
  expect(latestMs).toBeLessThanOrEqual(5_000);
});
