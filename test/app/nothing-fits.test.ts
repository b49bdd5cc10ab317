import { expect, it } from 'vitest';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { plain } from '../../src/core/language/text.ts';
import { SENDER, world } from './fixtures.ts';

it.each([
  ['U1', 'extend api-1 1h', 'extend'],
  ['U1', 'revoke api-1', 'revoke'],
  ['U1', 'approve api-1', 'approve'],
  ['U2', 'extend api-1 1h', 'extend'],
])('a machine whose request waits is not said to have none: %s %s', async (user, typed, verb) => {
  const { deps } = world();
  const box = inbox(deps);
  await box.command({ ...SENDER, key: 'asked' }, 'request api-1 22 from 203.0.113.7 because x');
  const [request] = await deps.store.live(1);
  const { lines, refused } = await box.command({ ...SENDER, user, key: 'then' }, typed);
  const there = `There is nothing to ${verb} on api-1. Its request \`${request?.id}\`: waiting for a decision until 20:00 UTC.`;
  // Whoever made it ends it by another word.
  const instead = user === 'U1' && verb === 'revoke' ? ` Try \`/jit withdraw ${request?.id}\`` : '';
  const said = `${there} \`/jit show ${request?.id}\` says more.${instead}`;
  expect([lines.map(plain).join(' '), refused]).toEqual([said, true]);
});
