import { expect, it } from 'vitest';
import { Alarms } from '../../src/app/operators/alarms.ts';
import { pinOf } from '../../src/config/guarded.ts';
import type { ApprovedRules } from '../../src/core/policy/rule-change.ts';
import { restartExaminer, tellRestart } from '../../src/restart.ts';
import { configOf } from '../config/files.ts';
import { refusal } from '../core/samples.ts';
import { memoryRuleRecords } from '../memory/rule-records.ts';
import { code, GUARDED, LONGER, OWNED, started } from './rules-rig.ts';

const HOUR = 3_600_000;
/** Whoever is called Grace in Slack is somebody of another workspace. */
const ELSEWHERE = GUARDED.replace('teamId: T1', 'teamId: T2');
const TICKETS = `${GUARDED}tickets: { jira: { url: "https://jira.example/{ticket}", state: fields.status, open: [Open], closed: [Done] } }\n`;

it('a process that was started with other chats than are approved opens nothing, and nobody approves through it', async () => {
  const first = await started(GUARDED);
  await first.begin();
  const second = await started(ELSEWHERE, first.records);
  await second.begin();
  expect(refusal(() => second.keeper.mayOpen())).toMatchObject({ code: 'rulesUnknown' });
  expect(refusal(() => second.keeper.mayOpen()).say).toContain('a change that is not approved (slack)');
  expect(refusal(() => second.keeper.mayAgree())).toMatchObject({ code: 'rulesUnknown' });
  // Its owners are asked, and may say so through a process that was started with what is approved.
  expect((await first.records.proposed())?.differences).toEqual(['slack: changed teamId']);
  await first.act('sam', 'approve', code(ELSEWHERE));
  await first.act('kim', 'approve', code(ELSEWHERE));
  await first.keeper.look();
  expect(() => first.keeper.mayOpen()).not.toThrow();
  await second.keeper.look();
  expect(() => second.keeper.mayOpen()).not.toThrow();
});

it('what only a start takes up is proposed like all else, and what was approved is not proposed again', async () => {
  const { keeper, act, records, begin } = await started(GUARDED);
  await begin();
  expect(await keeper.propose(configOf(TICKETS), TICKETS)).toBe(true);
  await act('sam', 'approve', code(TICKETS));
  await act('kim', 'approve', code(TICKETS));
  await keeper.look();
  expect(() => keeper.mayOpen()).not.toThrow();
  expect(await keeper.propose(configOf(TICKETS), `${TICKETS}# a comment\n`)).toBe(false);
  expect(await records.proposed()).toBeUndefined();
});

it('what owners approved that only a start takes up is said to wait for one, to operators once and to the doctor', async () => {
  const { keeper, house, act, begin, deps, told } = await started(GUARDED);
  const alarms = new Alarms(deps);
  const after = () => tellRestart(alarms, house);
  await begin();
  await keeper.propose(configOf(TICKETS), TICKETS);
  await act('sam', 'approve', code(TICKETS));
  await act('kim', 'approve', code(TICKETS));
  await keeper.look(after);
  await keeper.look(after);
  expect(house.waiting).toEqual(['tickets']);
  expect(await restartExaminer(house).examine([], AbortSignal.timeout(1_000))).toMatchObject([
    { verdict: 'unknown', means: 'Changed, and taken up at the next start: tickets.', remedy: 'Restart Drawbridge.' },
  ]);
  expect(told.filter((text) => text.includes('where a restart is needed'))).toHaveLength(1);
});

it('an empty Redis takes no first file where those of the installation are approved under another prefix', async () => {
  for (const text of [GUARDED, OWNED]) {
    const records = { ...memoryRuleRecords(), elsewhere: async () => 'drawbridge' };
    const { keeper, begin } = await started(text, records);
    await begin();
    expect(refusal(() => keeper.mayOpen()).say).toContain('approved under `redis.prefix: drawbridge`');
    expect(await records.approved()).toBeUndefined();
  }
});

it('where the environment names the first rules, no others are the first, wherever a file says that they are kept', async () => {
  const pin = pinOf(configOf(GUARDED));
  const right = await started(GUARDED, undefined, { pin });
  await right.begin();
  expect(() => right.keeper.mayOpen()).not.toThrow();
  for (const text of [LONGER, OWNED, `${GUARDED}redis: { prefix: other }\n`]) {
    const { keeper, begin, records } = await started(text, undefined, { pin });
    await begin();
    expect(refusal(() => keeper.mayOpen()).say).toContain('DRAWBRIDGE_RULES');
    expect(await records.approved()).toBeUndefined();
  }
  // What its owners approved since counts.
  await right.keeper.propose(configOf(LONGER), LONGER);
  await right.act('sam', 'approve', code(LONGER));
  await right.act('kim', 'approve', code(LONGER));
  const next = await started(LONGER, right.records, { pin });
  await next.begin();
  expect(() => next.keeper.mayOpen()).not.toThrow();
  expect(next.longest()).toBe(8 * HOUR);
});

it('older rules that a store came back with do not count: the newest that are known are put back, and operators are told', async () => {
  const records = memoryRuleRecords();
  let file: ApprovedRules | undefined;
  const keep = async (rules: ApprovedRules) => {
    file = rules;
  };
  const memory = { recall: async () => file, keep };
  const { keeper, act, begin, clock, longest, told } = await started(LONGER, records, { memory });
  await begin();
  const before = await records.approved();
  clock.advance(1_000);
  await keeper.propose(configOf(GUARDED), GUARDED);
  await act('sam', 'approve', code(GUARDED));
  await act('kim', 'approve', code(GUARDED));
  await keeper.look();
  expect(file).toMatchObject({ code: code(GUARDED) });

  if (before) await records.putBack(before);
  await keeper.look();
  expect([longest(), (await records.approved())?.code]).toEqual([3 * HOUR, code(GUARDED)]);
  expect(told.at(-1)).toContain(`Version ${code(GUARDED)}, approved last as far as is known here, was put back.`);
  // Nor is the file of a process that starts the first one, where the store lost all.
  const next = await started(LONGER, memoryRuleRecords(), { memory });
  await next.begin();
  expect([next.longest(), (await next.records.approved())?.code]).toEqual([3 * HOUR, code(GUARDED)]);
});

it('what a process proposed that died before it told its owners is told by the next one, once', async () => {
  const first = await started(GUARDED);
  await first.begin();
  const { at } = await first.deps.store.now();
  await first.records.propose({ code: code(LONGER), text: LONGER, at, differences: ['policies: changed one'] });
  await first.keeper.propose(configOf(LONGER), LONGER);
  await first.keeper.propose(configOf(LONGER), `${LONGER}# a comment\n`);
  expect(first.told.filter((one) => one.includes('approve the new rules?'))).toHaveLength(1);
});
