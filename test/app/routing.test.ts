import { describe, expect, it } from 'vitest';
import { show } from '../../src/app/inbox/show.ts';
import { router } from '../../src/app/loops/routing.ts';
import { notify } from '../../src/app/request/notify.ts';
import { submit } from '../../src/app/request/submit.ts';
import { stageOf } from '../../src/config/stage.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { plain } from '../../src/core/language/text.ts';
import type { Person } from '../../src/core/people/person.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import type { Directory } from '../../src/ports/directory.ts';
import { memoryDelegations } from '../memory/delegations.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, POLICY, SENDER, world } from './fixtures.ts';

const SAM: Person = { id: 'sam', name: 'Sam', slack: 'U3', groups: ['security'] };
const KIM: Person = { id: 'kim', name: 'Kim', groups: ['security'] };
const never = new AbortController().signal;

async function house(given: Parameters<typeof stageOf>[0], people: readonly Person[] = [ADA, GRACE, SAM, KIM]) {
  const made = world({ people, policies: [{ ...POLICY, stages: [stageOf(given)] }] });
  const gone = new Set<string>();
  const away = new Set<string>();
  const onCall: { ids: readonly string[] | JitError } = { ids: ['sam'] };
  const known = made.deps.directory;
  const seen = (person: Person | undefined) =>
    person &&
    (gone.has(person.id) ? { ...person, disabled: true } : away.has(person.id) ? { ...person, away: true } : person);
  const directory: Directory = {
    ...known,
    byId: async (id) => seen(await known.byId(id)),
    members: async (group) => (await known.members(group)).flatMap((one) => seen(one) ?? []),
    away: async (list) => list.filter(({ id }) => away.has(id)).map(({ id }) => id),
  };
  const now = async () => {
    if (onCall.ids instanceof JitError) throw onCall.ids;
    return onCall.ids;
  };
  const deps = { ...made.deps, directory, onCall: { now } };
  const { id } = await submit(deps, ADA, ASK, SENDER);
  const load = async () => {
    const { request } = await deps.store.load(id);
    if (!request) throw new Error('no request');
    return request;
  };
  const route = router(deps);
  return {
    ...made,
    deps,
    gone,
    away,
    onCall,
    id,
    load,
    route: () => route(never),
    asked: async () => (await load()).asked.map((one) => one.id),
  };
}

describe('pending work', () => {
  it('asks whoever somebody lets decide for them since, and themselves again once that is over', async () => {
    const { deps, load, clock } = await house({ anyOf: ['manager'] });
    const delegations = memoryDelegations();
    const route = router({ ...deps, delegations });
    expect(await route(never)).toBe(0);
    const [grace, sam] = [GRACE, SAM].map(({ id, name }) => ({ id, name }));
    if (grace && sam)
      await delegations.keep({ from: grace, to: sam, since: clock.now(), until: clock.now() + 3_600_000 });
    expect(await route(never)).toBe(1);
    expect((await load()).asked).toMatchObject([{ id: 'sam', for: { id: 'grace' } }]);
    await delegations.drop('grace');
    expect(await route(never)).toBe(1);
    expect((await load()).asked).toMatchObject([{ id: 'grace' }]);
  });

  it('asks somebody else when whoever was asked is on call no more', async () => {
    const { asked, route, onCall, load } = await house({ anyOf: ['onCall:db'] });
    expect(await asked()).toEqual(['sam']);
    expect(await route()).toBe(0);
    onCall.ids = ['grace'];
    expect(await route()).toBe(1);
    expect(await asked()).toEqual(['grace']);
    const view = viewOf(await load());
    expect(plain(view.headline)).toBe('Ada: the request for access to api-1 now asks Grace (on call for db).');
    expect(view.announce).toMatch(/^routed-/);
    expect((await load()).places).toContainEqual({ chat: 'slack', kind: 'private', id: 'U2' });
    expect(await route()).toBe(0);
  });

  it('asks others when somebody leaves or goes away, and is told when nobody is left, once', async () => {
    const { asked, route, gone, away, load } = await house({ anyOf: ['manager', 'group:security'] });
    expect(await asked()).toEqual(['grace', 'sam', 'kim']);
    away.add('grace');
    expect(await route()).toBe(1);
    expect(await asked()).toEqual(['sam', 'kim']);
    expect((await load()).leftOut).toEqual([{ id: 'grace', name: 'Grace', why: 'away' }]);
    gone.add('sam').add('kim');
    expect(await route()).toBe(1);
    // Away is better than nobody.
    expect(await asked()).toEqual(['grace']);
    expect((await load()).leftOut).toEqual([]);
    gone.add('grace');
    expect(await route()).toBe(1);
    expect(await asked()).toEqual([]);
    expect(plain(viewOf(await load()).headline)).toBe(
      'Ada: nobody can approve the request for access to api-1 any more. Too few people can approve this request: policy production needs 1 and has 0 besides the requester. Ask your Drawbridge administrator to add approvers.',
    );
    expect(await route()).toBe(0);
    gone.clear();
    expect(await route()).toBe(1);
    expect(await asked()).toEqual(['sam', 'kim']);
  });

  it('stays where nobody can tell who is on call', async () => {
    const { asked, route, onCall } = await house({ anyOf: ['onCall:db'] });
    onCall.ids = new JitError('outgoingSilent', { host: 'x', why: 'does not answer' });
    expect(await route()).toBe(0);
    expect(await asked()).toEqual(['sam']);
  });

  it('says so after five minutes in which nobody could tell who is on call, once, and when it can be told again', async () => {
    const { route, onCall, load, clock } = await house({ anyOf: ['onCall:db'] });
    const headline = async () => plain(viewOf(await load()).headline);
    onCall.ids = new JitError('scheduleUnknown', {
      schedule: 'db',
      why: 'its host does not answer',
      todo: 'Look at it.',
    });
    expect(await route()).toBe(0);
    clock.advance(299_999);
    expect(await route()).toBe(0);
    clock.advance(1);
    expect(await route()).toBe(1);
    expect(await headline()).toBe(
      'Ada: whoever is on call cannot approve the request for access to api-1 for now. Cannot tell who is on call for db, and policy production asks them. Schedule db: its host does not answer. Look at it.',
    );
    clock.advance(3_600_000);
    expect(await route()).toBe(0);
    onCall.ids = ['sam'];
    expect(await route()).toBe(1);
    expect(await headline()).toBe('Ada: the request for access to api-1 now asks Sam (on call for db).');
    expect(await route()).toBe(0);
    onCall.ids = new JitError('scheduleUnknown', {
      schedule: 'db',
      why: 'its host does not answer',
      todo: 'Look at it.',
    });
    expect(await route()).toBe(0);
    clock.advance(300_000);
    expect(await route()).toBe(1);
  });
});

describe('whoever is asked', () => {
  it('is told why, in their own chat alone', async () => {
    const { deps, id, chat } = await house({ anyOf: ['manager', 'onCall:db'] });
    await notify(deps, id, never);
    const notes = chat.shown.map(({ place, view }) => [place.id, view.notes.map(({ text }) => plain(text)).join()]);
    expect(Object.fromEntries(notes)).toEqual({
      C1: '',
      U1: '',
      U2: 'You are asked because you are the manager of Ada.',
      U3: 'You are asked because you are on call for db.',
    });
  });

  it('is on the card with the reason, and so is who has no chat here', async () => {
    const { load } = await house({ anyOf: ['manager', 'group:security'] });
    const { facts } = viewOf(await load());
    expect(facts.filter(({ label }) => label === 'Asked').map(({ value }) => plain(value))).toEqual([
      'Grace (manager), Sam (group security) or Kim (group security, has no chat here)',
    ]);
  });
});

describe('/jit show', () => {
  it('says who is asked, whom that reached, and who acted', async () => {
    const { deps, id } = await house({ n: 2, of: ['manager', 'group:security'] });
    await notify(deps, id, never);
    const page = async (person: Person) => {
      const { sections } = await show(deps, person, id);
      return sections.map(({ heading, rows }) => [heading, rows.map(({ line }) => plain(line).replace(/^\d\S* /, ''))]);
    };
    const sections = await page(ADA);
    expect(sections).toContainEqual([
      'Who is asked',
      [
        'Grace (manager): told in Slack.',
        'Sam (group security): told in Slack.',
        'Kim (group security, has no chat here): not told.',
      ],
    ]);
    await expect(page({ id: 'zoe', name: 'Zoe', groups: [] })).rejects.toMatchObject({ code: 'unknownRequest' });
  });
});
