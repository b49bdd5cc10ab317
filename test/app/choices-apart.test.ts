import { expect, it } from 'vitest';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { MACHINE, SENDER, world } from './fixtures.ts';

const ID = 'aws:123456789012:eu-west-1:i-0123456789abcdef';

/** What the form offers to choose from, and what is found where somebody types. */
async function offered(names: readonly string[]) {
  const { cloud, deps } = world();
  cloud.machineList = names.map((name, i) => ({ ...MACHINE, id: `${ID}${i}`, name }));
  const box = inbox(deps);
  const [form, typed] = await Promise.all([box.form(SENDER), box.machines(SENDER, '')]);
  expect(typed).toEqual(form.machines);
  return form.machines.map(({ label }) => label).sort();
}

it('two machines of one name, in one account, are told apart where one is chosen', async () => {
  expect(await offered(['web-1', 'web-1', 'db-1'])).toEqual([
    'db-1',
    'web-1 (i-0123456789abcdef0)',
    'web-1 (i-0123456789abcdef1)',
  ]);
});

it('so are names that look the same, and long ones that begin alike', async () => {
  expect(await offered(['web-1', 'web-l'])).toEqual(['web-1 (i-0123456789abcdef0)', 'web-l (i-0123456789abcdef1)']);
  const long = await offered([`${'x'.repeat(120)}a`, `${'x'.repeat(120)}b`]);
  expect(new Set(long.map((label) => label.slice(0, 75))).size).toBe(2);
});

it('a name that came from a tag turns no letters round there', async () => {
  const [label] = await offered(['web\u202e1-bd\u2066']);
  expect(label).toBe('web 1-bd');
});

it('a name of which nothing can be seen is its id: a form with an empty choice opens for nobody', async () => {
  expect(await offered(['\u200b\u2800', 'db-1'])).toEqual(['db-1', 'i-0123456789abcdef0']);
});
