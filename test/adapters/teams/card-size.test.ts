import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cardOf } from '../../../adapters/teams/card.ts';
import { asBlock, cut, inCard, jsonBytes } from '../../../adapters/teams/text.ts';
import type { Verb, View } from '../../../src/core/view/view.ts';

/** More than any card has at once (test/core/projection.test.ts), each with a box or a question. */
const MANY_BUTTONS: readonly Verb[] = ['approve', 'less', 'accept', 'decline', 'ask', 'answer', 'deny', 'withdraw'];

/** A card in which everything there may be holds this text, as often as it may. */
function fullOf(bad: string, as: (text: string) => View['status'][number]): View {
  const line = Array.from({ length: 6 }, () => as(bad));
  return {
    request: 'x'.repeat(20),
    version: 1,
    tone: 'alarm',
    title: bad,
    status: line,
    summary: line,
    brief: Array.from({ length: 6 }, () => line),
    people: Array.from({ length: 6 }, () => line),
    facts: Array.from({ length: 30 }, () => ({ label: bad.slice(0, 60), value: line })),
    justification: bad.slice(0, 500),
    remarks: Array.from({ length: 8 }, () => ({ by: { person: bad, name: bad }, text: bad })),
    notes: Array.from({ length: 30 }, () => ({ tone: 'alarm' as const, text: line })),
    buttons: MANY_BUTTONS.map((verb) => ({ verb, label: bad, style: 'danger' as const, confirm: bad })),
    announce: bad,
    headline: line,
  };
}

/** What grows when it is made safe for Markdown, for JSON, or for both. */
const GROWING = [
  '*_[]()`~<>#\\&lt;'.repeat(60),
  '"\\'.repeat(300),
  '👩‍🚒'.repeat(200),
  '{{TIME(x)}}'.repeat(50),
  '\u0001'.repeat(600),
  '&'.repeat(600),
  '\\'.repeat(600),
];

describe('a card full of what grows when it is made safe', () => {
  it.each(GROWING)('is far below what Teams takes: %#', (bad) => {
    for (const as of [(text: string) => text, (text: string) => ({ person: text, name: text })]) {
      const card = cardOf(fullOf(bad, as), 'n'.repeat(12));
      expect(Buffer.byteLength(JSON.stringify(card))).toBeLessThan(28_000);
    }
  });
});

describe('what a text takes in a message', () => {
  const bytes = (text: string) => Buffer.byteLength(JSON.stringify(text)) - 2;

  const units = fc.oneof(fc.nat(0x7f), fc.nat(0xffff), fc.integer({ min: 0xd800, max: 0xdfff }));
  const texts = fc.array(units, { maxLength: 12 }).map((all) => String.fromCharCode(...all));

  it('is what JSON makes of it', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(jsonBytes(text)).toBe(bytes(text));
      }),
    );
    for (const text of ['', 'web-1', '“é”', 'a"b', 'a\\b', 'a\nb', '\ud83d', '\ude00\ud83d', '🔓', '\u007f\u2028'])
      expect(jsonBytes(text)).toBe(bytes(text));
  });

  it('is counted once for what fits, and cut as before where it does not', () => {
    fc.assert(
      fc.property(texts, fc.nat(40), (text, mostBytes) => {
        const shown = inCard([text], asBlock, { mostBytes });
        expect(shown).toBe(asBlock(mostBytes > 0 ? cut(text, mostBytes, asBlock) : ''));
      }),
    );
  });
});
