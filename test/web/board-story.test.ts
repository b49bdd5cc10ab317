import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { people } from '../../simulators/world.ts';
import { details } from '../../src/app/inbox/show.ts';
import { change, pending } from '../conformance/fixtures.ts';
import { ORIGIN, type PagesRig, pagesRig } from './rig.ts';

const { requester: ADA, outsider: OTTO } = people;
const STORY = `${ORIGIN}/board/lease/aaaaaaa`;
let rig: PagesRig;

beforeEach(async () => {
  rig = await pagesRig();
  for (const { slackId: slack, entraId: entra, name } of [ADA, OTTO])
    await rig.links.keep({ slack, entra, name, at: 1 });
  const { at } = await rig.store.now();
  const ada = (await rig.deps.directory.person('teams', ADA.entraId))?.id ?? '';
  const asked = pending('aaaaaaa', at, { requester: { id: ada, name: ADA.name } });
  await rig.store.save([change(asked, 0)]);
});
afterEach(() => rig.stop());

async function signedIn(path: string, name: string) {
  const browser = rig.browser();
  const door = await browser.open(path);
  expect(door.status).toBe(401);
  await browser.press(await browser.press(door, 'Sign in'), name);
  return browser.open(path.replace('/board/', '/board/api/'));
}

/** What Ada is told who presses Details on the card. */
async function told(): Promise<string> {
  const ada = await rig.deps.directory.person('slack', ADA.slackId);
  if (!ada) throw new Error('there is no Ada');
  return JSON.stringify(await details(rig.deps, ada, 'aaaaaaa'));
}

describe('the story of a request, from chat', () => {
  it('is one link away, behind the sign-in, and not for whom it does not concern', async () => {
    expect(await told()).toContain(STORY);
    const own = await signedIn(STORY, ADA.name);
    expect([own.status, JSON.parse(own.html).row.id]).toEqual([200, 'aaaaaaa']);
    expect((await signedIn(STORY, OTTO.name)).status).toBe(404);
  });

  it('is not offered where there is no board', async () => {
    Object.assign(rig.deps, { board: undefined });
    const said = await told();
    expect(said).toContain('web-1');
    expect(said).not.toContain('/board/');
  });
});
