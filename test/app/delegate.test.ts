import { describe, expect, it } from 'vitest';
import { show } from '../../src/app/inbox/show.ts';
import { leaversOf } from '../../src/app/loops/leavers.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { delegate } from '../../src/app/people/delegate.ts';
import { decide } from '../../src/app/request/decide.ts';
import { submit } from '../../src/app/request/submit.ts';
import { stageOf } from '../../src/config/stage.ts';
import { parseDelegate } from '../../src/core/language/delegate-ask.ts';
import { phrased, plain } from '../../src/core/language/text.ts';
import type { Person } from '../../src/core/people/person.ts';
import type { Policy } from '../../src/core/policy/policy.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import { memoryDelegations } from '../memory/delegations.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, POLICY, SENDER, world } from './fixtures.ts';

const HOUR = 3_600_000;
const SAM: Person = { id: 'sam', name: 'Sam Haddad', slack: 'U3', groups: [] };
const KIM: Person = { id: 'kim', name: 'Kim', slack: 'U4', groups: ['security'] };
const LEFT: Person = { id: 'left', name: 'Left', groups: [], disabled: true };
const never = new AbortController().signal;

function house(
  stages: readonly Parameters<typeof stageOf>[0][] = [{ anyOf: ['manager'] }],
  more: Partial<Policy> = {},
) {
  const policy = { ...POLICY, stages: stages.map(stageOf), ...more };
  const made = world({ people: [ADA, GRACE, SAM, KIM, LEFT], policies: [policy] });
  const deps = { ...made.deps, delegations: memoryDelegations() };
  const say = (person: Person, text: string) =>
    delegate(deps, person, parseDelegate(text.split(' ')), SENDER).then((lines) => lines.map(plain));
  const ask = () => submit(deps, ADA, ASK, SENDER);
  const load = async (id: string) => {
    const { request } = await deps.store.load(id);
    if (!request) throw new Error('no request');
    return request;
  };
  return {
    ...made,
    deps,
    say,
    ask,
    load,
    approve: (person: Person, id: string) => decide(deps, person, { request: id, verdict: 'approve' }),
    deny: (person: Person, id: string) => decide(deps, person, { request: id, verdict: 'deny', reason: 'no' }),
    run: () => converge(deps, MACHINE.id, never),
  };
}

describe('a delegate', () => {
  it('is asked in place of whoever delegates, and decides in their own name for them', async () => {
    const { say, ask, approve, load, deps, audit } = house();
    expect(await say(GRACE, '@sam until 2026-12-01')).toEqual([
      expect.stringMatching(/^Sam Haddad decides requests for you until .*; `\/jit delegate stop` ends it\.$/),
    ]);
    const { id, asked } = await ask();
    expect(asked).toEqual([{ id: 'sam', name: 'Sam Haddad', as: 'manager', for: { id: 'grace', name: 'Grace' } }]);
    await approve(SAM, id);
    const request = await load(id);
    expect(request.reviews).toMatchObject([{ by: { id: 'sam' }, for: { id: 'grace', name: 'Grace' } }]);
    expect(plain(viewOf(request).status)).toBe('Approved by Sam Haddad for Grace; opening now');
    expect(phrased((await show(deps, ADA, id)).title)).toContain('api-1');
    expect(audit.all.map(({ record }) => record).join()).toContain(
      'sam decides for grace until 2026-12-02T00:00:00.000Z',
    );
  });

  it('decides until the time on the clock of whoever says it, as a request ends by it', async () => {
    const { deps } = house();
    const until = async (person: Person, text: string, zone?: string) => {
      await delegate(deps, person, parseDelegate(text.split(' ')), { ...SENDER, ...(zone ? { zone } : {}) });
      const [one] = await deps.delegations.all();
      return new Date(one?.until ?? 0).toISOString();
    };
    expect(await until(GRACE, 'sam until 2026-12-01', 'Europe/Stockholm')).toBe('2026-12-01T23:00:00.000Z');
    expect(await until(GRACE, 'sam until 2026-12-01 18:00', 'Europe/Stockholm')).toBe('2026-12-01T17:00:00.000Z');
    expect(await until(GRACE, 'sam until 2026-12-01 18:00')).toBe('2026-12-01T18:00:00.000Z');
    // What the directory says of them comes first.
    const away = { ...GRACE, zone: 'America/New_York' };
    expect(await until(away, 'sam until 2026-12-01 18:00', 'Europe/Stockholm')).toBe('2026-12-01T23:00:00.000Z');
  });

  it('opens, as it is judged again, also when the time is over since; and not when it was ended', async () => {
    for (const [text, status] of [
      ['', 'active'],
      ['stop', 'closing'],
    ] as const) {
      const { say, ask, approve, load, run, clock } = house();
      await say(GRACE, 'sam for 1h');
      const { id } = await ask();
      await approve(SAM, id);
      if (text === '') clock.advance(1);
      else await say(GRACE, text);
      await run();
      expect((await load(id)).status === 'active').toBe(status === 'active');
    }
  });

  it('is nobody before and after, and chains are not followed', async () => {
    const { say, ask, approve, clock } = house();
    await say(GRACE, 'kim for 1h');
    await say(KIM, 'sam for 1h');
    const { id } = await ask();
    await expect(approve(SAM, id)).rejects.toMatchObject({ code: 'notApprover' });
    clock.advance(HOUR);
    await expect(approve(KIM, id)).rejects.toMatchObject({ code: 'notApprover' });
    await approve(GRACE, id);
  });

  it('never decides what they requested themselves, nor what whoever delegates did', async () => {
    const { say, ask, approve, deps } = house([{ anyOf: ['manager', 'person:ada'] }]);
    await say(GRACE, 'ada until friday');
    await say(ADA, 'sam until friday');
    const { id, asked } = await ask();
    expect(asked.map((one) => one.id)).toEqual(['grace']);
    await expect(approve(ADA, id)).rejects.toMatchObject({ code: 'ownRequest' });
    await expect(approve(SAM, id)).rejects.toMatchObject({ code: 'notApprover' });
    expect((await deps.store.load(id)).request?.status).toBe('pending');
  });

  it('is one vote with whoever delegates, in either order', async () => {
    const two = [{ n: 2, of: ['manager', 'group:security'] as const }] as const;
    for (const [first, second] of [
      [SAM, GRACE],
      [GRACE, SAM],
    ] as const) {
      const { say, ask, approve, load } = house([{ n: 2, of: [...two[0].of] }]);
      await say(GRACE, 'sam until friday');
      const { id } = await ask();
      await approve(first, id);
      await expect(approve(second, id)).rejects.toMatchObject({ code: 'notYours' });
      expect((await load(id)).status).toBe('pending');
      await approve(KIM, id);
      expect((await load(id)).status).toBe('activating');
    }
  });

  it('is one vote in all: whoever voted does not vote for somebody else, nor for two others', async () => {
    const both = { n: 2, of: ['manager', 'group:security'] as const };
    const { say, ask, approve, load } = house([{ n: 2, of: [...both.of] }]);
    await say(GRACE, 'kim until friday');
    const { id } = await ask();
    await approve(KIM, id);
    await expect(approve(KIM, id)).rejects.toMatchObject({ code: 'approvedAlready' });
    expect((await load(id)).status).toBe('pending');
  });

  it('takes the seat of whoever delegates where their own comes later', async () => {
    const { say, ask, approve, load } = house([{ anyOf: ['manager'] }, { anyOf: ['group:security', 'person:sam'] }]);
    await say(GRACE, 'kim until friday');
    const { id } = await ask();
    await approve(KIM, id);
    expect((await load(id)).reviews).toMatchObject([{ for: { id: 'grace' } }]);
    await approve(SAM, id);
    expect((await load(id)).status).toBe('activating');
  });

  it.each([GRACE, SAM])('approved what is closed when either of the two leaves: %o', async (leaver) => {
    const { say, ask, approve, load, run, house: people, deps } = house();
    await say(GRACE, 'sam until friday');
    const { id } = await ask();
    await approve(SAM, id);
    await run();
    expect((await load(id)).status).toBe('active');
    people.people = [ADA, GRACE, SAM, KIM, LEFT].map((one) => (one === leaver ? { ...one, disabled: true } : one));
    expect(await leaversOf(deps)(never)).toBe(1);
    expect(await load(id)).toMatchObject({ status: 'closing', ending: { code: 'leaver' } });
  });

  it('denies as well', async () => {
    const { say, ask, deny, load } = house();
    await say(GRACE, 'sam until friday');
    const { id } = await ask();
    await expect(deny(KIM, id)).rejects.toMatchObject({ code: 'notApprover' });
    await deny(SAM, id);
    expect(plain(viewOf(await load(id)).status)).toBe('Denied by Sam Haddad for Grace');
  });

  it('is nobody where the policy says so', async () => {
    const { say, ask, approve, deny } = house(undefined, { noDelegation: true });
    await say(GRACE, 'sam until friday');
    const { id, asked } = await ask();
    expect(asked.map((one) => one.id)).toEqual(['grace']);
    await expect(approve(SAM, id)).rejects.toMatchObject({ code: 'notApprover' });
    await expect(deny(SAM, id)).rejects.toMatchObject({ code: 'notApprover' });
  });

  it('is told, listed, and ended', async () => {
    const { say, chat } = house();
    await expect(say(GRACE, 'stop')).rejects.toMatchObject({ code: 'noDelegation' });
    await say(GRACE, 'sam for 2h');
    expect(chat.shown).toEqual([]);
    expect(await say(SAM, 'list')).toEqual([expect.stringMatching(/^Sam Haddad decides for Grace until /)]);
    expect(await say(GRACE, 'stop')).toEqual([
      'Sam Haddad no longer decides for you. What they approved and is not open yet counts no more.',
    ]);
    expect(await say(SAM, 'list')).toEqual(['Nobody decides for you, and you decide for nobody else.']);
  });

  it.each([
    ['grace until friday', 'notDelegate'],
    ['left until friday', 'notDelegate'],
    ['zoe until friday', 'notDelegate'],
    ['sam', 'malformedDelegate'],
    ['sam until', 'malformedDelegate'],
    ['sam until soon', 'malformedDelegate'],
    ['sam until 2026-02-30', 'malformedDelegate'],
    ['sam until 2020-01-01', 'malformedDelegate'],
    ['sam for 61d', 'malformedDelegate'],
    ['until friday', 'malformedDelegate'],
  ])('is refused: %s', async (text, code) => {
    const { say } = house();
    await expect(Promise.resolve().then(() => say(GRACE, text))).rejects.toMatchObject({ code });
  });
});
