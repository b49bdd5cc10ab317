import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reportCard } from '../../../adapters/teams/report.ts';
import { checkCard } from '../../../simulators/teams/card-check.ts';
import { channels, people } from '../../../simulators/world.ts';
import type { Report, Row } from '../../../src/core/view/report.ts';
import { teamsHarness } from './harness.ts';

const { requester: ada } = people;
const never = new AbortController().signal;
const h = teamsHarness({ invokeMs: 2_500 });

const REPORT: Report = {
  title: '2 of 3 machines should be protected',
  sections: [
    {
      heading: 'Unhealthy (2)',
      rows: [
        { line: ['x1: open'], button: { label: 'Protect x1', command: 'protect aws:1:x1' } },
        { line: ['x2: open'], button: { label: 'Protect x2', command: 'protect aws:1:x2' } },
      ],
    },
    { heading: '', rows: [{ line: ['`/jit recommend` shows all.'] }] },
  ],
};
const report = { lines: [], refused: false, report: REPORT };

const messages = () => h.chatOf(ada.entraId).filter(({ from }) => from.isBot);
const shown = async () => {
  h.inbox.answer = report;
  await h.sim.say(ada.entraId, 'channel', 'recommend');
  return h.eventually(() => messages()[0]);
};

const numbered = (count: number): Row[] => Array.from({ length: count }, (_, i) => ({ line: [`row ${i}`] }));

describe('a report as a card', () => {
  it('is read aloud in its order', () => {
    expect(reportCard(REPORT).speak).toBe(
      '2 of 3 machines should be protected. Unhealthy (2): x1: open x2: open “recommend” shows all.',
    );
  });

  it('is valid and small, whatever it holds', () => {
    const text = fc.oneof(fc.string({ maxLength: 500 }), fc.constant('*_[]()`~<>#\\"&lt;👩‍🚒{{TIME(x)}}'.repeat(20)));
    const button = fc.record({ label: fc.string({ minLength: 1, maxLength: 200 }), command: text });
    const row: fc.Arbitrary<Row> = fc.record(
      { line: fc.array(text, { maxLength: 4 }), button, isLong: fc.constant(true as const) },
      { requiredKeys: ['line'] },
    );
    const section = fc.record({ heading: text, rows: fc.array(row, { maxLength: 20 }) });
    fc.assert(
      fc.property(fc.record({ title: text, sections: fc.array(section, { maxLength: 12 }) }), (one) => {
        const card = reportCard(one);
        expect(checkCard(card)).toEqual([]);
        expect(Buffer.byteLength(JSON.stringify(card))).toBeLessThan(30_000);
      }),
      { numRuns: 60 },
    );
  });

  it.each<[string, Report['sections']]>([
    ['rows of a section', [{ heading: 'x', rows: numbered(30) }]],
    [
      'long rows',
      [{ heading: 'x', rows: Array.from({ length: 12 }, () => ({ line: [`row ${'x'.repeat(880)}`], isLong: true })) }],
    ],
    ['sections', Array.from({ length: 11 }, () => ({ heading: 'x', rows: numbered(2) }))],
  ])('counts what it has no room for: %s', (_, sections) => {
    const all = sections.reduce((sum, { rows }) => sum + rows.length, 0);
    const { body } = reportCard({ title: 'x', sections }) as { readonly body: readonly { readonly text?: string }[] };
    const texts = body.flatMap(({ text = '' }) => [text]);
    const some = texts.filter((text) => text.startsWith('row ')).length;
    const counted = texts
      .map((text) => Number(/^… and (\d+) more/.exec(text)?.[1] ?? 0))
      .reduce((sum, n) => sum + n, 0);
    expect(some).toBeLessThan(all);
    expect(some + counted).toBe(all);
  });

  it('leaves out a button whose command would have to be cut', () => {
    const rows = [{ line: ['x'], button: { label: 'Protect', command: `protect ${'x'.repeat(2_400)}` } }];
    expect(JSON.stringify(reportCard({ title: 'x', sections: [{ heading: '', rows }] }))).not.toContain(
      'Action.Execute',
    );
  });
});

describe('a report in Teams', () => {
  it('goes to the person’s own chat, wherever it was asked for', async () => {
    const { cards, text } = await shown();
    expect([cards.length, text]).toEqual([1, '']);
    expect(h.threads().at(-1)).toHaveLength(1);
  });

  it('has buttons that type for whoever presses them', async () => {
    const { id } = await shown();
    h.inbox.answer = { lines: [['x2 is protected.']], refused: false };
    const seen = await h.sim.execute(ada.entraId, id, { verb: 'command', title: 'Protect x2' });
    expect(seen.notice).toBe('x2 is protected.');
    expect(h.inbox.commands.at(-1)?.[1]).toBe('protect aws:1:x2');
    expect(messages()).toHaveLength(1);
  });

  it('that consent is asked for comes whole, its button last', async () => {
    const rows = Array.from({ length: 25 }, (_, i) => ({ line: [`row ${i}.`], isLong: true as const }));
    const acts = { heading: '', rows: [{ line: ['Confirm.'], button: { label: 'Do it', command: 'confirm' } }] };
    const whole: Report = { title: 'Protect web-1?', isWhole: true, sections: [{ heading: 'All', rows }, acts] };
    h.inbox.answer = { lines: [], refused: false, report: whole };
    await h.sim.say(ada.entraId, 'personal', 'protect web-1');
    await h.eventually(() => messages()[2]);
    const cards = messages().map(({ cards: all }) => JSON.stringify(all));
    expect(cards.map((one) => one.includes('Action.Execute'))).toEqual([false, false, true]);
    expect(new Set(cards.join(' ').match(/row \d+\./g)).size).toBe(25);
  });

  it('tells afterwards what took too long', async () => {
    const { id } = await shown();
    let finish = () => {};
    h.inbox.answer = new Promise((resolve) => {
      finish = () => resolve({ lines: [['x1 is protected.']], refused: false });
    });
    const seen = await h.sim.execute(ada.entraId, id, { verb: 'command', title: 'Protect x1' });
    expect(seen.notice).toBe('Still working on it; you will see how it went.');
    finish();
    expect(await h.eventually(() => messages()[1]?.text)).toBe('x1 is protected.');
  });

  it('has buttons that may bring more than a text', async () => {
    const { id } = await shown();
    h.inbox.answer = { lines: [], refused: false, openForm: { form: 'request' } };
    const seen = await h.sim.execute(ada.entraId, id, { verb: 'command', title: 'Protect x1' });
    expect(seen.notice).toBe('Drawbridge has sent you a message.');
    expect(JSON.stringify(messages()[1]?.cards)).toContain('Request access');
  });
});

describe('a report that nobody asked for', () => {
  it('is a thread of its own in a channel, and a message in somebody’s chat', async () => {
    const before = h.threads().length;
    await h.adapter.tell(REPORT, { chat: 'teams', kind: 'channel', id: channels.teams.id }, never);
    expect(h.threads().length).toBe(before + 1);
    await h.adapter.tell(REPORT, { chat: 'teams', kind: 'private', id: ada.entraId }, never);
    const cards = [h.threads().at(-1)?.[0], messages()[0]].map((activity) => activity?.cards[0]?.speak);
    expect(cards).toEqual([reportCard(REPORT).speak, reportCard(REPORT).speak]);
  });

  it('fails as cards do', async () => {
    h.sim.faults.add('createConversation', { kind: 'error', status: 503, code: 'ServiceUnavailable' });
    const told = h.adapter.tell(REPORT, { chat: 'teams', kind: 'channel', id: channels.teams.id }, never);
    await expect(told).rejects.toMatchObject({ code: 'chatSilent' });
  });
});
