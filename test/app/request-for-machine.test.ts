import { expect, it } from 'vitest';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { phrased, plain } from '../../src/core/language/text.ts';
import type { Rule } from '../../src/core/rule/rule.ts';
import { MACHINE, SENDER, world } from './fixtures.ts';

const USERS = { ada: 'U1', grace: 'U2', otto: 'U9' } as const;

/** What is answered to a command in which ID is the request that Ada made before; and whether somebody looked at a rule. */
async function answered(who: keyof typeof USERS, typed: string) {
  const { deps, cloud } = world();
  const traced: Rule[] = [];
  Object.assign(cloud, {
    trace: async (rule: Rule) => {
      traced.push(rule);
      return { machine: MACHINE, ways: [] };
    },
  });
  const box = inbox(deps);
  const key = 'asked';
  await box.command({ ...SENDER, key }, 'request api-1 22 for 2h from 203.0.113.7 because x');
  const id = (await deps.store.live(10))[0]?.id ?? '';
  const answer = await box.command({ ...SENDER, user: USERS[who], key: 'then' }, typed.replaceAll('ID', id));
  const title = answer.report ? phrased(answer.report.title) : '';
  const said = [title, ...answer.lines.map(plain)].join(' ').trim().replaceAll(id, 'ID');
  return { said, traced, refused: answer.refused };
}

const RULE = { machine: MACHINE.id, port: { number: 22, protocol: 'tcp' }, source: '203.0.113.7/32' };

it.each([
  ['why ID', RULE],
  ['why https://drawbridge.example.com/board/lease/ID', RULE],
  ['why ID 443', { ...RULE, port: { number: 443, protocol: 'tcp' } }],
  ['why ID from 198.51.100.9', { ...RULE, source: '198.51.100.9/32' }],
])(
  'a request in the place of its machine, or the address of its page, is understood where something is only shown: %s',
  async (typed, rule) => {
    expect(await answered('ada', typed)).toMatchObject({ traced: [rule], refused: false });
  },
);

it('so is it where it is explained what a request would need', async () => {
  expect((await answered('ada', 'explain ID')).said).toMatch(/api-1/);
});

it.each([
  ['request ID 22 because y', ' Try `/jit again ID` or `/jit request api-1 22 because y`'],
  ['request ID because y', ' Try `/jit again ID` or `/jit request api-1 because y`'],
  // Without a reason, a form would open in which what was typed is gone.
  ['request ID', ' Try `/jit again ID` or `/jit request api-1`'],
  ['request ID ssh for 1h', ' Try `/jit again ID` or `/jit request api-1 22 for 1h`'],
  ['ssh https://drawbridge.example.com/board/lease/ID', ' Try `/jit again ID` or `/jit request api-1 22`'],
  ['break-glass ID', ' Try `/jit break-glass api-1`'],
  ['protect ID', ' Try `/jit protect api-1`'],
])('elsewhere it is said what to type: %s', async (typed, correction) => {
  const { said, refused } = await answered('ada', typed);
  expect([said, refused]).toEqual([
    `“ID” is a request for api-1, and this takes a machine. Nothing was done.${correction}`,
    true,
  ]);
});

it.each(['why ID', 'explain ID', 'request ID 22 because y', 'request ID', 'protect ID'])(
  'tells nobody of a request that is none of theirs: %s',
  async (typed) => {
    expect((await answered('otto', typed)).said).not.toContain('api-1');
  },
);

it('in the form of protecting, it is said as well', async () => {
  const { deps } = world();
  const box = inbox({ ...deps, rules: { ...deps.rules, protectors: ['person:grace', 'person:otto'] } });
  await box.command({ ...SENDER, key: 'asked' }, 'request api-1 22 for 2h from 203.0.113.7 because x');
  const id = (await deps.store.live(10))[0]?.id ?? '';
  const told = async (user: string) => {
    const form = await box.portsForm({ ...SENDER, user, key: 'then' }, id);
    return form.refusal === undefined ? '' : phrased(form.refusal);
  };
  expect(await told(USERS.grace)).toContain(`“${id}” is a request for api-1, and this takes a machine.`);
  expect(await told(USERS.otto)).not.toContain('api-1');
});
