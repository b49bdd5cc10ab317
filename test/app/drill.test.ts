import { describe, expect, it } from 'vitest';
import { converge } from '../../src/app/machine/converge.ts';
import { Drills } from '../../src/app/operators/drill.ts';
import { revoke } from '../../src/app/request/end.ts';
import { canary } from '../../src/core/request/drill.ts';
import { type Request, requestId } from '../../src/core/request/request.ts';
import type { Hand } from '../../src/ports/drill.ts';
import { memoryDrills } from '../memory/drills.ts';
import { approved } from './approved.ts';
import { entriesOf } from './audited.ts';
import { ADA, GRACE, HOST, MACHINE, SENDER, world } from './fixtures.ts';

const RULES = {
  tags: { env: 'prod' },
  port: { number: 22, protocol: 'tcp' },
  source: '192.0.2.1/32',
  forMs: 60_000,
  everyMs: 86_400_000,
} as const;
const NEVER = new AbortController().signal;

/** A house with a sandbox, a hand that a test moves, and Ada in `security`. */
function sandbox() {
  const here = world();
  const drills = memoryDrills();
  const rules = { ...here.deps.rules, security: [`person:${ADA.id}` as const], drill: RULES };
  const deps = { ...here.deps, rules, drills };
  const hand = { state: 'waiting' as ReturnType<Hand['state']>, made: 0, kills: 0 };
  const driller = new Drills(deps, () => {
    hand.made += 1;
    const kill = async () => {
      hand.kills += 1;
    };
    return { state: () => hand.state, kill };
  });
  const work = () => converge({ ...deps, via: 'queue' }, MACHINE.id, NEVER).catch(() => undefined);
  const begin = (key = 'k1') => driller.begin(ADA, undefined, { ...SENDER, key });
  /** Time goes on, and everybody looks. */
  const pass = async (ms: number) => {
    here.clock.advance(ms);
    await driller.look();
    await work();
    await driller.look();
  };
  return { ...here, deps, drills, driller, hand, work, begin, pass };
}

describe('a drill', () => {
  it('opens, kills whoever closes, and tells how late it was closed then, and by whom', async () => {
    const { deps, drills, hand, work, begin, pass, cloud, clock, audit } = sandbox();
    const drill = await begin();
    expect(drill).toMatchObject({ machineName: 'api-1', what: 'port 22 from 192.0.2.1' });
    await work();
    await pass(1_000);
    expect(cloud.rules.size).toBe(1);
    expect(hand).toMatchObject({ made: 1, kills: 0 });
    cloud.failures = [new Error('the lock is held'), new Error('the lock is held')];
    clock.advance(59_500);
    hand.state = 'closing';
    await pass(0);
    expect(hand.kills).toBeGreaterThan(0);
    expect((await drills.last())?.outcome).toBeUndefined();
    for (let i = 0; i < 10; i += 1) await pass(1_000);
    const last = await drills.last();
    expect(last).toMatchObject({ outcome: 'passed', proof: 'closed', closer: 'queue' });
    expect(last?.closedAt).toBeGreaterThan(drill.dueAt);
    expect(cloud.rules.size).toBe(0);
    const events = entriesOf(audit).map(({ event, outcome, as }) => `${event} ${outcome} ${as}`);
    expect(events[0]).toBe('drill done security');
    expect(events.at(-1)).toBe('drill done program');
    expect(deps.rules.policies.some(({ name }) => name === 'drill')).toBe(false);
  });

  it('is for security alone; a refusal is in the audit', async () => {
    const { driller, audit } = sandbox();
    await expect(driller.begin(GRACE, undefined, SENDER)).rejects.toMatchObject({ code: 'notSecurity' });
    expect(entriesOf(audit)).toMatchObject([{ event: 'drill', outcome: 'refused', code: 'notSecurity' }]);
  });

  it('obeys the policies that refuse, from its beginning to its opening', async () => {
    const here = sandbox();
    const { deps, cloud } = here;
    const frozen = { name: 'freeze', machines: { names: ['*'], tags: {} }, reason: 'The year ends' };
    Object.assign(deps.rules, { refusals: [frozen] });
    await expect(here.begin()).rejects.toMatchObject({
      code: 'policyRefuses',
      say: expect.stringContaining('The year ends'),
    });
    Object.assign(deps.rules, { refusals: [{ ...frozen, ports: [{ number: 3389, protocol: 'tcp' }] }] });
    await here.begin();
    Object.assign(deps.rules, { refusals: [frozen] });
    await here.work();
    expect(cloud.rules.size).toBe(0);
    await here.pass(1_000);
    expect(await here.drills.last()).toMatchObject({ outcome: 'failed' });
  });

  it('is one at a time; the same delivery is the same drill, and a lost one stands in nobody’s way', async () => {
    const { begin, pass, drills, work, hand } = sandbox();
    const first = await begin();
    expect(await begin()).toEqual(first);
    await expect(begin('k2')).rejects.toMatchObject({ code: 'drillUnderWay' });
    await work();
    await pass(60_000);
    await drills.keep(first);
    hand.state = 'ended';
    await pass(400_000);
    await drills.keep(first);
    expect((await begin('k3')).request).not.toBe(first.request);
  });

  it.each([
    ['was revoked', 'It was revoked before its end.', 'revoke'],
    ['lost its process', 'The process that was to be killed ended by itself.', 'ended'],
    ['was closed before', /not ready in time/, 'waiting'],
    ['was not closed in time', 'It was not proven closed 200 s after its end.', 'stays'],
    ['is not the only access any more', /Other access is open on api-1/, 'shared'],
  ])('fails where it %s', async (_, why, how) => {
    const { deps, drills, hand, work, begin, pass, cloud } = sandbox();
    const { request: id } = await begin();
    await work();
    if (how === 'shared') {
      const { request } = await deps.store.load(id);
      if (request?.status !== 'active') throw new Error('it is not open');
      const { drill: __, ...other } = request;
      await deps.store.save([{ next: { ...other, id: 'k7m3q9w', version: 1 }, from: 0 }]);
    }
    await pass(1_000);
    if (how === 'revoke') await revoke(deps, HOST, id);
    if (how === 'ended') hand.state = 'ended';
    if (how === 'stays') {
      hand.state = 'closing';
      cloud.close = () => Promise.reject(new Error('the cloud is away'));
    }
    for (let i = 0; i < 30; i += 1) await pass(10_000);
    const last = await drills.last();
    expect(last?.outcome).toBe('failed');
    expect(last?.why).toMatch(why);
  });

  it('is refused where other access is open on its machine, or behind the same group', async () => {
    const one = await approved();
    await one.converge();
    const { request } = await one.deps.store.load(one.id);
    if (request?.status !== 'active') throw new Error('it is not open');
    const elsewhere: Request = {
      ...request,
      machine: 'aws:123456789012:eu-west-1:i-00000000000000002',
      machineName: 'web-2',
    };
    for (const other of [request, elsewhere]) {
      const { deps, begin, drills } = sandbox();
      await deps.store.save([{ next: { ...other, id: 'k7m3q9w', version: 1 }, from: 0 }]);
      await expect(begin()).rejects.toMatchObject({ code: 'sandboxInUse' });
      expect(await drills.last()).toBeUndefined();
      expect(await deps.store.live(9)).toHaveLength(1);
    }
  });

  it('opens nothing but what the settings say, judged again before it opens, whatever stands in the store', async () => {
    const { deps, clock, work, cloud } = sandbox();
    const about = {
      askedAt: clock.now(),
      requester: { id: ADA.id, name: ADA.name },
      machine: MACHINE.id,
      machineName: MACHINE.name,
      ports: [RULES.port],
      source: RULES.source,
      forMs: RULES.forMs,
    };
    const forged = [
      { ...about, source: '203.0.113.7/32' },
      { ...about, forMs: 3_600_000 },
      { ...about, ports: [{ number: 3389, protocol: 'tcp' as const }] },
      { ...about, requester: { id: GRACE.id, name: GRACE.name } },
    ];
    const ids = forged.map(() => requestId(deps.random(7)));
    for (const [i, one] of forged.entries())
      await deps.store.save([{ next: canary({ ...one, id: ids[i] ?? '' }), from: 0 }]);
    const longer = canary({ ...about, id: 'k7m3q9x' });
    const { lease } = longer;
    await deps.store.save([{ next: { ...longer, lease: { ...lease, until: lease.until + 3_600_000 } }, from: 0 }]);
    ids.push(longer.id);
    await work();
    // Each for its own reason: the machine bears the tag until here.
    for (const id of ids) expect((await deps.store.load(id)).request).toMatchObject({ ending: { why: 'failed' } });
    cloud.look = async () => ({
      ...(await sandbox().cloud.look(MACHINE.id, NEVER)),
      machine: { ...MACHINE, tags: {} },
    });
    const untagged = canary({ ...about, id: 'k7m3q9w' });
    await deps.store.save([{ next: untagged, from: 0 }]);
    await work();
    expect(cloud.calls.filter((call) => call.startsWith('open'))).toEqual([]);
    expect((await deps.store.load(untagged.id)).request).toMatchObject({ ending: { why: 'failed' } });
  });
});
