import { describe, expect, it } from 'vitest';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { plain } from '../../src/core/language/text.ts';
import { SENDER, world } from './fixtures.ts';

const ADAS = SENDER;
const GRACES = { ...SENDER, user: 'U2' };

async function shown(sender: typeof ADAS | typeof GRACES) {
  const box = inbox(world().deps);
  const page = await box.page(sender, 'list', 1);
  const home = await box.home(sender);
  const { lines } = await box.command(sender, 'list');
  return { pages: JSON.stringify([page, home]), said: lines.map(plain).join(' ') };
}

describe('whoever no policy lets request anything', () => {
  it('is offered nothing of it, and told what is shown there', async () => {
    const { pages, said } = await shown(GRACES);
    expect(said).toContain('You have no open or pending requests, and nothing waits for your decision.');
    expect(pages).not.toContain('"form"');
    expect(pages).toContain('What waits for your decision is shown here.');
  });

  it('is not whoever may, who is offered it', async () => {
    const { pages, said } = await shown(ADAS);
    expect(said).toContain('To request access: `/jit request <machine> because <reason>`');
    expect(pages.match(/"form":"Request access"/g)).toHaveLength(2);
  });
});
