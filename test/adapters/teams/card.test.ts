import fc from 'fast-check';
import markdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import { cardOf } from '../../../adapters/teams/card.ts';
import { formCard, takenCard } from '../../../adapters/teams/form.ts';
import { asBlock, asRun, breakable, cut, inMessage } from '../../../adapters/teams/text.ts';
import { checkCard } from '../../../simulators/teams/card-check.ts';
import { pressButton } from '../../../simulators/teams/card-press.ts';
import type { Line } from '../../../src/core/language/text.ts';
import { ENGLISH } from '../../../src/core/language/text.ts';
import { viewOf } from '../../../src/core/view/projection.ts';
import { type Note, type Tone, VERBS, type View } from '../../../src/core/view/view.ts';
import type { Choice, Form } from '../../../src/ports/inbox.ts';
import { longest } from '../../core/longest.ts';
import { viewFor } from './harness.ts';

type Json = Record<string, unknown>;
const at = Date.UTC(2030, 0, 7, 14, 5);
const tones: Tone[] = ['waiting', 'opening', 'open', 'closing', 'closed', 'notice', 'refused', 'alarm'];

const text = fc.string({ unit: 'grapheme', maxLength: 600 });
const nasty = fc.constantFrom(
  '*_[]()`~<>#\\&lt;'.repeat(60),
  '"\\'.repeat(300),
  '👩‍🚒'.repeat(200),
  '{{TIME(x)}}'.repeat(50),
);
const line: fc.Arbitrary<Line> = fc.array(
  fc.oneof(
    text,
    nasty,
    fc.record({ at: fc.integer({ min: 0, max: 4e12 }) }),
    fc.record({ person: text, name: fc.oneof(text, nasty) }),
  ),
  { maxLength: 6 },
);
const anyView: fc.Arbitrary<View> = fc.record({
  request: fc.string({ maxLength: 20 }),
  version: fc.nat(),
  tone: fc.constantFrom(...tones),
  title: fc.oneof(text, nasty),
  status: line,
  summary: line,
  brief: fc.array(line, { maxLength: 6 }),
  people: fc.array(line, { maxLength: 6 }),
  facts: fc.array(fc.record({ label: fc.string({ maxLength: 60 }), value: line }), { maxLength: 30 }),
  justification: fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 500 }),
    nasty.map((long) => long.slice(0, 500)),
  ),
  remarks: fc.array(fc.record({ by: fc.record({ person: text, name: nasty }), text: fc.oneof(text, nasty) }), {
    maxLength: 8,
  }),
  notes: fc.array(fc.record({ tone: fc.constantFrom('info', 'warning', 'alarm'), text: line }), { maxLength: 30 }),
  buttons: fc.uniqueArray(
    fc.record({
      verb: fc.constantFrom(...VERBS),
      label: text,
      style: fc.constantFrom('primary' as const, 'danger' as const, 'plain' as const),
      confirm: fc.option(text, { nil: undefined }),
    }),
    { selector: ({ verb }) => verb },
  ),
  announce: text,
  headline: line,
});

describe('a card', () => {
  it('is valid and far below what Teams takes, whatever it shows', () => {
    fc.assert(
      fc.property(anyView, (view) => {
        const card = cardOf(view, 'n'.repeat(12));
        expect(checkCard(card)).toEqual([]);
        expect(Buffer.byteLength(JSON.stringify(card))).toBeLessThan(28_000);
      }),
      { numRuns: 150 },
    );
  });

  it.each(longest().map((request) => [request.status, request] as const))(
    'fits with the longest of everything: %s',
    (_, request) => {
      const view = viewOf(request);
      const card = cardOf(view, 'n'.repeat(12));
      expect(checkCard(card)).toEqual([]);
      expect(Buffer.byteLength(JSON.stringify(card))).toBeLessThan(28_000);
      // What people wrote is whole.
      const shown = JSON.stringify(card.body);
      for (const said of [view.justification, ...view.remarks.map(({ text: words }) => words)])
        expect(shown).toContain(JSON.stringify(asRun(said)).slice(1, -1));
    },
  );

  it('shows each kind of note in a sign of its own, and what people wrote as theirs', () => {
    const notes = (['info', 'warning', 'alarm'] as const).map((tone): Note => ({ tone, text: [`${tone} note`] }));
    const remarks = [{ by: { person: 'grace', name: 'Grace' }, text: 'not *now*' }];
    const shown = JSON.stringify(cardOf(viewFor({ notes, remarks })).body);
    for (const words of ['ℹ️ info note', '⚠️ warning note', '🚨 alarm note', 'Grace: ', '“not *now*”'])
      expect(shown).toContain(words);
  });

  it('lets nothing in its band be paler than the theme’s own text', () => {
    for (const tone of tones) expect(JSON.stringify(cardOf(viewFor({ tone })).body)).not.toContain('"color"');
  });

  it.each(tones)('says in words and in a sign of its own how it stands: %s', (tone) => {
    const card = JSON.stringify(cardOf(viewFor({ tone, status: ['Stands so'] })).body);
    expect(card).toContain('Stands so');
    const signs = tones.map((one) => signOf(cardOf(viewFor({ tone: one }))));
    expect(new Set(signs).size).toBe(tones.length);
  });

  it('shows instants by the reader’s clock, people by name and everything to a screen reader', () => {
    const notes: Note[] = [{ tone: 'warning', text: ['Since ', { at }, ' by ', { person: 'grace', name: 'Grace' }] }];
    const card = cardOf(viewFor({ status: ['Open until ', { at }], notes }));
    const shown = JSON.stringify(card.body);
    expect(shown).toContain('Open until {{DATE(2030-01-07T14:05:00Z,SHORT)}}, {{TIME(2030-01-07T14:05:00Z)}}"');
    expect(shown).toContain('⚠️ Since {{DATE(2030-01-07T14:05:00Z,SHORT)}}, {{TIME(2030-01-07T14:05:00Z)}} by Grace');
    expect(card.speak).toBe(
      'Ada Okafor asks for access to web-1: Open until 7 Jan, 14:05 UTC. Port 22 (SSH) from 203.0.113.7 for 1 h. Azure, westeurope, rg-prod. “deploy 4711” Asked: Grace Lindqvist. Since 7 Jan, 14:05 UTC by Grace',
    );
    expect(card.fallbackText).toContain('Open until 7 Jan, 14:05 UTC');
    expect(card.lang).toBe('en');
  });

  it('wraps every text and gives every input its words', () => {
    const parts = partsOf(cardOf(viewFor({ notes: [{ tone: 'info', text: ['x'] }] })));
    for (const part of parts.filter(({ type }) => type === 'TextBlock')) expect(part.wrap).toBe(true);
    for (const part of parts.filter(({ type }) => `${type}`.startsWith('Input.')))
      expect(part).toMatchObject({ label: expect.stringMatching(/./), errorMessage: expect.stringMatching(/./) });
  });

  it('says how many notes it has no room for', () => {
    const notes = Array.from({ length: 20 }, (_, i): Note => ({ tone: 'info', text: [`note ${i}`] }));
    const card = JSON.stringify(cardOf(viewFor({ notes })).body);
    expect(card).toContain('note 4');
    expect(card).not.toContain('note 5');
    expect(card).toContain('… and 15 more like these.');
  });

  it('sends the request, its version and its nonce with every button, and inputs with none but a denial', () => {
    const card = { ...cardOf(viewFor(), 'n1') };
    const data = { r: 'k7m2p9q', v: 1, n: 'n1' };
    expect(pressButton(card, { verb: 'approve' })).toMatchObject({ action: { data } });
    expect(pressButton(card, { verb: 'withdraw' })).toMatchObject({ action: { data } });
    expect(pressButton(card, { verb: 'deny' })).toEqual({ complaint: 'Enter a reason.' });
    const denied = pressButton(card, { verb: 'deny', inputs: { reason: 'no' } });
    expect(denied).toMatchObject({ action: { data: { ...data, reason: 'no' } } });
  });

  it('shows what a decision needs, and the rest where its button is pressed', () => {
    const { body, actions } = cardOf(viewFor());
    const details = partsOf(body).find(({ id }) => id === 'details');
    expect(details?.isVisible).toBe(false);
    expect(JSON.stringify(details)).toContain('**Machine:** web-1');
    expect((actions as Json[]).at(-1)).toMatchObject({ type: 'Action.ToggleVisibility', targetElements: ['details'] });
    const shown = JSON.stringify((body as Json[]).filter(({ isVisible }) => isVisible !== false));
    for (const words of ['Port 22 (SSH) from 203.0.113.7 for 1 h', 'Azure, westeurope, rg-prod', 'Asked: Grace'])
      expect(shown).toContain(words);
    expect(shown).not.toContain('Machine');
  });
});

describe('a form', () => {
  const choices = (count: number): Choice[] =>
    Array.from({ length: count }, (_, i) => ({ value: `${i}`, label: `m${i}` }));
  const form = (machines: number): Form => ({
    machines: choices(machines),
    typeAhead: false,
    ports: choices(5),
    durations: choices(11),
  });

  it.each([0, 1, 10, 11, 100])('is valid with %i machines', (machines) => {
    expect(checkCard(formCard(form(machines), { id: 'f' }))).toEqual([]);
  });

  it('says which names may stand for a source', () => {
    const card = formCard({ ...form(1), sources: ['office', 'vpn'] }, { id: 'f' });
    expect(checkCard(card)).toEqual([]);
    expect(JSON.stringify(card)).toContain('Source: an address, or office, vpn');
  });

  it('is valid with faults and anything typed', () => {
    fc.assert(
      fc.property(text, line, (typed, trouble) => {
        const filled = { machine: typed, ports: [typed], duration: typed, source: typed, justification: typed };
        const faults = { machine: typed, source: typed };
        const card = formCard({ ...form(0), typeAhead: true }, { id: 'f', typed: filled, faults, trouble: [trouble] });
        expect(checkCard(card)).toEqual([]);
        expect(checkCard(takenCard([trouble], 'Requested', ENGLISH))).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });
});

/** The renderer that the desktop and the demo page use. */
const markdown = markdownIt({ html: true });
const visible = (html: string) =>
  html
    .replace(/<\/?p>/g, '')
    .trim()
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&');

describe('what people wrote', () => {
  it.each([
    '*bold* _italic_ **b** __i__ ~~s~~',
    '[link](https://evil.example) ![i](x)',
    '- no list',
    '+ no list',
    '1. no list',
    '12) no list',
    '> no quote',
    '# no heading',
    'back\\slash web_1_prod',
    '&lt;b&gt; &#42; AT&T',
    'load < 3 and > 1, a <- b',
  ])('is shown as written in a card: %s', (typed) => {
    expect(visible(markdown.render(asBlock(typed)))).toBe(typed);
  });

  it.each([
    ['ssh <user>@198.51.100.4', 'ssh ‹user›@198.51.100.4'],
    ['<at>Grace</at> <b>x</b> <!-- y --> <img src=x', '‹at›Grace‹/at› ‹b›x‹/b› ‹!-- y --› ‹img src=x'],
  ])('is shown as words in a card where it looks like a tag: %s', (typed, shown) => {
    expect(visible(markdown.render(asBlock(typed)))).toBe(shown);
  });

  it.each([
    ['*bold* [link](https://evil.example) <at>Grace</at>', '*bold* [link](https://evil.example) ‹at›Grace‹/at›'],
    ['<script>x</script> &lt;b&gt;', '‹script›x‹/script› & lt;b& gt;'],
    ['x ` y', 'x ` y'],
  ])('is shown as words in a message: %s', (typed, shown) => {
    expect(visible(markdown.render(inMessage([`“${typed}”`])))).toBe(`“${shown}”`);
  });

  it('may be broken where rich text would cut a long word of it, and says the same', () => {
    const typed = `INC-7: ${'x'.repeat(80)} ${'💾'.repeat(30)} is stuck`;
    const shown = breakable(typed);
    expect(shown.replaceAll('\u200b', '')).toBe(typed);
    for (const word of shown.split(/[\s\u200b]/)) expect([...word].length).toBeLessThanOrEqual(24);
    expect(breakable('deploy of release 4711')).toBe('deploy of release 4711');
  });

  it('cannot set a date of its own', () => {
    expect(asRun('{{TIME(2030-01-07T14:05:00Z)}}')).not.toContain('{{');
    expect(asBlock('{{{DATE(2030-01-07T14:05:00Z)}}}')).not.toContain('{{');
  });

  it('keeps our own code and bold, without the slash command that Teams does not have', () => {
    const clock = { zone: 'Asia/Tokyo', now: Date.UTC(2026, 10, 27, 23) };
    expect(inMessage(['Until ', { at: Date.UTC(2026, 10, 28, 15, 1) }], { clock, tongue: ENGLISH })).toBe(
      'Until 29 Nov, 00:01 (Asia/Tokyo)',
    );
    expect(inMessage(['*Drawbridge* says: `/jit list` shows `<x>`.'])).toBe('**Drawbridge** says: `list` shows `‹x›`.');
    expect(asRun('Try `/jit help`.')).toBe('Try “help”.');
  });

  it('is cut between characters', () => {
    expect(cut('ab👩cd', 7)).toBe('ab…');
    expect(cut('abc', 3)).toBe('abc');
  });
});

function signOf(card: Json): string {
  const title = partsOf(card.body).find(({ style }) => style === 'heading');
  return `${title?.text}`.split(' ')[0] ?? '';
}

function partsOf(value: unknown): Json[] {
  if (Array.isArray(value)) return value.flatMap(partsOf);
  if (typeof value !== 'object' || value === null) return [];
  return [value as Json, ...Object.values(value).flatMap(partsOf)];
}
