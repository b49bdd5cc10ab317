import { expect, it, onTestFinished } from 'vitest';
import { people } from '../../simulators/world.ts';
import { ORIGIN, pagesRig } from './rig.ts';

const { requester: ADA } = people;
const BOARD = `${ORIGIN}/board`;

it('comes back from the sign-in to the page that was asked for, also where ids in its address are long', async () => {
  const vm = `azure:/subscriptions/${'s'.repeat(36)}/resourcegroups/${'g'.repeat(90)}/providers/microsoft.compute/virtualmachines/${'v'.repeat(64)}`;
  const query = new URLSearchParams({
    machine: vm,
    q: 'web*',
    from: '1764000000000',
    person: `person-${'p'.repeat(60)}`,
  });
  const rig = await pagesRig();
  onTestFinished(() => rig.stop());
  await rig.links.keep({ slack: ADA.slackId, entra: ADA.entraId, name: ADA.name, at: 1 });
  const browser = rig.browser();
  const door = await browser.open(`${BOARD}/timeline?${query}`);
  const provider = await browser.press(door, 'Sign in');
  await browser.press(provider, ADA.name);
  expect(browser.visited.at(-1)).toBe(`${BOARD}/timeline?${query}`);
});
