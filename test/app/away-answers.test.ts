import { expect, it } from 'vitest';
import { inbox } from '../../src/app/inbox/inbox.ts';
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
