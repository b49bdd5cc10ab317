import { expect, it } from 'vitest';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { told } from '../../src/app/inbox/told.ts';
import { plain } from '../../src/core/language/text.ts';
import { SENDER } from './fixtures.ts';
import { boatWorld } from './lifeboat-rig.ts';

it('who asks for anything while Redis cannot be written is told so', async () => {
  const made = boatWorld();
  made.become('away');
  await made.pass(11);
  for (const text of ['request api-1 ssh because deploy', 'list', 'revoke', 'approve aaaaaaa']) {
    const { lines } = await inbox(made.deps).command(SENDER, text);
    expect(lines.map(plain).join('\n'), text).toContain('cannot write to Redis');
  }
});

it('who waited in vain is told that it was given up, and not that something went wrong inside', async () => {
  const made = boatWorld();
  const { directory } = made.deps;
  const late = async () => {
    throw new DOMException('The operation was aborted due to timeout', 'TimeoutError');
  };
  const deps = { ...made.deps, directory: { ...directory, person: late } };
  expect(told(deps, await late().catch((error: unknown) => error)).code).toBe('gaveUp');
  const { lines } = await inbox(deps).command(SENDER, 'request api-1 ssh because deploy');
  expect(lines.map(plain).join('\n')).toMatch(
    /^Drawbridge gave this up: it took too long, or Drawbridge is being stopped\./,
  );
});
