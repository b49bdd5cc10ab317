import { expect, it } from 'vitest';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { begunReport, overReport } from '../../src/app/lifeboat/news.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { say } from '../../src/core/language/say.ts';
import { type Line, phrased } from '../../src/core/language/text.ts';
import { TONGUES } from '../../src/core/words/tongues.ts';
import { MACHINE, SENDER, world } from '../app/fixtures.ts';

const german = (lines: readonly Line[]) => lines.map((line) => phrased(say`${line}`, TONGUES.de)).join('\n');

it('several refusals in one answer are each in the language of whoever reads them', async () => {
  const { deps } = world();
  const { lines } = await inbox(deps).command(SENDER, 'revoke k7m3q9w p2x8v4t');
  for (const typed of ['k7m3q9w', 'p2x8v4t'])
    expect(german(lines)).toContain(german([new JitError('unknownRequest', { typed }).spans]));
});

it('so is that nothing waits', async () => {
  const { deps } = world();
  const { lines } = await inbox(deps).command(SENDER, 'pending');
  expect(german(lines)).toBe('Nichts wartet auf eine eigene Entscheidung.');
});

it('so is why a form does not know what is protected', async () => {
  const { deps, cloud } = world();
  cloud.look = async () => {
    throw new JitError('cloudBusy', { cloud: 'AWS' });
  };
  const { about } = await inbox(deps).form(SENDER, undefined, { machine: MACHINE.name });
  const { say: english } = new JitError('cloudBusy', { cloud: 'AWS' });
  expect(german(about?.lines ?? [])).toContain('AWS');
  expect(german(about?.lines ?? [])).not.toContain(english);
});

it('so is what channels are told while Redis cannot be written, and once it can', () => {
  const texts = [
    begunReport('host-1', undefined, new JitError('storeAway')),
    begunReport('host-1', new JitError('storeAway'), undefined),
    overReport('host-1', false, [], []),
    overReport('host-1', true, [], []),
  ].map(({ title, sections }) =>
    [phrased(title, TONGUES.de), german(sections.flatMap(({ rows }) => rows.map(({ line }) => line)))].join('\n'),
  );
  for (const text of texts) expect(text).not.toMatch(/\b(?:the|is|can|nothing|goes|ended)\b/);
});
