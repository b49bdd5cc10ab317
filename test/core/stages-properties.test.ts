import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Person } from '../../src/core/people/person.ts';
import { lackOf } from '../../src/core/policy/approval.ts';
import { type ApprovalGiven, lacking, progressOf } from '../../src/core/policy/progress.ts';
import { type Approver, type Chain, type Circle, isOneOf, type Stage } from '../../src/core/policy/stage.ts';
import { often } from '../setup/lane.ts';
import { ADA, T0 } from './samples.ts';

const HOUR = 3_600_000;
const circle = (now = T0): Circle => ({
  requester: ADA,
  tags: { owner: 'lin' },
  onCall: new Map([['db', ['kim']]]),
  now,
});
const given = (...people: readonly Person[]): readonly ApprovalGiven[] =>
  people.map((person, i) => ({ person, at: T0 + 60_000 * (i + 1) }));
const far = (chains: readonly Chain[], approvals: readonly ApprovalGiven[], now = T0) =>
  progressOf(chains, approvals, circle(now), T0);

const WORDS: readonly Approver[] = [
  'manager',
  'person:sam',
  'person:ada',
  'group:security',
  'group:leads',
  'owner:owner',
  'onCall:db',
];
const anyStage: fc.Arbitrary<Stage> = fc
  .tuple(
    fc.array(fc.subarray([...WORDS], { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 2 }),
    fc.option(fc.subarray([...WORDS], { minLength: 1 })),
  )
  .map(([seats, later]) => ({ seats, ...(later ? { later, answerInMs: HOUR } : {}) }));
const anyChains: fc.Arbitrary<readonly Chain[]> = fc
  .array(fc.array(anyStage, { maxLength: 2 }), { minLength: 1, maxLength: 2 })
  .map((lists) => lists.map((stages, i) => ({ policy: `p${i}`, stages })));
const anyHuman: fc.Arbitrary<Person> = fc.record({
  id: fc.constantFrom('ada', 'grace', 'sam', 'kim', 'lin'),
  name: fc.constant('x'),
  groups: fc.subarray(['security', 'leads']),
});
/** One record for each human. */
const humans = fc.uniqueArray(anyHuman, { selector: ({ id }) => id, maxLength: 5 });
const when = fc.constantFrom(T0, T0 + HOUR, T0 + 9 * HOUR);

/** Written from the text alone: is there any way to give each seat of each stage another human who may take it? */
function canAllSit(chains: readonly Chain[], people: readonly Person[], isLate: boolean): boolean {
  const means = (word: string, { id, groups }: Person) => {
    const [kind, name = ''] = word.split(':');
    if (kind === 'group') return groups.includes(name);
    const one = { manager: 'grace', owner: 'lin', onCall: 'kim', person: name }[kind ?? ''];
    return one === id;
  };
  const canon = (stage: Stage) =>
    `${stage.seats
      .map((words) => [...words].sort().join(' '))
      .sort()
      .join('|')}>${[...(stage.later ?? [])].sort().join(' ')}`;
  // What several policies say counts once; what one policy says twice, twice.
  const unique = new Map(
    chains.flatMap(({ stages }) =>
      stages.map((stage, i) => {
        const nth = stages.slice(0, i).filter((other) => canon(other) === canon(stage)).length;
        return [`${canon(stage)} ${nth}`, stage] as const;
      }),
    ),
  );
  const seats = [...unique.values()].flatMap(({ seats: own, later = [] }) =>
    own.map((words) => [...words, ...(isLate ? later : [])]),
  );
  const sit = (at: number, used: readonly string[]): boolean => {
    const words = seats[at];
    if (!words) return true;
    return people.some(
      (person) =>
        person.id !== 'ada' &&
        !used.includes(person.id) &&
        words.some((word) => means(word, person)) &&
        sit(at + 1, [...used, person.id]),
    );
  };
  return sit(0, []);
}

const runs = { numRuns: often(1_500, 40_000) };
const isDone = (chains: readonly Chain[], approvals: readonly ApprovalGiven[], now: number) =>
  far(chains, approvals, now).isDone;

describe('for any stages and any approvals', () => {
  it('they are enough exactly where each seat has another human, as an oracle says that shares no code', () => {
    fc.assert(
      fc.property(anyChains, humans, (chains, people) => {
        expect(isDone(chains, given(...people), T0)).toBe(canAllSit(chains, people, false));
        expect(lacking(chains, people, circle()).length === 0).toBe(canAllSit(chains, people, true));
      }),
      runs,
    );
  });

  it('nobody has two seats, and nobody sits who may not', () => {
    fc.assert(
      fc.property(anyChains, humans, when, (chains, people, now) => {
        const { stages } = far(chains, given(...people), now);
        const seated = stages.flatMap(({ by }) => by);
        expect(new Set(seated).size).toBe(seated.length);
        expect(seated).not.toContain('ada');
        for (const { by, stage, state } of stages) {
          const words = [...stage.seats.flat(), ...(stage.later ?? [])];
          for (const id of by) expect(people.some((one) => one.id === id && isOneOf(one, words, circle()))).toBe(true);
          expect(state === 'done').toBe(by.length === stage.seats.length);
          if (state === 'later') expect(by).toEqual([]);
        }
      }),
      runs,
    );
  });

  it('fewer approvers, fewer approvals and less time never let more through', () => {
    fc.assert(
      fc.property(anyChains, humans, when, fc.nat(), (chains, people, now, n) => {
        const without = people.toSpliced(n % (people.length + 1), 1);
        if (isDone(chains, given(...without), now)) expect(isDone(chains, given(...people), now)).toBe(true);
        const word = WORDS[n % WORDS.length];
        const fewer = chains.map(({ policy, stages }) => ({
          policy,
          stages: stages.map(({ seats, ...stage }) => ({
            ...stage,
            seats: seats.map((own) => own.filter((one) => one !== word)),
          })),
        }));
        // Two stages may become one by that, which asks for less: these are left out.
        const count = (list: readonly Chain[]) => far(list, []).stages.length;
        if (count(fewer) === count(chains) && isDone(fewer, given(...people), now))
          expect(isDone(chains, given(...people), now)).toBe(true);
        if (isDone(chains, given(...people), T0)) expect(isDone(chains, given(...people), now)).toBe(true);
      }),
      runs,
    );
  });

  it('more that is asked for never needs less: each policy more is its stages more', () => {
    fc.assert(
      fc.property(anyChains, anyChains, humans, when, (chains, more, people, now) => {
        const both = [...chains, ...more.map((one, i) => ({ ...one, policy: `q${i}` }))];
        if (isDone(both, given(...people), now)) expect(isDone(chains, given(...people), now)).toBe(true);
      }),
      runs,
    );
  });

  it('neither the order of words and groups, nor of approvals given at once, matters', () => {
    fc.assert(
      fc.property(anyChains, humans, when, (chains, people, now) => {
        const mirrored = chains.map(({ policy, stages }) => ({
          policy,
          stages: stages.map(({ seats, ...stage }) => ({ ...stage, seats: seats.map((own) => own.toReversed()) })),
        }));
        const other = people.map((one) => ({ ...one, groups: one.groups.toReversed() })).toReversed();
        const missing = (list: readonly Chain[], who: readonly Person[]) =>
          lackOf(
            far(
              list,
              who.map((person) => ({ person, at: T0 })),
              now,
            ),
          ).length > 0;
        expect(missing(mirrored, other)).toBe(missing(chains, people));
      }),
      runs,
    );
  });
});
