import { expect, it } from 'vitest';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { plain } from '../../src/core/language/text.ts';
import { MACHINE, SENDER, world } from './fixtures.ts';

const CUT = 'What you wrote is longer than 500 characters; what is kept of it ends with “…”.';
const GRACE = { ...SENDER, user: 'U2' } as const;

async function said(how: 'typed' | 'form' | 'press', length: number) {
  const { deps } = world();
  const box = inbox(deps);
  const words = 'y'.repeat(length);
  const filled = { machine: MACHINE.id, ports: ['22'], duration: '1h', source: '', justification: words };
  if (how === 'form') return (await box.submit({ ...SENDER, key: 'form' }, filled)).lines.map(plain);
  const because = how === 'typed' ? words : 'x';
  const asked = await box.command({ ...SENDER, key: 'typed' }, `request api-1 22 from 203.0.113.7 because ${because}`);
  if (how === 'typed') return asked.lines.map(plain);
  const [request] = await deps.store.live(1);
  const press = { verb: 'deny', request: request?.id ?? '', version: 1, reason: words } as const;
  return (await box.press({ ...GRACE, key: 'press' }, press)).lines.map(plain);
}

it.each(['typed', 'form', 'press'] as const)(
  'what is longer than can be kept is said to whoever wrote it: %s',
  async (how) => {
    expect(await said(how, 501)).toContain(CUT);
    expect(await said(how, 500)).not.toContain(CUT);
  },
);
