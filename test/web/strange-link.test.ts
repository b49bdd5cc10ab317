import { afterEach, beforeEach, expect, it } from 'vitest';
import { people } from '../../simulators/world.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { entriesOf } from '../app/audited.ts';
import { type PagesRig, pagesRig } from './rig.ts';

const { requester: ADA } = people;
let rig: PagesRig;
beforeEach(async () => {
  rig = await pagesRig();
});
afterEach(() => rig.stop());

it('a link that was not made here is listed, and taken away by security', async () => {
  await rig.links.keep({ slack: ADA.slackId, entra: ADA.entraId, name: ADA.name, at: 1 });
  const forged = new Set(['U0FORGED01']);
  const says = (text: string) => rig.says(ADA.slackId, text);
  Object.assign(rig.links, {
    strange: async () => [...forged],
    drop: async (slack: string) => void forged.delete(slack),
  });
  expect(await says('unlink U0FORGED01')).toContain('Only people of `security`');
  const { id } = (await rig.deps.directory.person('slack', ADA.slackId)) ?? { id: '' };
  Object.assign(rig.deps.rules, { security: [`person:${id}`] });
  expect(await says('link list')).toMatch(/^`U0FORGED01` .*`\/jit unlink U0FORGED01`.*\n.*Ada/s);
  expect([...forged]).toHaveLength(1);
  expect(await says('unlink U0FORGED01')).toContain('which this Drawbridge had not made, is gone');
  expect([...forged]).toEqual([]);
  const why = 'the Slack account U0FORGED01, by a link that was not made here';
  expect(entriesOf(rig.audit).at(-1)).toMatchObject({ event: 'unlink', outcome: 'done', as: 'security', why });
});

it('keeps nobody from Teams, whom Entra proves, and everybody from Slack who came by it', async () => {
  const notOurs = async () => {
    throw new JitError('linkNotOurs', { slack: ADA.slackId });
  };
  Object.assign(rig.links, { ofSlack: notOurs, ofEntra: notOurs });
  const { directory } = rig.deps;
  expect(await directory.person('teams', ADA.entraId)).toMatchObject({ name: ADA.name });
  expect((await directory.person('teams', ADA.entraId))?.slack).toBeUndefined();
  await expect(directory.person('slack', ADA.slackId)).rejects.toMatchObject({ code: 'linkNotOurs' });
});
