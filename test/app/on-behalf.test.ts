import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { leaversOf } from '../../src/app/loops/leavers.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { revoke, withdraw } from '../../src/app/request/end.ts';
import { explain } from '../../src/app/request/explain.ts';
import { offerLess } from '../../src/app/request/offer.ts';
import { submit } from '../../src/app/request/submit.ts';
import { oneStage } from '../../src/config/stage.ts';
import { phrased, plain } from '../../src/core/language/text.ts';
import type { Person } from '../../src/core/people/person.ts';
import { type Circle, isOneOf } from '../../src/core/policy/stage.ts';
import { seenDigest, seenOf } from '../../src/core/request/seen.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import { ASK } from './approved.ts';
import { entriesOf } from './audited.ts';
import { ADA, GRACE, MACHINE, POLICY, SENDER, world } from './fixtures.ts';

const never = new AbortController().signal;
const SAM: Person = {
  id: 'sam',
  name: 'Sam',
  slack: 'U3',
  manager: 'grace',
  address: '203.0.113.9/32',
  groups: ['eng'],
};
const LIN: Person = { id: 'lin', name: 'Lin', slack: 'U4', groups: ['security'] };
const OPEN = { ...POLICY, onBehalf: true as const, stages: [oneStage(['manager', 'group:eng', 'group:security'], 1)] };
const PEOPLE = [ADA, GRACE, SAM, LIN];

async function asked(options?: Parameters<typeof world>[0], ask: object = {}) {
  const made = world({ people: PEOPLE, policies: [OPEN], ...options });
  const { id } = await submit(made.deps, ADA, { ...ASK, whom: '@sam', ...ask }, SENDER);
  const load = async () => (await made.deps.store.load(id)).request;
  const approve = (who = GRACE) => decide(made.deps, who, { request: id, verdict: 'approve' });
  return { ...made, id, load, approve, run: () => converge(made.deps, MACHINE.id, never) };
}

describe('a request for somebody else', () => {
  it('is their access, from their address; both are recorded, and both are told', async () => {
    const { load, deps, id, audit } = await asked();
    const request = await load();
    expect(request).toMatchObject({
      requester: { id: 'sam', name: 'Sam' },
      askedBy: { id: 'ada', name: 'Ada' },
      source: '203.0.113.9/32',
    });
    expect(request?.places.map(({ id: where }) => where)).toEqual(expect.arrayContaining(['U1', 'U3']));
    expect(request?.timeline).toMatchObject([{ event: 'asked', by: 'ada' }]);
    const view = request && viewOf(request);
    expect(view?.title).toEqual('Ada asks for access to api-1 for Sam');
    expect(plain(view?.headline ?? [])).toContain('Ada asks for access to api-1 for Sam: port 22');
    expect(
      view?.facts.filter(({ label }) => /Requester|Asked by/.test(phrased(label))).map(({ value }) => plain(value)),
    ).toEqual(['Sam', 'Ada']);
    expect(entriesOf(audit).at(-1)).toMatchObject({ event: 'asked', as: 'requester', request: id });
    for (const who of [SENDER, { ...SENDER, user: 'U3' }]) {
      const { lines } = await inbox(deps).command({ ...who, key: who.user }, 'list');
      expect(lines.map(plain).join()).toContain(`\`${id}\``);
    }
  });

  it('takes what the policy has to allow', async () => {
    const policies = [POLICY];
    await expect(asked({ policies })).rejects.toMatchObject({
      code: 'policyOnBehalf',
      say: 'Policy production does not let others request for Sam.',
    });
    const own = await asked({ policies }, { whom: '@ada' });
    expect((await own.load())?.askedBy).toBeUndefined();
  });

  it('is approved by neither of the two, nor offered for less, nor counted for one who decides for somebody', async () => {
    const { deps, id, approve } = await asked();
    for (const who of [ADA, SAM]) {
      await expect(approve(who)).rejects.toMatchObject({ code: 'ownRequest' });
      await expect(decide(deps, who, { request: id, verdict: 'deny', reason: 'no' })).rejects.toMatchObject({
        code: 'ownRequest',
      });
      const less = { ports: [], forMs: 1_800_000 };
      await expect(offerLess(deps, who, { request: id, less })).rejects.toMatchObject({ code: 'ownRequest' });
    }
    expect((await approve(LIN)).status).toBe('activating');
  });

  it('never has an approver of the two, whatever the words of its stages', () => {
    const person = fc.constantFrom(...PEOPLE);
    const word = fc.constantFrom('manager', 'group:eng', 'group:security', 'person:ada', 'person:sam', 'person:lin');
    fc.assert(
      fc.property(person, person, person, fc.array(word), (requester, asker, who, words) => {
        const circle: Circle = { requester, askedBy: asker.id, tags: {}, onCall: new Map(), now: 0 };
        if (who.id === requester.id || who.id === asker.id)
          expect(isOneOf(who, words as Parameters<typeof isOneOf>[1], circle)).toBe(false);
      }),
    );
  });

  it('is opened as theirs, and ended by either', async () => {
    const { approve, run, cloud, deps, id, load } = await asked();
    await approve();
    await run();
    expect([...cloud.rules.values()].map(({ placement }) => placement.rule.source)).toEqual(['203.0.113.9/32']);
    expect((await revoke(deps, ADA, id)).status).toBe('closing');
    await run();
    expect((await load())?.status).toBe('ended');
    const second = await asked();
    await second.approve();
    expect((await revoke(second.deps, SAM, second.id)).status).toBe('closing');
  });

  it('is taken back by either before it opens, and by nobody else', async () => {
    for (const who of [ADA, SAM]) {
      const { deps, id } = await asked();
      await expect(withdraw(deps, LIN, id)).rejects.toMatchObject({ code: 'notYours' });
      const request = await withdraw(deps, who, id);
      expect(plain(viewOf(request).status)).toBe(`Withdrawn by ${who.name}`);
      expect(plain(viewOf(request).headline)).toBe(
        who === SAM
          ? 'Sam withdrew the request for access to api-1.'
          : 'Ada withdrew the request for access to api-1 for Sam.',
      );
    }
  });

  it('counts among theirs', async () => {
    const { deps } = await asked({}, { source: '203.0.113.1/32' });
    const floods = { person: 1, machine: 9, all: 9 };
    const limited = { ...deps, rules: { ...deps.rules, policies: [OPEN], floods } };
    const again = { ...ASK, whom: '@sam', source: '203.0.113.2/32' };
    await expect(submit(limited, ADA, again, { ...SENDER, key: 'k2' })).rejects.toMatchObject({
      code: 'tooManyOfYours',
    });
    await submit(limited, ADA, { ...ASK, source: '203.0.113.3/32' }, { ...SENDER, key: 'k3' });
  });

  it('needs their address, and their policies', async () => {
    const { address: _, ...without } = SAM;
    await expect(asked({ people: [ADA, GRACE, without] })).rejects.toMatchObject({ code: 'sourceOfOther' });
    await expect(asked({ people: [ADA, GRACE, { ...SAM, groups: [] }] })).rejects.toMatchObject({ code: 'noPolicy' });
    await expect(asked({ people: [ADA, GRACE, { ...SAM, disabled: true }] })).rejects.toMatchObject({
      code: 'noPolicy',
    });
  });

  it.each([
    ['@sam', 'sam'],
    ['<@U3>', 'sam'],
    ['<@U3|sam>', 'sam'],
    ['@Sam', 'sam'],
  ])('names them as %s', async (whom, id) => {
    const { deps } = world({ people: PEOPLE, policies: [OPEN] });
    const named = { ...deps, directory: { ...deps.directory, everybody: async () => PEOPLE } };
    const request = await submit(named, ADA, { ...ASK, whom }, SENDER);
    expect(request.requester.id).toBe(id);
  });

  it('for nobody who is known is refused', async () => {
    await expect(asked({}, { whom: '@nobody' })).rejects.toMatchObject({ code: 'nobodyCalled' });
  });

  it('is part of what was seen', async () => {
    const { load } = await asked();
    const request = await load();
    if (!request) throw new Error('no request');
    const { askedBy: _, ...own } = request;
    expect(seenDigest(seenOf(request))).not.toBe(seenDigest(seenOf(own as typeof request)));
  });

  it('ends with whoever asked, as long as it is not open', async () => {
    const { deps, house, load } = await asked();
    house.people = PEOPLE.map((one) => (one.id === 'ada' ? { ...one, disabled: true } : one));
    await leaversOf(deps)(never);
    expect((await load())?.status).toBe('denied');
  });

  it('is explained before it is asked', async () => {
    const { deps } = world({ people: PEOPLE, policies: [POLICY] });
    const refused = explain(deps, ADA, { machine: 'api-1', ports: [], whom: '@sam' });
    await expect(refused).rejects.toMatchObject({ code: 'policyOnBehalf' });
    const open = world({ people: PEOPLE, policies: [OPEN] });
    const { title } = await explain(open.deps, ADA, { machine: 'api-1', ports: [], whom: '@sam' });
    expect(phrased(title)).toContain('Sam, requested by Ada: 22 (SSH) of api-1');
  });

  it('tells nothing of what they have, and of no machine, to whoever may not request for them', async () => {
    const { deps } = world({ people: PEOPLE, policies: [POLICY] });
    const own = await submit(deps, SAM, ASK, { ...SENDER, user: 'U3', key: 'sams' });
    const refusal = async (machine: string) =>
      submit(deps, ADA, { ...ASK, machine, whom: '@sam' }, { ...SENDER, key: machine }).then(
        () => 'nothing',
        (error: Error) => `${(error as { readonly code?: string }).code} ${error.message}`,
      );
    const said = [await refusal('api-1'), await refusal('api-9')].join();
    expect(said).toContain('policyOnBehalf');
    for (const secret of [own.id, '203.0.113.9', 'Did you mean']) expect(said).not.toContain(secret);
  });

  it('leaves no address behind that they are taken to come from', async () => {
    const { approve, run, deps, load } = await asked({}, { source: '203.0.113.66/32' });
    await approve();
    await run();
    expect((await load())?.status).toBe('active');
    const own = await submit(deps, SAM, { ...ASK, ports: [] }, { ...SENDER, user: 'U3', key: 'own' });
    expect(own.source).toBe('203.0.113.9/32');
  });
});
