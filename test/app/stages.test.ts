import { describe, expect, it } from 'vitest';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { extend } from '../../src/app/request/extend.ts';
import { submit } from '../../src/app/request/submit.ts';
import { stageOf } from '../../src/config/stage.ts';
import { plain } from '../../src/core/language/text.ts';
import type { Person } from '../../src/core/people/person.ts';
import type { Policy } from '../../src/core/policy/policy.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, POLICY, SENDER, world } from './fixtures.ts';

const MINUTE = 60_000;
const SAM: Person = { id: 'sam', name: 'Sam', slack: 'U3', groups: ['security'] };
const KIM: Person = { id: 'kim', name: 'Kim', slack: 'U4', groups: [] };
const staged = (...given: readonly Parameters<typeof stageOf>[0][]): Policy => ({
  ...POLICY,
  stages: given.map(stageOf),
});

async function house(policy: Policy, onCall: readonly string[] | Error | undefined = undefined) {
  const made = world({ people: [ADA, GRACE, SAM, KIM], policies: [policy] });
  const now = async () => {
    if (onCall instanceof Error) throw onCall;
    return onCall ?? [];
  };
  const deps = onCall === undefined ? made.deps : { ...made.deps, onCall: { now } };
  const asked = await submit(deps, ADA, ASK, SENDER).catch((error: unknown) => error as { code: string; say: string });
  const id = 'id' in asked ? asked.id : '';
  const load = async () => {
    const { request } = await deps.store.load(id);
    if (!request) throw new Error('no request');
    return request;
  };
  return {
    ...made,
    deps,
    asked,
    id,
    load,
    approve: (person: Person) => decide(deps, person, { request: id, verdict: 'approve' }),
    run: () => converge(deps, MACHINE.id, new AbortController().signal),
    facts: async () => {
      const { facts, status } = viewOf(await load());
      return [plain(status), ...facts.map(({ label, value }) => `${label}: ${plain(value)}`)];
    },
  };
}

describe('two stages', () => {
  const two = staged({ anyOf: ['manager'] }, { n: 2, of: ['group:security', 'person:kim'] });

  it('ask one after the other, and the card says who comes after', async () => {
    const { approve, load, facts } = await house(two);
    expect(await load()).toMatchObject({
      asked: [{ id: 'grace' }],
      places: [{ id: 'C1' }, { id: 'U2' }, { id: 'U1' }],
    });
    expect(await facts()).toEqual(
      expect.arrayContaining([
        expect.stringContaining('stage 1 of 2: 0 of 1 approved'),
        'Still needed: Grace',
        'After that: 2 of group security, kim',
      ]),
    );
    await approve(GRACE);
    expect(await load()).toMatchObject({
      asked: [{ id: 'sam' }, { id: 'kim' }],
      places: [{ id: 'C1' }, { id: 'U2' }, { id: 'U1' }, { id: 'U3' }, { id: 'U4' }],
    });
    expect(await facts()).toEqual(
      expect.arrayContaining([expect.stringContaining('stage 2 of 2: 0 of 2 approved'), 'Still needed: Sam and Kim']),
    );
    expect((await facts()).filter((fact) => fact.startsWith('After'))).toEqual([]);
    await approve(SAM);
    await approve(KIM);
    expect(await load()).toMatchObject({ status: 'activating' });
  });

  it('are judged again before it opens', async () => {
    const { approve, load, house: rules, run } = await house(two);
    for (const person of [GRACE, SAM, KIM]) await approve(person);
    rules.policies = [staged({ anyOf: ['manager'] }, { n: 3, of: ['group:security', 'person:kim', 'person:grace'] })];
    rules.people = [ADA, GRACE, SAM, KIM, { ...KIM, id: 'lin', groups: ['security'] }];
    await run();
    expect(await load()).toMatchObject({
      status: expect.stringMatching(/closing|ended/),
      ending: { code: 'changedAndAsked', say: expect.stringContaining('→ the manager, then 3 of group security') },
    });
  });

  it('are asked for again, from the first, for more time', async () => {
    const { deps, approve, load, run, id } = await house(two);
    for (const person of [GRACE, SAM, KIM]) await approve(person);
    await run();
    await extend(deps, ADA, id);
    expect(await load()).toMatchObject({ asked: [{ id: 'grace' }] });
    await expect(approve(SAM)).rejects.toMatchObject({ code: 'notYourStage' });
    await approve(GRACE);
    expect(await load()).toMatchObject({ asked: [{ id: 'sam' }, { id: 'kim' }] });
    await approve(SAM);
    expect(await approve(KIM)).toMatchObject({ status: 'active', lease: { until: expect.any(Number) } });
    expect((await load()).timeline.at(-1)).toMatchObject({ event: 'extended' });
  });
});

describe('a stage without an answer', () => {
  const late: Policy = {
    ...POLICY,
    stages: [{ seats: [['manager']], answerInMs: 30 * MINUTE, later: ['person:sam'] }],
  };

  it('is shown to others after a while, who may approve from then on', async () => {
    const { approve, load, clock, run } = await house(late);
    const { askedAt } = await load();
    expect(await load()).toMatchObject({ escalatesAt: askedAt + 30 * MINUTE, lookAt: askedAt + 30 * MINUTE });
    await expect(approve(SAM)).rejects.toMatchObject({ code: 'notYourStage' });
    clock.advance(30 * MINUTE - 1);
    await run();
    expect(await load()).toMatchObject({ version: 1 });
    clock.advance(1);
    await run();
    const shown = await load();
    expect(shown).toMatchObject({ asked: [{ id: 'grace' }, { id: 'sam' }], lookAt: askedAt + 8 * 60 * MINUTE });
    expect(shown).not.toHaveProperty('escalatesAt');
    expect(shown.timeline.map(({ event }) => event)).toEqual(['asked', 'escalated']);
    expect(shown.places.map(({ id }) => id)).toContain('U3');
    await run();
    expect(await load()).toEqual(shown);
    expect(await approve(SAM)).toMatchObject({ status: 'activating' });
  });

  it('waits for another try where nobody can tell whom else to ask', async () => {
    const { load, clock, run, cloud } = await house(late);
    clock.advance(30 * MINUTE);
    const { look } = cloud;
    cloud.look = async () => {
      throw new Error('away');
    };
    await run();
    const { lookAt, timeline } = (await load()) as { lookAt: number; timeline: readonly unknown[] };
    expect(lookAt).toBe(clock.now() + MINUTE);
    expect(timeline).toHaveLength(1);
    cloud.look = look;
    clock.advance(MINUTE);
    await run();
    expect((await load()).timeline.at(-1)).toMatchObject({ event: 'escalated' });
  });
});

describe('approvers by', () => {
  it('a tag of the machine are asked and may decide; a tag that names nobody is a refusal', async () => {
    const owned = staged({ anyOf: ['owner:env'] });
    const grace = { ...GRACE, id: 'prod' };
    const made = world({ people: [{ ...ADA, manager: 'prod' }, grace, SAM, KIM], policies: [owned] });
    const { id } = await submit(made.deps, ADA, ASK, SENDER);
    expect((await made.deps.store.load(id)).request).toMatchObject({ asked: [{ id: 'prod' }] });
    await expect(decide(made.deps, SAM, { request: id, verdict: 'approve' })).rejects.toMatchObject({
      code: 'notApprover',
      hint: 'Policy production allows the owner (tag env) to decide.',
    });
    expect(await decide(made.deps, grace, { request: id, verdict: 'approve' })).toMatchObject({ status: 'activating' });
    expect((await house(owned)).asked).toMatchObject({ code: 'noApprover' });
  });

  it('a schedule are asked and may decide, and say no; where nobody can tell, it is refused', async () => {
    const policy = staged({ anyOf: ['onCall:payments'] });
    const { approve, load, deps, id } = await house(policy, ['kim']);
    expect(await load()).toMatchObject({ asked: [{ id: 'kim' }] });
    await expect(approve(GRACE)).rejects.toMatchObject({ code: 'notApprover' });
    expect(await decide(deps, KIM, { request: id, verdict: 'deny', reason: 'no' })).toMatchObject({ status: 'denied' });
    expect((await house(policy, [])).asked).toMatchObject({ code: 'noApprover' });
    for (const unknown of [undefined, new Error('a login page')])
      expect((await house(policy, unknown)).asked).toMatchObject({
        code: 'onCallUnknown',
        say: 'Cannot tell who is on call for payments, and policy production asks them.',
      });
  });
});
