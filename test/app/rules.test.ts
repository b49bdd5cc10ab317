import { describe, expect, it } from 'vitest';
import { codeOf } from '../../src/config/guarded.ts';
import { houseRules } from '../../src/config/house.ts';
import { configOf, SMALL } from '../config/files.ts';
import { refusal } from '../core/samples.ts';
import { memoryRuleRecords } from '../memory/rule-records.ts';
import { entriesOf } from './audited.ts';
import { code, GUARDED, LONGER, LONGEST, OWNED, started } from './rules-rig.ts';

const HOUR = 3_600_000;

describe('a changed configuration, where changes need approval', () => {
  it('is proposed, and is taken up once two owners approved it', async () => {
    const { keeper, told, act, longest, house, audit, begin } = await started(GUARDED);
    await begin();
    expect(() => keeper.mayOpen()).not.toThrow();
    expect(await keeper.propose(configOf(LONGER), LONGER)).toBe(true);
    expect(longest()).toBe(3 * HOUR);
    expect(told.map((one) => one.replace(/Requests since [^|]+/, 'Requests since then '))).toEqual([
      `C1 drawbridge.yaml was changed: approve the new rules? | 2 different owners have to approve it. Until then the rules stay as they were. Another change takes its place. | policies: changed one | Requests since then | 0 the same | What was refused when it was asked leaves no record. People, groups, machines, and who is on call are as they are now; protection and cloud roles are not looked at. | To approve, type \`/jit rules approve ${code(LONGER)}\`. | To reject, type \`/jit rules reject ${code(LONGER)}\`.`,
    ]);
    await expect(act('ada', 'approve', code(LONGER))).rejects.toMatchObject({ code: 'notRuleOwner' });
    await expect(act('sam', 'approve', 'abc')).rejects.toMatchObject({ code: 'noSuchRules' });
    expect(await act('sam', 'approve', code(LONGER))).toContain('1 of 2');
    expect(await act('sam', 'approve', code(LONGER))).toContain('1 of 2');
    expect(await act('kim')).toContain('has 1 of 2 approvals. | policies: changed one');
    await keeper.look();
    expect(longest()).toBe(3 * HOUR);
    expect(await act('kim', 'approve', code(LONGER))).toBe(
      'Approved by Sam and Kim. The new rules are in use within ten seconds.',
    );
    await keeper.look();
    expect(longest()).toBe(8 * HOUR);
    expect(codeOf(house.config)).toBe(code(LONGER));
    expect(told.at(-1)).toMatch(/^C1 The changed drawbridge.yaml was approved \| Version \w+, by Sam and Kim/);
    expect(entriesOf(audit).map(({ event, outcome, by, why }) => [event, outcome, by, why])).toEqual([
      ['rules', 'shown', 'configuration', `proposed rules ${code(LONGER)}`],
      ['rules', 'refused', 'ada', undefined],
      ['rules', 'done', 'sam', `approved rules ${code(LONGER)}`],
      ['rules', 'done', 'sam', `approved rules ${code(LONGER)}`],
      ['rules', 'done', 'kim', `approved rules ${code(LONGER)}`],
      ['rules', 'done', 'kim', `took rules ${code(LONGER)}`],
    ]);
  });

  it('takes the place of an older one, whose approvals count no more; one that says what holds voids it', async () => {
    const { keeper, act, records, begin } = await started(GUARDED);
    await begin();
    await keeper.propose(configOf(LONGER), LONGER);
    await act('sam', 'approve', code(LONGER));
    await keeper.propose(configOf(LONGEST), LONGEST);
    await expect(act('kim', 'approve', code(LONGER))).rejects.toMatchObject({ code: 'noSuchRules' });
    expect(await act('kim', 'approve', code(LONGEST))).toContain('1 of 2');
    expect(await keeper.propose(configOf(GUARDED), `${GUARDED}# a comment\n`)).toBe(false);
    expect(await records.proposed()).toBeUndefined();
    await keeper.propose(configOf(LONGER), LONGER);
    expect(await act('kim', 'reject', code(LONGER))).toMatch(/^Rejected/);
    expect(await records.proposed()).toBeUndefined();
  });

  it('does not count when a process starts with it: the approved one does, and an owner whom it names is none', async () => {
    const first = await started(GUARDED);
    await first.begin();
    const stolen = LONGER.replace('owners: [sam, kim]', 'owners: [ada, grace]').replace('approvals: 2', 'approvals: 1');
    const { keeper, longest, act, begin, records } = await started(stolen, first.records);
    const waiting = keeper.start(stolen, 1_000_000);
    expect(refusal(() => keeper.mayOpen()).code).toBe('rulesUnknown');
    waiting.stop();
    await begin();
    expect(longest()).toBe(3 * HOUR);
    expect(() => keeper.mayOpen()).not.toThrow();
    expect((await records.proposed())?.differences).toEqual([
      'groups: changed owners',
      'policyChanges: changed approvals',
      'policies: changed one',
    ]);
    await expect(act('ada', 'approve', code(stolen))).rejects.toMatchObject({ code: 'notRuleOwner' });
    // Nor one that switches it off.
    const off = OWNED.replace('    tell: [ops]', '    longest: 12h\n    tell: [ops]');
    const other = await started(off, first.records);
    await other.begin();
    expect(other.longest()).toBe(3 * HOUR);
  });

  it('that is approved and cannot be read any more lets nothing be opened', async () => {
    const records = memoryRuleRecords();
    await records.keepFirst({ code: 'x', text: 'nonsense', at: 1, by: [] });
    const { keeper, begin } = await started(GUARDED, records);
    await begin();
    expect(() => keeper.mayOpen()).toThrow(/cannot be read any more/);
  });

  it('is not switched on by a file where other rules are approved, and cannot be read', async () => {
    const records = memoryRuleRecords();
    await records.keepFirst({ code: 'x', text: 'not: a house', at: 1, by: [] });
    const { keeper, begin, longest } = await started(OWNED, records);
    await begin();
    expect(refusal(() => keeper.mayOpen()).code).toBe('rulesUnknown');
    await expect(keeper.propose(configOf(LONGEST), LONGEST)).rejects.toMatchObject({ code: 'rulesUnknown' });
    expect(longest()).toBe(3 * HOUR);
    expect(await records.approved()).toMatchObject({ code: 'x' });
    expect(refusal(() => keeper.mayOpen()).code).toBe('rulesUnknown');
  });

  it('may switch it off, and on again', async () => {
    const { keeper, act, house, begin } = await started(GUARDED);
    await begin();
    await keeper.propose(configOf(OWNED), OWNED);
    await act('sam', 'approve', code(OWNED));
    await act('kim', 'approve', code(OWNED));
    await keeper.look();
    expect(house.config.policyChanges).toBeUndefined();
    await expect(act('kim')).rejects.toMatchObject({ code: 'rulesNotGuarded' });
    expect(await keeper.propose(configOf(LONGER), LONGER)).toBe(false);
    await house.adopt(configOf(LONGER));
    await keeper.look();
    expect(codeOf(house.config)).toBe(code(LONGER));
    expect(await keeper.propose(configOf(GUARDED), GUARDED)).toBe(true);
  });

  it('is taken up by a process that runs on, and does not look at the file', async () => {
    const first = await started(GUARDED);
    await first.begin();
    const second = await started(GUARDED, first.records);
    await second.begin();
    await first.keeper.propose(configOf(LONGER), LONGER);
    await first.act('sam', 'approve', code(LONGER));
    await second.act('kim', 'approve', code(LONGER));
    await second.keeper.look();
    expect(second.longest()).toBe(8 * HOUR);
  });
});

it('without it, nothing is guarded', async () => {
  const { keeper, house, begin, records } = await started(SMALL);
  await begin();
  expect(() => keeper.mayOpen()).not.toThrow();
  expect(await keeper.propose(configOf(LONGER), LONGER)).toBe(false);
  expect(houseRules(house.config).policyChanges).toBeUndefined();
  expect((await records.approved())?.code).toBe(code(LONGER));
});
