import { describe, expect, it } from 'vitest';
import { cardOf } from '../../../adapters/teams/card.ts';
import { formCard, portsCard, takenCard } from '../../../adapters/teams/form.ts';
import { pageCard } from '../../../adapters/teams/page-card.ts';
import { reportCard } from '../../../adapters/teams/report.ts';
import { asBlock, inCard, inMessage, inWords } from '../../../adapters/teams/text.ts';
import { ENGLISH, type Line } from '../../../src/core/language/text.ts';
import { viewFor } from './harness.ts';

/** A name of a machine as long as Azure allows, without a hyphen: nothing breaks it by itself. */
const LONG = 'produktionsdatenbankserverfuerrechnungslaeufewesteuropazwei00017';
const line: Line = ['Open on ', LONG, ' until then'];
const CHOICE = { value: 'm', label: 'web-1' };
const FORM = {
  machines: [CHOICE],
  typeAhead: false,
  ports: [CHOICE],
  durations: [CHOICE],
  sources: [LONG],
  about: { lines: [line] },
};
const TYPED = { machine: 'm', ports: ['22'], duration: '1 h', source: '', justification: '' };
const button = { verb: 'withdraw', label: 'Withdraw', style: 'plain', confirm: `Call off access to ${LONG}?` } as const;

const CARDS: Readonly<Record<string, object>> = {
  'a request': cardOf(
    viewFor({
      title: LONG,
      status: line,
      brief: [line],
      people: [line],
      facts: [{ label: 'Machine', value: line }],
      justification: `look at ${LONG}`,
      remarks: [{ by: { person: 'g', name: 'Grace' }, text: `not ${LONG}` }],
      notes: (['info', 'warning', 'alarm'] as const).map((tone) => ({ tone, text: line })),
      buttons: [button],
    }),
  ),
  'a form': formCard(FORM, { id: 'f', typed: TYPED, trouble: [line] }),
  'a form with faults': formCard(FORM, { id: 'f', typed: TYPED, faults: { machine: `No machine is called ${LONG}.` } }),
  'ports of a machine': portsCard(
    { machine: 'm', name: LONG, lines: '22', version: 'v' },
    { id: 'f', fault: `${LONG} is in use.` },
  ),
  'a form that was taken': takenCard([line], 'Requested', ENGLISH),
  'a page of lines': reportCard({ title: LONG, sections: [{ heading: LONG, rows: [{ line }] }] }),
  'a page of one’s own': pageCard({
    which: 'home',
    at: 0,
    page: 1,
    pages: 2,
    title: LONG,
    sections: [{ heading: LONG, rows: [{ line, quote: `look at ${LONG}`, buttons: [] }] }],
  }),
};

/** Texts that break no words: rich text, as its makers draw it, and what stands above an input. */
function unbreaking(node: unknown): readonly string[] {
  if (Array.isArray(node)) return node.flatMap(unbreaking);
  if (typeof node !== 'object' || node === null) return [];
  const all: Readonly<Record<string, unknown>> = { ...node };
  if (all.type === 'TextRun') return [String(all.text)];
  if (String(all.type).startsWith('Input.')) return [String(all.label ?? '')];
  return Object.values(all).flatMap(unbreaking);
}

describe('on a phone, nothing is cut at the edge', () => {
  it.each(Object.keys(CARDS))('in %s', (name) => {
    const texts = unbreaking(CARDS[name]);
    expect(texts.filter((text) => /[^\s\u200b-]{30}/u.test(text))).toEqual([]);
    expect(JSON.stringify(CARDS[name]).replaceAll('\u200b', '')).toContain(LONG);
  });
});

describe('a name that is read from right to left', () => {
  it.each([
    ['on a card', (line: Line) => inCard(line, asBlock)],
    ['in a message', (line: Line) => inMessage(line)],
    ['in what notifies and is spoken', (line: Line) => inWords(line)],
  ])('turns nothing around it: %s', (_, shown) => {
    expect(shown([{ person: 'p', name: 'نور' }, ' asks for access to web-1.'])).toMatch(
      /^\u2068نور\u2069 asks for access to web-1/,
    );
  });
});
