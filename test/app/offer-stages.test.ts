import { describe, expect, it } from 'vitest';
import { converge } from '../../src/app/machine/converge.ts';
import { delegate } from '../../src/app/people/delegate.ts';
import { acceptOffer } from '../../src/app/request/accept.ts';
import { decide } from '../../src/app/request/decide.ts';
import { offerLess } from '../../src/app/request/offer.ts';
import { submit } from '../../src/app/request/submit.ts';
import { oneStage, stageOf } from '../../src/config/stage.ts';
import type { LessAsk } from '../../src/core/language/command.ts';
import { parseDelegate } from '../../src/core/language/delegate-ask.ts';
import { plain } from '../../src/core/language/text.ts';
import type { Person } from '../../src/core/people/person.ts';
import type { Policy } from '../../src/core/policy/policy.ts';
import type { StepUp } from '../../src/core/policy/step-up.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import { memoryDelegations } from '../memory/delegations.ts';
import { entriesOf } from './audited.ts';
import { ADA, GRACE, MACHINE, POLICY, SENDER, world } from './fixtures.ts';

const never = new AbortController().signal;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const [SSH, RDP] = [
  { number: 22, protocol: 'tcp' },
  { number: 3389, protocol: 'tcp' },
] as const;
const SAM: Person = { id: 'sam', name: 'Sam', slack: 'U3', groups: ['security'] };
const LIN: Person = { id: 'lin', name: 'Lin', slack: 'U4', groups: ['security'] };
const KIM: Person = { id: 'kim', name: 'Kim', slack: 'U5', groups: [] };
const LESS: LessAsk = { ports: [SSH], forMs: HOUR_MS / 2, source: '203.0.113.1/32' };
const TWO_STAGES = [oneStage(['manager'], 1), oneStage(['group:security'], 1)];

async function asked(policies: readonly Partial<Policy>[], source = '203.0.113.0/28') {
  const made = world({
    people: [ADA, GRACE, SAM, LIN, KIM],
    policies: policies.map((one, i) => ({ ...POLICY, name: `p${i}`, ports: [SSH, RDP], ...one })),
    sources: new Map([['office', ['203.0.113.0/28']]]),
  });
  const deps = { ...made.deps, delegations: memoryDelegations() };
  const ask = { machine: 'api-1', ports: [SSH, RDP], forMs: 2 * HOUR_MS, source, justification: 'deploy' };
  const { id } = await submit(deps, ADA, ask, SENDER);
  const load = async (which = id) => {
    const { request } = await deps.store.load(which);
    if (!request) throw new Error('there is no request');
    return request;
  };
  return {
    ...made,
    deps,
    id,
    load,
    offer: (person: Person, less = LESS) => offerLess(deps, person, { request: id, less }),
    approve: (person: Person, which = id, stepUp?: StepUp) =>
      decide(deps, person, { request: which, verdict: 'approve', ...(stepUp ? { stepUp } : {}) }),
    accept: () => acceptOffer(deps, ADA, id),
    instead: (from: Person, to: string) =>
      delegate(deps, from, parseDelegate([`@${to}`, 'until', '2026-12-01']), SENDER),
    run: () => converge(deps, MACHINE.id, never),
  };
}

describe('approvals of a request count for less of it', () => {
  it('where somebody of a later stage offers less', async () => {
    const { approve, offer, accept, load, run, id } = await asked([{ stages: TWO_STAGES }]);
    await approve(GRACE);
    await offer(SAM);
    const next = await accept();
    await run();
    expect(await load(next.id)).toMatchObject({
      status: 'active',
      follows: id,
      forMs: HOUR_MS / 2,
      reviews: [
        { by: { id: 'grace' }, more: id },
        { by: { id: 'sam' }, verdict: 'approve' },
      ],
    });
  });

  it('where somebody of the same stage approved all of it', async () => {
    const { approve, offer, accept, load, run } = await asked([
      { stages: [oneStage(['manager', 'group:security'], 2)] },
    ]);
    await approve(SAM);
    await offer(GRACE);
    const next = await accept();
    await run();
    expect(await load(next.id)).toMatchObject({ status: 'active', reviews: [{ by: { id: 'sam' } }, {}] });
  });

  it('where less of it needs fewer stages: nobody is asked again', async () => {
    const { approve, offer, accept, load, run } = await asked([
      { ports: [SSH], stages: [oneStage(['manager', 'group:security'], 1)] },
      { ports: [RDP], stages: [oneStage(['group:security'], 2)] },
    ]);
    await approve(SAM);
    await offer(LIN);
    const next = await accept();
    await run();
    expect(await load(next.id)).toMatchObject({ status: 'active', policies: ['p0'] });
  });

  it('and the lease begins when it is accepted, however old an approval is', async () => {
    const { approve, offer, accept, clock, load, run } = await asked([{ stages: TWO_STAGES }]);
    await approve(GRACE);
    clock.advance(HOUR_MS);
    await offer(SAM);
    clock.advance(HOUR_MS);
    const { id } = await accept();
    await run();
    expect(await load(id)).toMatchObject({ lease: { from: clock.now(), until: clock.now() + HOUR_MS / 2 } });
  });

  it('where a ladder had come to whoever offers it', async () => {
    const stages = [stageOf({ anyOf: ['manager'], escalate: [{ after: 10 * MINUTE_MS, to: ['group:security'] }] })];
    const { offer, accept, clock, load, run } = await asked([{ stages }]);
    clock.advance(11 * MINUTE_MS);
    await offer(SAM);
    const { id } = await accept();
    await run();
    expect(await load(id)).toMatchObject({ status: 'active', reviews: [{ by: { id: 'sam' } }] });
  });

  it('and not where something changed since they approved', async () => {
    const { approve, offer, accept, load, house } = await asked([{ stages: TWO_STAGES }]);
    await approve(GRACE);
    house.policies = house.policies.map((policy) => ({
      ...policy,
      stages: [...TWO_STAGES, oneStage(['person:kim'], 1)],
    }));
    await expect(offer(SAM)).rejects.toMatchObject({ code: 'notYourStage' });
    house.policies = house.policies.map((policy) => ({ ...policy, stages: TWO_STAGES }));
    await offer(SAM);
    house.policies = house.policies.map((policy) => ({
      ...policy,
      stages: [...TWO_STAGES, oneStage(['person:kim'], 1)],
    }));
    expect(await load((await accept()).id)).toMatchObject({ status: 'pending', reviews: [] });
  });

  it('and nobody offers less of what they approved', async () => {
    const { approve, offer } = await asked([{ stages: [oneStage(['manager', 'group:security'], 2)] }]);
    await approve(GRACE);
    await expect(offer(GRACE)).rejects.toMatchObject({ code: 'approvedAlready' });
  });

  it('each with its own entry in the audit', async () => {
    const { approve, offer, accept, audit, id } = await asked([{ stages: TWO_STAGES }]);
    await approve(GRACE);
    await offer(SAM);
    await accept();
    const said = entriesOf(audit).slice(-3);
    expect(said.map(({ event }) => event)).toEqual(['asked', 'reviewed', 'approved']);
    expect(JSON.stringify(said)).toContain(`approved more of it in ${id}`);
  });
});

describe('an offer', () => {
  it('is made by a delegate, for whoever they decide for', async () => {
    const { instead, offer, accept, load, run } = await asked([{}]);
    await instead(GRACE, 'kim');
    await offer(KIM);
    const { id } = await accept();
    await run();
    expect(await load(id)).toMatchObject({
      status: 'active',
      reviews: [{ by: { id: 'kim' }, for: { id: 'grace', name: 'Grace' } }],
    });
  });

  it('is of a narrower prefix where the request says a name', async () => {
    const { offer, accept, load, run } = await asked([{}], 'office');
    await offer(GRACE);
    const { id } = await accept();
    await run();
    const request = await load(id);
    expect(request).toMatchObject({ status: 'active', source: '203.0.113.1/32' });
    expect(request).not.toHaveProperty('sourceName');
  });

  it.each<[string, Partial<Policy>, string]>([
    ['others', { stages: TWO_STAGES }, 'Afterwards one of group security still has to approve.'],
    [
      'several',
      { stages: [oneStage(['manager', 'group:security'], 3)] },
      'Afterwards 2 of the manager, group security still have to approve.',
    ],
    ['a sign-in', { stepUp: 'signIn' }, 'Afterwards Grace still has to approve it with a fresh sign-in.'],
    ['a number', { stepUp: 'numberMatch' }, 'Afterwards Grace still has to approve it with the number.'],
  ])('says on its card that it needs %s besides', async (_, policy, words) => {
    const { offer, accept, load } = await asked([policy]);
    const request = await offer(GRACE);
    const view = viewOf(request);
    expect(view.notes.map(({ text }) => plain(text)).join()).toContain(words);
    expect(plain(view.headline)).toContain(words);
    expect(await load((await accept()).id)).toMatchObject({ status: 'pending' });
  });

  it('says nothing of that where it opens', async () => {
    const { offer } = await asked([{}]);
    expect(plain(viewOf(await offer(GRACE)).headline)).not.toContain('Afterwards');
  });
});

describe('a process that dies while an offer is accepted', () => {
  it.each(['before', 'after'] as const)('%s the commit leaves no half of it', async (when) => {
    const { approve, offer, accept, deps, load, id } = await asked([{ stages: TWO_STAGES }]);
    await approve(GRACE);
    await offer(SAM);
    const { save } = deps.store;
    deps.store.save = async (changes) => {
      if (when === 'after') await save.call(deps.store, changes);
      throw new Error('killed');
    };
    await expect(accept()).rejects.toThrow('killed');
    deps.store.save = save.bind(deps.store);
    const [newest] = await deps.store.recent('ada', 9);
    if (when === 'before') expect([newest?.id, (await load()).status]).toEqual([id, 'pending']);
    else expect([newest?.follows, newest?.status, (await load()).status]).toEqual([id, 'activating', 'withdrawn']);
    expect(await load((await accept()).id)).toMatchObject({ status: 'activating' });
    expect(await deps.store.recent('ada', 9)).toHaveLength(2);
  });

  it('leaves a request that was approved meanwhile as it is', async () => {
    const { offer, accept, approve, deps, load } = await asked([{}]);
    await offer(GRACE);
    const { save } = deps.store;
    deps.store.save = async (changes) => {
      deps.store.save = save.bind(deps.store);
      await approve(GRACE);
      return save.call(deps.store, changes);
    };
    await expect(accept()).rejects.toMatchObject({ code: 'alreadyDecided' });
    expect(await load()).toMatchObject({ status: 'activating' });
    expect(await deps.store.recent('ada', 9)).toHaveLength(1);
  });
});
