import { describe, expect, it } from 'vitest';
import { isMeant, type Person, type Subject } from '../../src/core/people/person.ts';
import { approversFor, mayDecide, missing, subjectsText } from '../../src/core/policy/approval.ts';
import { ADA, GRACE, policy, refusal, SAM } from './samples.ts';

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

describe('who may decide', () => {
  it.each([
    ['the manager', GRACE],
    ['a member of a group', SAM],
  ])('%s', (_, person) => {
    expect(() => mayDecide(person, ADA, [policy()])).not.toThrow();
  });

  it('never the requester, whatever the policy says', () => {
    const own = policy({ approvers: ['person:ada', 'group:engineers', 'manager'] });
    expect(refusal(() => mayDecide(ADA, { ...ADA, manager: 'ada' }, [own]))).toEqual({
      code: 'ownRequest',
      say: 'You cannot decide your own request.',
      hint: 'Someone else has to; you can withdraw it.',
    });
  });

  it('nobody else', () => {
    expect(
      refusal(() => mayDecide(GRACE, SAM, [policy({ approvers: ['manager', 'group:security', 'person:ada'] })])),
    ).toEqual({
      code: 'notApprover',
      say: 'You may not decide this request.',
      hint: 'Policy production allows the manager, group security, ada to decide.',
    });
  });

  it('nobody where the policy names nobody', () => {
    expect(refusal(() => mayDecide(GRACE, ADA, [policy({ approvers: [] })])).code).toBe('notApprover');
  });

  it('is asked, the manager first, without the requester', () => {
    const people = [SAM, ADA, { ...SAM, id: 'kim' }, GRACE];
    const all = policy({ approvers: ['group:security', 'manager', 'group:engineers'] });
    expect(approversFor(people, ADA, [all]).map(({ id }) => id)).toEqual(['grace', 'sam', 'kim']);
    expect(approversFor([ADA], ADA, [all])).toEqual([]);
  });

  it('under several policies is whoever may under one of them', () => {
    const [lead, guards] = [
      policy({ name: 'a', approvers: ['manager'] }),
      policy({ name: 'b', approvers: ['group:security'] }),
    ];
    for (const person of [GRACE, SAM]) expect(() => mayDecide(person, ADA, [lead, guards])).not.toThrow();
    expect(refusal(() => mayDecide({ ...GRACE, id: 'kim' }, ADA, [lead, guards])).hint).toBe(
      'Policy a, b allows the manager, group security to decide.',
    );
    expect(approversFor([SAM, GRACE], ADA, [guards, lead]).map(({ id }) => id)).toEqual(['grace', 'sam']);
  });

  it('is told in words', () => {
    expect(subjectsText(['manager', 'group:security', 'person:ada'])).toBe('the manager, group security, ada');
  });
});

describe('what is still missing', () => {
  const KIM: Person = { id: 'kim', name: 'Kim', groups: ['security'] };
  const [lead, guards] = [
    policy({ name: 'lead', approvers: ['manager'] }),
    policy({ name: 'guards', approvers: ['group:security'], approvals: 2 }),
  ];
  const of = (...people: readonly Person[]) =>
    missing([lead, guards], ADA, people).map(({ policy: { name }, have }) => `${name} ${have}`);

  it('is every policy’s own approvals, by its own approvers', () => {
    expect(of()).toEqual(['lead 0', 'guards 0']);
    expect(of(GRACE)).toEqual(['guards 0']);
    expect(of(GRACE, SAM)).toEqual(['guards 1']);
    expect(of(SAM, KIM)).toEqual(['lead 0']);
    expect(of(GRACE, SAM, KIM)).toEqual([]);
  });

  it('counts one person once for a policy, and for each that they may decide', () => {
    expect(of(GRACE, SAM, SAM)).toEqual(['guards 1']);
    const both = { ...GRACE, groups: ['security'] };
    expect(of(both)).toEqual(['guards 1']);
    expect(of(both, SAM)).toEqual([]);
  });

  it('never counts whoever asks', () => {
    const own = policy({ approvers: ['person:ada', 'group:engineers'] });
    expect(missing([own], ADA, [ADA])).toEqual([{ policy: own, have: 0 }]);
  });
});
