import { describe, expect, it } from 'vitest';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { extend } from '../../src/app/request/extend.ts';
import { notify } from '../../src/app/request/notify.ts';
import { submit } from '../../src/app/request/submit.ts';
import { oneStage } from '../../src/config/stage.ts';
import { JitError, keptSpans } from '../../src/core/errors/errors.ts';
import { plain, plainly, spoken } from '../../src/core/language/text.ts';
import type { Person } from '../../src/core/people/person.ts';
import { seenDigest, seenOf } from '../../src/core/request/seen.ts';
import type { StandingRule } from '../../src/core/rule/rule.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import { TONGUES } from '../../src/core/words/tongues.ts';
import { ASK } from './approved.ts';
import { entriesOf } from './audited.ts';
import { ADA, GRACE, type House, MACHINE, POLICY, SENDER, type TestCloud, world } from './fixtures.ts';

const never = new AbortController().signal;
const SAM: Person = { id: 'sam', name: 'Sam', slack: 'U3', groups: ['security'] };
const SSH = { number: 22, protocol: 'tcp' } as const;
const rule = (source: string): StandingRule => ({ port: SSH, source, through: 'launch-wizard-1' });

interface Change {
  readonly what: string;
  readonly change: (house: House, cloud: TestCloud) => unknown;
  readonly says: string;
  readonly german: string;
  /** Who approves it then. */
  readonly by: readonly Person[];
}

function seeing(cloud: TestCloud, patch: object): void {
  const { look } = cloud;
  cloud.look = async (...args) => ({ ...(await look(...args)), ...patch });
}

const CHANGES: readonly Change[] = [
  {
    what: 'the policy wants more approvals',
    change: (house) => {
      house.policies = [{ ...POLICY, stages: [oneStage(['manager', 'person:sam'], 2)] }];
    },
    says: 'Approvals: the manager → 2 of the manager, sam',
    german: 'Genehmigungen: Führungskraft → 2 von Führungskraft, sam',
    by: [GRACE, SAM],
  },
  {
    what: 'another policy, with other approvers, covers the machine by its tags',
    change: (house, cloud) => {
      const strict = { ...POLICY, name: 'strict', machines: { names: [], tags: { tier: '0' } } };
      house.policies = [{ ...strict, stages: [oneStage(['person:sam'], 1)] }, POLICY];
      seeing(cloud, { machine: { ...MACHINE, tags: { tier: '0' } } });
    },
    says: 'Policy: production → strict; Approvals: the manager → sam',
    german: 'Richtlinie: production → strict; Genehmigungen: Führungskraft → sam',
    by: [SAM],
  },
  {
    what: 'the machine was made anew under its name',
    change: (_, cloud) => seeing(cloud, { identity: 'i-2' }),
    says: 'api-1 was deleted, and another machine was made under its name',
    german: 'api-1 wurde gelöscht, und unter dem Namen wurde eine andere Maschine erstellt',
    by: [GRACE],
  },
  {
    what: 'a rule of others opens the port to everybody',
    change: (_, cloud) => seeing(cloud, { standing: [rule('0.0.0.0/0')] }),
    says: 'Port 22 is now also open to anyone (0.0.0.0/0) through launch-wizard-1',
    german: 'Port 22 ist jetzt auch offen für alle (0.0.0.0/0) durch launch-wizard-1',
    by: [GRACE],
  },
];

async function asked() {
  const made = world({ people: [ADA, GRACE, SAM] });
  const { id } = await submit(made.deps, ADA, ASK, SENDER);
  const load = async (which = id) => (await made.deps.store.load(which)).request;
  const approve = (person: Person, version?: number, which = id) =>
    decide(made.deps, person, { request: which, verdict: 'approve', ...(version === undefined ? {} : { version }) });
  const show = async (which = id) => {
    await notify(made.deps, which, never);
    return made.chat.shown.splice(0).filter(({ view, previous }) => previous.announced !== view.announce);
  };
  return { ...made, id, load, approve, show, run: () => converge(made.deps, MACHINE.id, never) };
}

describe('a decision on what is not as it was shown', () => {
  it.each(CHANGES)('approves nothing, and is asked again in one click: $what', async ({ change, says, german, by }) => {
    const { house, cloud, load, approve, show, run } = await asked();
    await show();
    change(house, cloud);
    await expect(approve(GRACE, 1)).rejects.toMatchObject({
      code: 'changedSinceSeen',
      say: expect.stringContaining(says),
    });
    const again = await load();
    expect(again).toMatchObject({ status: 'pending', reviews: [], again: { version: 2 } });
    const told = await show();
    expect(new Set(told.map(({ place }) => place.id))).toEqual(
      new Set(['C1', 'U1', 'U2', ...by.map(({ slack }) => slack)]),
    );
    for (const { view } of told) {
      expect(plain(view.headline)).toContain(says);
      expect(plainly(spoken(view.headline, TONGUES.de))).toContain(german);
      expect(view.notes.map(({ text }) => plain(text)).join(' ')).toContain(says.split('; ')[0]);
    }
    // A button of the card before decides nothing, whoever presses it.
    await expect(approve(by[0] ?? GRACE, 1)).rejects.toMatchObject({ code: 'changedSinceSeen' });
    for (const person of by) await approve(person, 2);
    await run();
    expect(await load()).toMatchObject({ status: 'active' });
    expect(await load()).not.toHaveProperty('again');
  });

  it('does not count what was approved before by others', async () => {
    const { house, load, approve, run } = await asked();
    const two = { ...POLICY, stages: [oneStage(['manager', 'person:sam'], 2)] };
    house.policies = [two];
    await expect(approve(GRACE)).rejects.toMatchObject({ code: 'changedSinceSeen' });
    await approve(GRACE);
    house.policies = [{ ...two, stages: [oneStage(['manager', 'group:security'], 2)] }];
    await expect(approve(SAM)).rejects.toMatchObject({ code: 'changedSinceSeen' });
    expect(await load()).toMatchObject({ status: 'pending', reviews: [] });
    await approve(SAM);
    await approve(GRACE);
    await run();
    expect(await load()).toMatchObject({ status: 'active' });
  });

  it('is asked again by nobody who neither was asked nor decides', async () => {
    const { cloud, load, approve } = await asked();
    seeing(cloud, { identity: 'i-2' });
    await expect(approve({ ...SAM, id: 'sam' }, 1)).rejects.toMatchObject({ code: 'notApprover' });
    expect(await load()).toMatchObject({ version: 1 });
    expect(await load()).not.toHaveProperty('again');
  });

  it('is denied all the same, from whatever card', async () => {
    const { cloud, deps, id, load, approve } = await asked();
    seeing(cloud, { identity: 'i-2' });
    await expect(approve(GRACE, 1)).rejects.toMatchObject({ code: 'changedSinceSeen' });
    await decide(deps, GRACE, { request: id, version: 1, verdict: 'deny', reason: 'no' });
    expect(await load()).toMatchObject({ status: 'denied' });
  });

  it.each([
    [
      'a policy is called otherwise',
      (house: House) => Object.assign(house, { policies: [{ ...POLICY, name: 'new' }] }),
    ],
    [
      'a rule of others opens the port to a network',
      (_: House, cloud: TestCloud) => seeing(cloud, { standing: [rule('10.0.0.0/8')] }),
    ],
  ])('nothing is asked again where %s', async (_, change) => {
    const { house, cloud, approve, load } = await asked();
    change(house, cloud);
    await approve(GRACE, 1);
    expect(await load()).toMatchObject({ status: 'activating' });
  });
});

it('more time on a machine that was made anew is refused', async () => {
  const { approve, run, cloud, deps, id } = await asked();
  await approve(GRACE);
  await run();
  await extend(deps, ADA, id);
  seeing(cloud, { identity: 'i-2' });
  await expect(approve(GRACE)).rejects.toMatchObject({ code: 'machineReplaced' });
});

describe('what changed between the approval and the opening', () => {
  it.each(CHANGES)('ends it, and is asked again as a new request: $what', async ({ change, says, german, by }) => {
    const { house, cloud, deps, id, load, approve, show, run } = await asked();
    await approve(GRACE);
    change(house, cloud);
    await run();
    expect(await load()).toMatchObject({
      status: 'ended',
      ending: { why: 'failed', code: 'changedAndAsked', say: expect.stringContaining(says) },
      proof: { verdict: 'closed' },
    });
    const over = await load();
    if (over?.status !== 'ended' || over.ending.why !== 'failed') throw new Error('it did not fail');
    expect(plainly(spoken(keptSpans(over.ending), TONGUES.de))).toContain(german);
    expect(cloud.calls).toEqual([]);
    const [next, ...more] = await deps.store.find({ by: 'state', which: 'open' }, 9);
    expect([next, ...more]).toEqual([undefined]);
    const waiting = (await deps.store.recent('ada', 9)).find(({ follows }) => follows === id);
    expect(waiting).toMatchObject({
      status: 'pending',
      reviews: [],
      requester: { id: 'ada' },
      justification: 'deploy',
    });
    if (!waiting) throw new Error('it was not asked again');
    const told = await show(waiting.id);
    expect(plain(told[0]?.view.headline ?? [])).toContain(says);
    for (const person of by) await approve(person, 1, waiting.id);
    await run();
    expect(await load(waiting.id)).toMatchObject({ status: 'active' });
    expect(cloud.rules.size).toBe(1);
  });

  it('is asked again once, however often it is looked at', async () => {
    const { cloud, deps, approve, run } = await asked();
    await approve(GRACE);
    seeing(cloud, { identity: 'i-2' });
    await run();
    await run();
    expect(await deps.store.recent('ada', 9)).toHaveLength(2);
  });

  it.each([
    ['before it is kept', 1],
    ['after it', 2],
  ])('is asked again or goes on waiting where the process dies %s', async (_, dies) => {
    const { cloud, deps, id, approve, run, load } = await asked();
    await approve(GRACE);
    seeing(cloud, { identity: 'i-2' });
    const save = deps.store.save.bind(deps.store);
    let writes = 0;
    deps.store.save = async (changes) => {
      writes += 1;
      if (writes >= dies) throw new Error('killed');
      return save(changes);
    };
    await run().catch(() => undefined);
    deps.store.save = save;
    const all = () => deps.store.recent('ada', 9);
    const after = { 1: ['activating'], 2: ['closing', 'pending'] }[dies];
    expect((await all()).map(({ status }) => status).toSorted()).toEqual(after);
    await run();
    expect(await load()).toMatchObject({ status: 'ended', ending: { code: 'changedAndAsked' } });
    expect((await all()).filter(({ follows }) => follows === id)).toHaveLength(1);
  });

  it('waits where nobody can tell whether it could be asked again', async () => {
    const { cloud, deps, approve, run, load } = await asked();
    await approve(GRACE);
    seeing(cloud, { identity: 'i-2' });
    const { find } = deps.store;
    deps.store.find = async () => {
      throw new JitError('storeAway');
    };
    await run();
    expect(await load()).toMatchObject({ status: 'activating', trouble: { code: 'storeAway' } });
    deps.store.find = find;
    await run();
    expect(await load()).toMatchObject({ status: 'ended', ending: { code: 'changedAndAsked' } });
  });

  it('is not asked again where nobody could approve it any more', async () => {
    const { house, deps, approve, run, load } = await asked();
    await approve(GRACE);
    house.policies = [{ ...POLICY, longestMs: 1_800_000, stages: [oneStage(['person:sam'], 1)] }];
    await run();
    expect(await load()).toMatchObject({ ending: { code: 'changedSinceApproval' } });
    expect(await deps.store.recent('ada', 9)).toHaveLength(1);
  });

  it('is seen by the digest that each approval keeps', async () => {
    const { audit, deps, approve, run, load } = await asked();
    await approve(GRACE);
    const request = await load();
    if (request?.status !== 'activating') throw new Error('it was not approved');
    const [review] = request.reviews;
    expect(review?.seen).toBe(seenDigest(seenOf(request)));
    // Of something else.
    const other = { ...request, version: request.version + 1, forMs: request.forMs * 2 };
    await deps.store.save([{ next: other, from: request.version }]);
    await run();
    expect(await load()).toMatchObject({
      ending: { code: 'changedSinceApproval', say: expect.stringContaining('now needs 1 approvals and has 0') },
    });
    expect(entriesOf(audit)).toContainEqual(
      expect.objectContaining({ event: 'failed', code: 'changedSinceApproval moreApprovals' }),
    );
  });

  it('says on the new card which request it comes after, and what changed', async () => {
    const { cloud, deps, id, approve, run } = await asked();
    await approve(GRACE);
    seeing(cloud, { identity: 'i-2' });
    await run();
    const waiting = (await deps.store.recent('ada', 9)).find(({ follows }) => follows === id);
    const view = waiting && viewOf(waiting);
    expect(view?.facts.map(({ label, value }) => `${label}: ${plain(value)}`)).toContain(`Follows: request ${id}`);
    expect(view?.notes[0]).toMatchObject({ tone: 'warning' });
  });
});
