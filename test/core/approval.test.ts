import { describe, expect, it } from 'vitest';
import { oneStage } from '../../src/config/stage.ts';
import { isMeant, type Person, type Subject } from '../../src/core/people/person.ts';
import { decidersOf, lackOf, lackText, mayDecide, ownersTags } from '../../src/core/policy/approval.ts';
import type { Policy } from '../../src/core/policy/policy.ts';
import { progressOf } from '../../src/core/policy/progress.ts';
import { routed } from '../../src/core/policy/routing.ts';
import { approversText, type Circle } from '../../src/core/policy/stage.ts';
import { ADA, GRACE, policy, refusal, SAM, T0 } from './samples.ts';

describe('who is meant', () => {
  it.each<[string, Person, readonly Subject[], Person | undefined, boolean]>([
    ['a person by id', ADA, ['person:ada'], undefined, true],
    ['nobody by a part of an id', ADA, ['person:ad'], undefined, false],
    ['a member of a group', SAM, ['group:security'], undefined, true],
    ['no person by the name of a group', { ...ADA, id: 'security', groups: [] }, ['group:security'], undefined, false],
    ['no group by the name of a person', ADA, ['person:engineers'], undefined, false],
    ['one of several', SAM, ['person:ada', 'group:security'], undefined, true],
    ['nobody by an empty list', ADA, [], undefined, false],
    ['the requester’s manager', GRACE, ['manager'], ADA, true],
    ['not the manager of another', GRACE, ['manager'], SAM, false],
    ['no manager of nobody', GRACE, ['manager'], undefined, false],
    ['not the requester', ADA, ['manager'], ADA, false],
  ])('%s', (_, person, subjects, requester, answer) => {
    expect(isMeant(person, subjects, requester)).toBe(answer);
  });
});

const circle = (requester: Person): Circle => ({ requester, tags: {}, onCall: new Map(), now: T0 });
const progress = (policies: readonly Policy[], requester: Person, people: readonly Person[]) => {
  const chains = policies.map(({ name, stages }) => ({ policy: name, stages }));
  const given = people.map((person) => ({ person, at: T0 }));
  return progressOf(chains, given, circle(requester), T0);
};
const asked = (people: readonly Person[], policies: readonly Policy[]) =>
  routed(people, progress(policies, ADA, []), circle(ADA), new Map()).asked.map(({ person }) => person.id);

describe('who may decide', () => {
  it.each([
    ['the manager', GRACE],
    ['a member of a group', SAM],
  ])('%s', (_, person) => {
    expect(() => mayDecide(person, [policy()], circle(ADA))).not.toThrow();
  });

  it('never the requester, whatever the policy says', () => {
    const own = policy({ stages: [oneStage(['person:ada', 'group:engineers', 'manager'], 1)] });
    expect(refusal(() => mayDecide(ADA, [own], circle({ ...ADA, manager: 'ada' })))).toEqual({
      code: 'ownRequest',
      say: 'You cannot decide your own request.',
      hint: 'Someone else has to; you can withdraw it.',
    });
  });

  it('nobody else', () => {
    expect(
      refusal(() =>
        mayDecide(GRACE, [policy({ stages: [oneStage(['manager', 'group:security', 'person:ada'], 1)] })], circle(SAM)),
      ),
    ).toEqual({
      code: 'notApprover',
      say: 'You may not decide this request.',
      hint: 'Policy production allows the manager, group security, ada to decide.',
    });
  });

  it('nobody where the policy names nobody', () => {
    expect(refusal(() => mayDecide(GRACE, [policy({ stages: [oneStage([], 1)] })], circle(ADA))).code).toBe(
      'notApprover',
    );
  });

  it('is asked, the manager first, without the requester', () => {
    const people = [SAM, ADA, { ...SAM, id: 'kim' }, GRACE];
    const all = policy({ stages: [oneStage(['group:security', 'manager', 'group:engineers'], 1)] });
    expect(asked(people, [all])).toEqual(['grace', 'sam', 'kim']);
    expect(asked([ADA], [all])).toEqual([]);
  });

  it('under several policies is whoever may under one of them', () => {
    const [lead, guards] = [
      policy({ name: 'a', stages: [oneStage(['manager'], 1)] }),
      policy({ name: 'b', stages: [oneStage(['group:security'], 1)] }),
    ];
    for (const person of [GRACE, SAM]) expect(() => mayDecide(person, [lead, guards], circle(ADA))).not.toThrow();
    expect(refusal(() => mayDecide({ ...GRACE, id: 'kim' }, [lead, guards], circle(ADA))).hint).toBe(
      'Policy a, b allows the manager, group security to decide.',
    );
    expect(asked([SAM, GRACE], [guards, lead])).toEqual(['grace', 'sam']);
    expect(decidersOf([lead, guards])).toEqual(['manager', 'group:security']);
  });

  it('is told in words', () => {
    expect(approversText(['manager', 'group:security', 'person:ada'])).toBe('the manager, group security, ada');
  });
});

describe('the owner that a tag names', () => {
  it.each([
    ['azure:/subscriptions/1/resourcegroups/rg/providers/microsoft.compute/virtualmachines/web-1', 'lin'],
    ['aws:123456789012:eu-west-1:i-0123456789abcdef0', undefined],
  ] as const)('is found whatever case its name has where the cloud does so: %s', (id, owner) => {
    const owned = policy({ stages: [{ seats: [['owner:owner']] }] });
    expect(ownersTags({ id, tags: { Owner: 'lin' } }, [owned]).owner).toBe(owner);
  });
});

describe('what is still missing', () => {
  const KIM: Person = { id: 'kim', name: 'Kim', groups: ['security'] };
  const [lead, guards] = [
    policy({ name: 'lead', stages: [oneStage(['manager'], 1)] }),
    policy({ name: 'guards', stages: [oneStage(['group:security'], 2)] }),
  ];
  const of = (...people: readonly Person[]) =>
    lackOf(progress([lead, guards], ADA, people)).map((lack) => `${lackText(lack)} ${lack.have}`);

  it('is every policy’s own approvals, by its own approvers', () => {
    expect(of()).toEqual(['lead 0', 'guards 0']);
    expect(of(GRACE)).toEqual(['guards 0']);
    expect(of(GRACE, SAM)).toEqual(['guards 1']);
    expect(of(SAM, KIM)).toEqual(['lead 0']);
    expect(of(GRACE, SAM, KIM)).toEqual([]);
  });

  it('counts one person once in the whole request, where they are needed', () => {
    expect(of(GRACE, SAM, SAM)).toEqual(['guards 1']);
    const both = { ...GRACE, groups: ['security'] };
    expect(of(both)).toEqual(['guards 0']);
    expect(of(both, SAM)).toEqual(['guards 1']);
    expect(of(both, SAM, KIM)).toEqual([]);
    expect(of(SAM, KIM, both)).toEqual([]);
  });

  it('never counts whoever asks', () => {
    const own = policy({ stages: [oneStage(['person:ada', 'group:engineers'], 1)] });
    expect(lackOf(progress([own], ADA, [ADA]))).toMatchObject([{ needs: 1, have: 0 }]);
  });
});
