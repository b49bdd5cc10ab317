import { expect, it } from 'vitest';
import { why } from '../../src/app/request/why.ts';
import { phrased, plain } from '../../src/core/language/text.ts';
import type { TraceStep } from '../../src/core/machine/trace.ts';
import type { Rule } from '../../src/core/rule/rule.ts';
import { ADA, MACHINE, world } from './fixtures.ts';

const SSH = { number: 22, protocol: 'tcp' } as const;
const HOME = '203.0.113.7/32';

function traced(...ways: readonly (readonly TraceStep[])[]) {
  const made = world();
  const asked: Rule[] = [];
  Object.assign(made.cloud, {
    trace: async (rule: Rule) => {
      asked.push(rule);
      return { machine: MACHINE, ways: ways.map((steps, i) => ({ to: `way ${i}`, steps })) };
    },
  });
  return { ...made, asked };
}
const passes: TraceStep = { at: 'group web', passing: 'passes', because: 'rule a allows it' };
const stopped: TraceStep = { at: 'group db', passing: 'stopped', because: 'rule b denies it', remedy: 'Ask for it.' };
const unclear: TraceStep = { at: 'admin rules', passing: 'unknown', because: 'they could not be read' };

const shown = async (made: ReturnType<typeof traced>) => {
  const { title, sections } = await why(made.deps, ADA, { machine: MACHINE.name, port: SSH, source: HOME });
  return [
    phrased(title),
    ...sections.flatMap(({ heading, rows }) => [phrased(heading), ...rows.map(({ line }) => plain(line))]),
  ];
};

it('tells the best way first, and nothing to change where one is open', async () => {
  const made = traced([passes, stopped], [passes]);
  expect(await shown(made)).toEqual([
    `22 of ${MACHINE.name} from 203.0.113.7: open`,
    'To way 1: open',
    '1. Passes: group web, rule a allows it.',
    'Other ways',
    'To way 0: blocked; group db, rule b denies it.',
  ]);
  expect(made.asked).toEqual([{ machine: MACHINE.id, port: SSH, source: HOME }]);
});

it('tells of blocked ways first the one where the least would have to change', async () => {
  const admin: TraceStep = { at: 'admin rules', passing: 'stopped', because: 'rule c denies it', remedy: 'Ask them.' };
  const made = traced([admin, stopped], [stopped, { ...stopped, at: 'group web' }], [unclear, admin, stopped]);
  expect(await shown(made)).toEqual([
    `22 of ${MACHINE.name} from 203.0.113.7: blocked`,
    'To way 1: blocked',
    '1. Stopped: group db, rule b denies it.',
    '2. Stopped: group web, rule b denies it.',
    'Other ways',
    'To way 0: blocked; admin rules, rule c denies it.',
    'To way 2: blocked; admin rules, rule c denies it.',
    'What would let it through',
    'group db, group web: Ask for it.',
  ]);
});

it('says what may still stop it when all was changed', async () => {
  expect((await shown(traced([unclear, stopped]))).slice(-2)).toEqual([
    'group db: Ask for it.',
    'Then it may still be stopped: nobody can tell of admin rules.',
  ]);
});

it('says what could lead there where nothing does', async () => {
  expect((await shown(traced())).slice(-2)).toEqual([
    'What would let it through',
    'A public address of the machine, a bastion, or a source in a connected network; Drawbridge makes none.',
  ]);
});

it('tells the least that would have to change, each remedy once', async () => {
  const made = traced([stopped, { ...stopped, at: 'group web' }]);
  expect((await shown(made)).slice(-2)).toEqual(['What would let it through', 'group db, group web: Ask for it.']);
});

it.each([
  ['nobody can tell', [[unclear]], 'nobody can tell'],
  ['it is blocked for sure, whatever is unknown', [[unclear, stopped]], 'blocked'],
  ['no way leads there', [], 'no way leads there'],
] as const)('%s', async (_, ways, said) => {
  expect((await shown(traced(...ways)))[0]).toBe(`22 of ${MACHINE.name} from 203.0.113.7: ${said}`);
});

it('is told only to those who may request the machine, or protect machines', async () => {
  const { deps } = traced([passes]);
  const ask = { machine: MACHINE.name, port: SSH, source: HOME };
  const rules = { ...deps.rules, policies: [] };
  await expect(why({ ...deps, rules }, ADA, ask)).rejects.toMatchObject({ code: 'noPolicy' });
  const protectors = ['person:ada'] as const;
  await expect(why({ ...deps, rules: { ...rules, protectors } }, ADA, ask)).resolves.toBeDefined();
  await expect(why({ ...deps, rules }, undefined, ask)).resolves.toBeDefined();
});

it('wants a source where none is known, and a cloud that can tell', async () => {
  const { deps } = traced([passes]);
  await expect(why(deps, undefined, { machine: MACHINE.name })).rejects.toMatchObject({ code: 'missingSource' });
  await expect(why(world().deps, ADA, { machine: MACHINE.name, source: HOME })).rejects.toMatchObject({
    code: 'noTrace',
  });
});

it('names a place once, however many of its rules stop it', async () => {
  const made = traced([stopped, { ...stopped, because: 'rule d denies it' }, unclear, unclear]);
  expect((await shown(made)).slice(-2)).toEqual([
    'group db: Ask for it.',
    'Then it may still be stopped: nobody can tell of admin rules.',
  ]);
});
