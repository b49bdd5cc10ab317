import { describe, expect, it } from 'vitest';
import type { Person } from '../../src/core/people/person.ts';
import { isAtWork } from '../../src/core/people/work.ts';
import { progressOf } from '../../src/core/policy/progress.ts';
import { type Absences, routed } from '../../src/core/policy/routing.ts';
import type { Chain, Circle, Stage } from '../../src/core/policy/stage.ts';

const person = (id: string, more: Partial<Person> = {}): Person => ({ id, name: id, groups: [], ...more });
const ADA = person('ada', { manager: 'grace' });
const GRACE = person('grace');
const SAM = person('sam', { groups: ['security'] });
const KIM = person('kim', { groups: ['security'] });
const EVERYBODY = [ADA, GRACE, SAM, KIM];
const circle: Circle = { requester: ADA, tags: { owner: 'kim' }, onCall: new Map([['db', ['sam']]]), now: 1_000 };

function ask(absent: readonly string[], ...stages: readonly Stage[]) {
  const chains: readonly Chain[] = [{ policy: 'one', stages }];
  const absences: Absences = new Map(absent.map((id) => [id, 'away']));
  const { asked, leftOut } = routed(EVERYBODY, progressOf(chains, [], circle, 0), circle, absences);
  return { asked: asked.map(({ person: { id }, as }) => `${id} ${as}`), leftOut: leftOut.map(({ id }) => id) };
}

describe('who is asked', () => {
  it('is whoever the open stage means, each as what they are meant', () => {
    expect(ask([], { seats: [['manager', 'onCall:db', 'owner:owner', 'group:security']] })).toEqual({
      asked: ['grace manager', 'sam onCall:db', 'kim owner:owner'],
      leftOut: [],
    });
    expect(ask([], { seats: [['manager']] }, { seats: [['group:security']] }).asked).toEqual(['grace manager']);
  });

  it('is not whoever is away, where the others are enough', () => {
    expect(ask(['sam'], { seats: [['group:security']] })).toEqual({ asked: ['kim group:security'], leftOut: ['sam'] });
    const two = { seats: [['group:security'], ['group:security']] } as const;
    expect(ask(['sam'], two)).toEqual({ asked: ['sam group:security', 'kim group:security'], leftOut: [] });
  });

  it('is everybody where all are away', () => {
    expect(ask(['grace'], { seats: [['manager']] })).toEqual({ asked: ['grace manager'], leftOut: [] });
  });
});

describe('hours of work', () => {
  const work = { days: [1, 2, 3, 4, 5], fromMinute: 9 * 60, toMinute: 17 * 60, zone: 'Europe/Berlin' };
  it.each<[string, boolean]>([
    ['2026-03-16T07:59:00Z', false],
    ['2026-03-16T08:00:00Z', true],
    ['2026-03-16T15:59:00Z', true],
    ['2026-03-16T16:00:00Z', false],
    ['2026-03-15T12:00:00Z', false],
    ['2026-03-30T07:00:00Z', true],
  ])('at %s: %s', (at, is) => {
    expect(isAtWork(work, Date.parse(at))).toBe(is);
  });
});
