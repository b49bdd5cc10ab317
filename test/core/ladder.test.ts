import { describe, expect, it } from 'vitest';
import { stageOf } from '../../src/config/stage.ts';
import { escalatesAt, quorumOf, remindersOf } from '../../src/core/policy/approval.ts';
import { ladderOf, reachedBy, rungTimes } from '../../src/core/policy/ladder.ts';
import { progressOf } from '../../src/core/policy/progress.ts';
import { type Circle, namedIn, stageKey } from '../../src/core/policy/stage.ts';
import { POLICY } from '../app/fixtures.ts';

const MINUTE = 60_000;
const ADA = { id: 'ada', name: 'Ada', groups: [], manager: 'grace' };
const LADDER = stageOf({
  anyOf: ['manager'],
  answerIn: 10 * MINUTE,
  // biome-ignore lint/suspicious/noThenProperty: a list, which nothing calls
  then: ['managersManager'],
  escalate: [
    { after: 20 * MINUTE, to: ['group:security'] },
    { after: 60 * MINUTE, to: ['person:kim', 'onCall:db'] },
  ],
});
const at = (now: number): Circle => ({ requester: ADA, tags: {}, onCall: new Map(), now });
const progress = (now: number) => progressOf([{ policy: 'production', stages: [LADDER] }], [], at(now), 0);

describe('a ladder', () => {
  it('lets others approve as well, step by step', () => {
    expect(ladderOf(LADDER).map(({ afterMs }) => afterMs / MINUTE)).toEqual([10, 20, 60]);
    expect(namedIn(LADDER)).toEqual(['manager', 'managersManager', 'group:security', 'person:kim', 'onCall:db']);
    const reached = (minutes: number) => reachedBy(LADDER, { since: 0 }, minutes * MINUTE);
    expect(reached(9)).toEqual([]);
    expect(reached(10)).toEqual(['managersManager']);
    expect(reached(59)).toEqual(['managersManager', 'group:security']);
    expect(reached(60)).toEqual(['managersManager', 'group:security', 'person:kim', 'onCall:db']);
    expect(reachedBy(LADDER, {}, 60 * MINUTE)).toEqual([]);
  });

  it('has a next step until there is none, and names whom it reached', () => {
    const next = (minutes: number) => escalatesAt(progress(minutes * MINUTE), minutes * MINUTE);
    expect([0, 10, 20, 59, 60].map(next)).toEqual([10, 20, 60, 60, undefined].map((one) => one && one * MINUTE));
    expect(quorumOf(progress(20 * MINUTE), 20 * MINUTE)[0]?.from).toBe(
      'the manager, or the manager’s manager, group security',
    );
  });

  const times: readonly (readonly [string, readonly number[], readonly number[]])[] = [
    ['nothing hurried', [], [10, 20, 60]],
    ['the next rung comes at once', [3], [3, 20, 60]],
    ['one rung each time', [3, 4], [3, 4, 60]],
    ['twice at once is two rungs', [3, 3], [3, 3, 60]],
    ['in whatever order it is kept', [4, 3], [3, 4, 60]],
    ['a rung that was reached is not the next one', [15], [10, 15, 60]],
    ['what was before the stage began says nothing', [-1], [10, 20, 60]],
    ['there is no rung after the last', [3, 4, 5, 6, 70], [3, 4, 5]],
  ];
  it.each(times)('may be hurried: %s', (_, hurried, expected) => {
    const begun = { since: 0, hurried: hurried.map((one) => one * MINUTE) };
    expect(rungTimes(LADDER, begun).map((one) => one / MINUTE)).toEqual(expected);
    for (const [i, time] of expected.entries())
      expect(reachedBy(LADDER, begun, time * MINUTE)).toEqual(
        ladderOf(LADDER)
          .filter((_rung, no) => no <= i || expected[no] === time)
          .flatMap(({ to }) => to),
      );
    expect(rungTimes(LADDER, { hurried: begun.hurried })).toEqual([]);
  });

  it('is hurried in the stage that is meant alone, for as long as that says the same', () => {
    const other = { ...LADDER, seats: [['group:leads'] as const] };
    const chains = [
      { policy: 'production', stages: [LADDER] },
      { policy: 'leads', stages: [other] },
    ];
    const open = progressOf(chains, [], at(0), 0).stages;
    const [first] = open;
    if (!first) throw new Error('no stage');
    const hurried = [{ stage: first.key, at: MINUTE }];
    const late = (stages: typeof chains) =>
      progressOf(stages, [], { ...at(MINUTE), hurried }, 0).stages.map((one) => reachedBy(one.stage, one, MINUTE));
    expect(late(chains)).toEqual([['managersManager'], []]);
    expect(late(chains.slice(1))).toEqual([[]]);
  });

  it('makes another stage of one without it, or with other times', () => {
    const other = { ...LADDER, rungs: [{ afterMs: 1, to: ['person:kim'] as const }] };
    const plain = stageOf({ anyOf: ['manager'] });
    expect(new Set([LADDER, other, plain].map(stageKey)).size).toBe(3);
  });
});

describe('reminders', () => {
  it('are those of the policies of open stages, in their order, each once, those that are over left out', () => {
    const policy = { ...POLICY, remindMs: [30 * MINUTE, 10 * MINUTE, 10 * MINUTE] };
    const times = (minutes: number) =>
      remindersOf(progress(minutes * MINUTE), [policy], minutes * MINUTE).map((one) => one / MINUTE);
    expect([0, 10, 29, 30].map(times)).toEqual([[10, 30], [30], [30], []]);
  });
});
