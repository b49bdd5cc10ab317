import { expect, it } from 'vitest';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { plain } from '../../src/core/language/text.ts';
import { groupId } from '../../src/core/request/group.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import { approved } from './approved.ts';
import { POLICY, SENDER } from './fixtures.ts';

const THERE = '198.51.100.9';
const POLICIES = [{ ...POLICY, moveWithin: [{ source: '198.51.100.0/24', sourceName: 'office' }] }];

async function open(policies = POLICIES) {
  const made = await approved({ policies });
  await made.converge();
  const room = inbox(made.deps);
  let asked = 0;
  const sender = () => {
    asked += 1;
    return { ...SENDER, key: `move-${asked}` };
  };
  const says = async (text: string) => (await room.command(sender(), text)).lines.map((line) => plain(line)).join(' ');
  const press = async (request = made.id) => {
    const answer = await room.press(sender(), { verb: 'move', request, version: 1 });
    return answer.lines.map((line) => plain(line)).join(' ');
  };
  return { ...made, says, press };
}

it('“I moved” stands on the card of the requester where it may be moved, and nowhere else', async () => {
  const verbs = async (policies: typeof POLICIES) => {
    const request = await (await open(policies)).load();
    return request && viewOf(request).buttons.map(({ verb }) => verb);
  };
  expect(await verbs(POLICIES)).toEqual(['extend', 'move', 'why', 'revoke']);
  expect(await verbs([POLICY as (typeof POLICIES)[number]])).toEqual(['extend', 'why', 'revoke']);
});

it('says what to type where no page sees the address (`missingMove`)', async () => {
  const { id, press, says } = await open();
  expect(await press()).toBe(
    `Which address do you connect from now? \`/jit move ${id} from <address>\` moves this access there.`,
  );
  expect(await says('move api-1')).toContain(`/jit move ${id} from <address>`);
  expect(await says(`move api-1 from ${THERE}`)).toContain(`Moved: api-1 opens from ${THERE} as soon as it is closed`);
  expect(await press()).toContain('This request is over: ');
});

it('is refused from the card of several, which moves nothing (`moveByItself`)', async () => {
  const { id, load, press } = await open();
  expect(await press(groupId(id))).toBe(
    'Each access is moved by itself. `/jit move <machine> from <address>` moves one.',
  );
  expect(await load()).toMatchObject({ status: 'active' });
});

it('may name a source that is one address, and none that is more', async () => {
  const { house, load, says } = await open();
  house.sources = new Map([
    ['desk', [`${THERE}/32`]],
    ['office', ['198.51.100.0/24']],
  ]);
  expect(await says('move api-1 from office')).toContain('is more than one');
  expect(await says('move api-1 from desk')).toContain(`opens from ${THERE}`);
  expect(await load()).toMatchObject({ status: 'closing' });
});
