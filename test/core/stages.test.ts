import { describe, expect, it } from 'vitest';
import type { Person } from '../../src/core/people/person.ts';
import { escalatesAt, lackText, quorumOf } from '../../src/core/policy/approval.ts';
import { type ApprovalGiven, lacking, progressOf } from '../../src/core/policy/progress.ts';
import { routed } from '../../src/core/policy/routing.ts';
import {
  type Approver,
  approversText,
  type Chain,
  type Circle,
  isOneOf,
  type Stage,
  stageText,
} from '../../src/core/policy/stage.ts';
import { ADA, GRACE, SAM, T0 } from './samples.ts';

const HOUR = 3_600_000;
const KIM: Person = { id: 'kim', name: 'Kim', groups: ['security'] };
const LIN: Person = { id: 'lin', name: 'Lin', groups: ['leads'] };
const EVERYBODY = [ADA, GRACE, SAM, KIM, LIN];
const circle = (patch: Partial<Circle> = {}): Circle => ({
  requester: ADA,
  tags: { owner: 'lin', team: 'group:security' },
  onCall: new Map([['db', ['kim']]]),
  now: T0,
  ...patch,
});
const chain = (policy: string, ...stages: readonly Stage[]): Chain => ({ policy, stages });
const any = (...words: readonly Approver[]): Stage => ({ seats: [words] });
const all = (...words: readonly Approver[]): Stage => ({ seats: words.map((word) => [word]) });
const given = (...people: readonly Person[]): readonly ApprovalGiven[] =>
  people.map((person, i) => ({ person, at: T0 + 60_000 * (i + 1) }));
const far = (chains: readonly Chain[], approvals: readonly ApprovalGiven[], now = T0) =>
  progressOf(chains, approvals, circle({ now }), T0);
const states = (chains: readonly Chain[], ...people: readonly Person[]) =>
  far(chains, given(...people)).stages.map(({ state, by }) => `${state} ${by.join()}`.trim());
const asks = (chains: readonly Chain[], ...people: readonly Person[]) =>
  routed(EVERYBODY, far(chains, given(...people)), circle(), new Map()).asked.map(({ person }) => person.id);

describe('stages', () => {
  const two = [chain('production', any('manager', 'onCall:db'), { seats: [['group:security'], ['group:security']] })];

  it('follow each other, and only the one that is open asks anybody', () => {
    expect(states(two)).toEqual(['open', 'later']);
    expect(asks(two)).toEqual(['grace', 'kim']);
    expect(states(two, GRACE)).toEqual(['done grace', 'open']);
    expect(asks(two, GRACE)).toEqual(['sam', 'kim']);
    expect(states(two, GRACE, SAM)).toEqual(['done grace', 'open sam']);
    expect(states(two, GRACE, SAM, KIM)).toEqual(['done grace', 'done sam,kim']);
  });

  it('take nobody who is not asked yet', () => {
    expect(states(two, SAM)).toEqual(['open', 'later']);
    expect(states(two, LIN)).toEqual(['open', 'later']);
  });

  it('count one human once in a whole request, in whatever stage that leads on', () => {
    expect(states(two, KIM, SAM)).toEqual(['done kim', 'open sam']);
    // Whoever could be in both makes room for somebody who could not.
    expect(states(two, KIM, SAM, GRACE)).toEqual(['done grace', 'done sam,kim']);
    const leads = { ...KIM, groups: ['leads', 'security'] };
    expect(states([chain('a', any('group:leads'), any('group:security'))], leads)).toEqual(['done kim', 'open']);
  });

  it('of all take one for each word', () => {
    const both = [chain('a', all('manager', 'group:security'))];
    expect(states(both, GRACE)).toEqual(['open grace']);
    expect(states(both, SAM, KIM)).toEqual(['open sam']);
    expect(states(both, SAM, GRACE)).toEqual(['done grace,sam']);
    expect(states([chain('a', all('group:security', 'person:sam'))], SAM, KIM)).toEqual(['done kim,sam']);
  });

  it('never take the requester, nor anybody who is disabled', () => {
    const own = [chain('a', any('person:ada', 'group:engineers', 'person:sam'))];
    expect(states(own, ADA)).toEqual(['open']);
    expect(states(own, { ...SAM, disabled: true })).toEqual(['open']);
    expect(asks(own)).toEqual(['sam']);
  });

  it('of several policies go side by side, and the same one is asked for once', () => {
    const side = [
      chain('ssh', any('manager'), any('group:leads')),
      chain('rdp', any('group:security'), any('group:leads')),
    ];
    expect(states(side)).toEqual(['open', 'later', 'open']);
    expect(states(side, GRACE)).toEqual(['done grace', 'open', 'open']);
    expect(states(side, SAM, LIN)).toEqual(['open', 'done lin', 'done sam']);
    expect(quorumOf(far(side, []), T0)[1]).toMatchObject({
      policy: 'ssh, rdp',
      stage: { no: 2, of: 2 },
      isLater: true,
    });
    const mirrored: readonly Chain[] = [
      chain('x', any('manager', 'group:leads')),
      chain('y', any('group:leads', 'manager')),
    ];
    expect(states(mirrored, LIN)).toEqual(['done lin']);
  });

  it('are two where one policy says the same twice, and shared with others one by one', () => {
    const security = any('group:security');
    const twice = [chain('a', security, security)];
    expect(states(twice)).toEqual(['open', 'later']);
    expect(states(twice, SAM)).toEqual(['done sam', 'open']);
    expect(states(twice, SAM, KIM)).toEqual(['done sam', 'done kim']);
    const with_ = [...twice, chain('b', any('manager'), security)];
    expect(far(with_, []).stages.map(({ policies }) => policies.join())).toEqual(['a,b', 'a', 'b']);
    expect(lacking(twice, [ADA, SAM], circle())).toMatchObject([{ no: 2, of: 2, needs: 1, have: 0 }]);
  });

  it('know the owner by a tag, and who is on call by a schedule; without either nobody is meant', () => {
    const by = (word: Approver, person: Person, patch: Partial<Circle> = {}) => isOneOf(person, [word], circle(patch));
    expect(by('owner:owner', LIN)).toBe(true);
    expect(by('owner:owner', SAM)).toBe(false);
    expect(by('owner:team', SAM)).toBe(true);
    expect(by('owner:none', LIN)).toBe(false);
    expect(by('owner:constructor', LIN)).toBe(false);
    for (const owner of ['', ' ', 'manager:x', 'two words', 'onCall:db', 'department:x'])
      expect([owner, by('owner:owner', LIN, { tags: { owner } })]).toEqual([owner, false]);
    expect(by('owner:owner', LIN, { tags: { owner: ' person:lin ' } })).toBe(true);
    expect(by('onCall:db', KIM)).toBe(true);
    expect(by('onCall:web', KIM)).toBe(false);
    expect(by('onCall:db', SAM)).toBe(false);
  });

  it('are told in words', () => {
    const words: readonly Approver[] = [
      'manager',
      'managersManager',
      'owner:team',
      'onCall:db',
      'person:sam',
      'entra:sre',
    ];
    expect(approversText(words)).toBe(
      'the manager, the manager’s manager, the owner (tag team), on call for db, sam, Entra group sre',
    );
    expect(stageText(all('manager', 'group:security'))).toBe('the manager and group security');
    expect(stageText({ seats: [['manager'], ['manager']] })).toBe('the manager');
  });
});

describe('a stage without an answer', () => {
  const stage: Stage = { seats: [['manager']], answerInMs: HOUR, later: ['group:security'] };
  const late = [chain('a', any('group:leads'), stage)];
  const lin = [{ person: LIN, at: T0 + HOUR }];

  it('lets others approve as well, so long after it began', () => {
    const sam = [...lin, { person: SAM, at: T0 + 3 * HOUR }];
    expect(far(late, sam, T0 + 2 * HOUR - 1).isDone).toBe(false);
    expect(far(late, sam, T0 + 2 * HOUR).isDone).toBe(true);
    expect(far(late, [...lin, { person: GRACE, at: T0 + 3 * HOUR }], T0 + 9 * HOUR).isDone).toBe(true);
  });

  it('asks them then, and is named with them', () => {
    const asked = (now: number) =>
      routed(EVERYBODY, far(late, lin, now), circle({ now }), new Map()).asked.map(({ person }) => person.id);
    expect(asked(T0 + 2 * HOUR - 1)).toEqual(['grace']);
    expect(asked(T0 + 2 * HOUR)).toEqual(['grace', 'sam', 'kim']);
    expect(escalatesAt(far(late, []), T0)).toBeUndefined();
    expect(escalatesAt(far(late, lin), T0)).toBe(T0 + 2 * HOUR);
    expect(escalatesAt(far(late, lin, T0 + 2 * HOUR), T0 + 2 * HOUR)).toBeUndefined();
    const from = (now: number) => quorumOf(far(late, lin, now), now)[1]?.from;
    expect(from(T0)).toBe('the manager');
    expect(from(T0 + 2 * HOUR)).toBe('the manager, or group security');
  });
});

describe('what too few people could fill', () => {
  const says = (chains: readonly Chain[], people: readonly Person[] = EVERYBODY) =>
    lacking(chains, people, circle()).map((lack) => `${lackText(lack)} ${lack.have} of ${lack.needs}`);

  it('is found before anybody is asked', () => {
    const three: Stage = { seats: [['group:security'], ['group:security'], ['group:security']] };
    expect(says([chain('a', any('manager'), three)])).toEqual(['a, stage 2 of 2, 2 of 3']);
    expect(says([chain('a', any('manager'))], [ADA])).toEqual(['a 0 of 1']);
    expect(says([chain('a', any('manager'))])).toEqual([]);
    // Each of them could be filled alone.
    expect(says([chain('a', any('person:sam')), chain('b', any('person:sam', 'owner:none'))])).toEqual(['b 0 of 1']);
    expect(says([chain('a', any('person:sam', 'person:kim')), chain('b', any('person:sam'))])).toEqual([]);
    expect(says([chain('a', { seats: [['owner:none']], answerInMs: HOUR, later: ['manager'] })])).toEqual([]);
  });
});
