import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commandOf, reportOf } from '../../../adapters/slack/report.ts';
import { areTooLong, checkMessageBlocks } from '../../../simulators/slack/block-kit.ts';
import { ENGLISH, phrased } from '../../../src/core/language/text.ts';
import type { Report, Row } from '../../../src/core/view/report.ts';
import { ADA, CHANNEL, GRACE, type Rig, startRig } from './harness.ts';

const never = new AbortController().signal;
const ids = { slackIdOf: (person: string) => (person === 'ada' ? 'U1' : undefined), tongue: ENGLISH };
const REPORT: Report = {
  title: '2 of 3 machines should be protected',
  sections: [
    {
      heading: 'Unhealthy (2)',
      rows: [
        { line: ['x1: open *wide*'], button: { label: 'Protect x1', command: 'protect aws:1:x1' } },
        { line: ['x2: open'], button: { label: 'Protect x2', command: 'protect aws:1:x2' } },
        { line: ['… and 7 more.'] },
      ],
    },
    {
      heading: 'Configured (1)',
      rows: [{ line: ['b1: last for ', { person: 'ada', name: 'Ada' }] }, { line: ['c1'] }],
    },
    { heading: '', rows: [{ line: ['`/jit recommend` shows all.'] }] },
  ],
};

describe('a report', () => {
  it('in blocks: a row with a button by itself, the others together', () => {
    const button = (n: number) => ({
      type: 'button',
      action_id: `jit_command_${n}`,
      text: { type: 'plain_text', text: `Protect x${n}`, emoji: false },
      value: `protect aws:1:x${n}`,
    });
    const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text, verbatim: true } });
    expect(reportOf(REPORT, ids)).toEqual({
      text: [
        '2 of 3 machines should be protected',
        '*Unhealthy (2)*',
        'x1: open ∗wide∗',
        'x2: open',
        '… and 7 more.',
        '*Configured (1)*\nb1: last for <@U1>\nc1',
        '`/jit recommend` shows all.',
      ].join('\n'),
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: '2 of 3 machines should be protected', emoji: false } },
        section('*Unhealthy (2)*'),
        { ...section('x1: open ∗wide∗'), accessory: button(1) },
        { ...section('x2: open'), accessory: button(2) },
        section('… and 7 more.'),
        section('*Configured (1)*\nb1: last for <@U1>\nc1'),
        section('`/jit recommend` shows all.'),
      ],
    });
  });

  it('leaves out a button whose command Slack does not take, and says the rest', () => {
    const rows = [{ line: ['Confirm.'], button: { label: 'Protect', command: `protect ${'x'.repeat(2_000)}` } }];
    const { blocks } = reportOf({ title: 'x', sections: [{ heading: '', rows }] }, ids);
    expect(checkMessageBlocks(blocks)).toEqual([]);
    expect(JSON.stringify(blocks)).toContain('Confirm.');
  });

  it('says no half of a mention where its words are too many', () => {
    const row: Row = { line: ['x'.repeat(240), { person: 'ada', name: 'Ada' }], isLong: true };
    const sections = Array.from({ length: 8 }, () => ({ heading: 'x', rows: Array.from({ length: 4 }, () => row) }));
    const { text } = reportOf({ title: 'x', sections }, ids);
    expect(text.replaceAll('<@U1>', '')).not.toMatch(/[<>]/);
    expect(text.endsWith('\n…')).toBe(true);
    expect(text.length).toBeLessThanOrEqual(3_000);
  });

  it('fits all limits of Block Kit at its longest', () => {
    const rows = Array.from({ length: 12 }, () => ({ line: ['x'], button: { label: 'y', command: 'z' } }));
    const many = { title: 'x', sections: Array.from({ length: 9 }, () => ({ heading: 'x', rows })) };
    expect(checkMessageBlocks(reportOf(many, ids).blocks)).toEqual([]);
    const unit = fc.constantFrom('a', '&', '<', '🚀', '*', '_', '"', '\n');
    const text = (maxLength: number) => fc.string({ unit, minLength: 1, maxLength, size: 'max' });
    const button = fc.record({ label: text(200), command: text(400) });
    const line = fc.array(fc.oneof(text(900), fc.constant({ at: 0 })), { minLength: 1, maxLength: 4 });
    const row: fc.Arbitrary<Row> = fc.record(
      { line, button, isLong: fc.constant(true as const) },
      { requiredKeys: ['line'] },
    );
    const section = fc.record({
      heading: fc.oneof(fc.constant(''), text(400)),
      rows: fc.array(row, { maxLength: 20 }),
    });
    const report: fc.Arbitrary<Report> = fc.record({
      title: text(400),
      sections: fc.array(section, { maxLength: 12 }),
    });
    fc.assert(
      fc.property(report, (one) => {
        const { blocks } = reportOf(one, ids);
        expect(checkMessageBlocks(blocks)).toEqual([]);
        expect(areTooLong(blocks)).toBe(false);
        expect(JSON.stringify(blocks).isWellFormed()).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});

describe('what a message has no room for', () => {
  const rows = (count: number, of = 'row') => Array.from({ length: count }, (_, i): Row => ({ line: [`${of} ${i}`] }));
  const shown = (report: Report) => {
    const texts = reportOf(report, ids).blocks.flatMap((block) =>
      block.type === 'section' && block.text ? block.text.text.split('\n') : [],
    );
    return {
      rows: texts.filter((text) => /^(?:row|act) /.test(text)).length,
      said: texts.filter((text) => /^…/.test(text)),
    };
  };
  const act = ({ line }: Row, i: number): Row => ({ line, button: { label: 'Show', command: `show ${i}` } });

  it.each<[string, Report['sections']]>([
    ['rows of a section', [{ heading: 'x', rows: rows(30) }]],
    ['rows with buttons', [{ heading: 'x', rows: rows(30, 'act').map(act) }]],
    [
      'long rows',
      [{ heading: 'x', rows: Array.from({ length: 12 }, () => ({ line: [`row ${'x'.repeat(880)}`], isLong: true })) }],
    ],
    ['sections', Array.from({ length: 11 }, () => ({ heading: 'x', rows: rows(2) }))],
    ['many buttons', Array.from({ length: 6 }, () => ({ heading: 'x', rows: rows(10, 'act').map(act) }))],
  ])('is counted: %s', (_, sections) => {
    const all = sections.reduce((sum, section) => sum + section.rows.length, 0);
    const { rows: some, said } = shown({ title: 'x', sections });
    const counted = said.map((text) => Number(/\d+/.exec(text)?.[0])).reduce((sum, count) => sum + count, 0);
    expect(some).toBeLessThan(all);
    expect(some + counted).toBe(all);
  });

  it('is nothing where all is shown', () => {
    expect(shown({ title: 'x', sections: [{ heading: 'x', rows: rows(12) }] })).toEqual({ rows: 12, said: [] });
  });
});

describe('a report in Slack', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await startRig();
    rig.script.command = (text) =>
      text === 'recommend'
        ? { lines: [], refused: false, report: REPORT }
        : { lines: [[`Did ${text}.`]], refused: false };
  });
  afterEach(() => rig.stop());

  const asked = async () => {
    await rig.slack.command(ADA, CHANNEL, '/jit recommend');
    await vi.waitFor(() => expect(rig.seen(ADA)).toEqual([expect.stringContaining(phrased(REPORT.title))]));
    const messages = rig.slack.state(ADA).channels.find(({ id }) => id === CHANNEL)?.messages ?? [];
    return messages.at(-1)?.ts ?? '';
  };

  it('is shown to the person alone', async () => {
    await asked();
    expect(rig.seen(GRACE)).toEqual([]);
  });

  it('comes as a message where the response URL does not take it', async () => {
    rig.slack.faults.add('response_url', { kind: 'error', status: 404, code: 'used_url' });
    await rig.slack.command(ADA, CHANNEL, '/jit recommend');
    await vi.waitFor(() => expect(rig.seen(ADA)).toEqual([expect.stringContaining(phrased(REPORT.title))]));
    const own = rig.slack.state(ADA).channels.find(({ kind }) => kind === 'im');
    expect(own?.messages.at(-1)?.blocks).toHaveLength(7);
  });

  const whole = (rows: number): Report => ({
    title: 'Protect web-1?',
    isWhole: true,
    sections: [
      {
        heading: 'All',
        rows: Array.from({ length: rows }, (_, i) => ({ line: [`row ${i}.`], isLong: true as const })),
      },
      { heading: '', rows: [{ line: ['Confirm.'], button: { label: 'Do it', command: 'confirm' } }] },
    ],
  });
  const seenRows = () =>
    rig
      .seen(ADA)
      .join(' ')
      .match(/row \d+\./g) ?? [];

  it.each([
    ['in a few messages where it was asked for', 25, 3],
    ['in many as direct messages', 75, 8],
  ])('that consent is asked for comes whole, its button last: %s', async (_, rows, count) => {
    rig.script.command = () => ({ lines: [], refused: false, report: whole(rows) });
    await rig.slack.command(ADA, CHANNEL, '/jit protect web-1');
    await vi.waitFor(() => expect(rig.seen(ADA)).toHaveLength(count), 5_000);
    expect(seenRows()).toHaveLength(rows);
    expect(rig.seen(ADA).map((one) => one.includes('Confirm.'))).toEqual(
      Array.from({ length: count }, (_one, i) => i === count - 1),
    );
  });

  it('that could not be shown whole has no button', async () => {
    rig.script.command = () => ({ lines: [], refused: false, report: whole(75) });
    const off = rig.slack.onChange(() => {
      if (rig.seen(ADA).length === 0) return;
      off();
      rig.slack.faults.add('chat.postMessage', { kind: 'error', status: 200, code: 'fatal_error' }, 100);
    });
    await rig.slack.command(ADA, CHANNEL, '/jit protect web-1');
    await vi.waitFor(() => expect(rig.log).toContain('warn: an answer could not be shown in Slack'));
    expect(rig.seen(ADA).join(' ')).not.toContain('Confirm.');
  });

  it('has buttons that type for whoever presses them', async () => {
    await rig.slack.press(ADA, CHANNEL, await asked(), 'jit_command_2');
    await vi.waitFor(() => expect(rig.seen(ADA).at(-1)).toBe('Did protect aws:1:x2.'));
    const sender = { chat: 'slack', user: ADA, place: { chat: 'slack', kind: 'channel', id: CHANNEL } };
    expect(rig.calls.at(-1)).toMatchObject({ what: 'command', text: 'protect aws:1:x2', sender });
  });

  it('has buttons that may open a form, as typing does', async () => {
    rig.script.command = (text) =>
      text === 'recommend'
        ? { lines: [], refused: false, report: REPORT }
        : { lines: [], refused: false, openForm: { form: 'request' } };
    await rig.slack.press(ADA, CHANNEL, await asked(), 'jit_command_1');
    await vi.waitFor(() => expect(rig.slack.state(ADA).views[ADA]?.at(-1)?.callback_id).toBe('jit_request'));
  });

  it('knows its own buttons from others', () => {
    expect(commandOf({ action_id: 'jit_approve', value: '{"r":"k7m2p9x","v":3}' })).toBeUndefined();
    expect(commandOf({ action_id: 'jit_command_1', value: 'protect x' })).toBe('protect x');
  });
});

describe('a report that nobody asked for', () => {
  const OPS = { chat: 'slack', kind: 'channel', id: CHANNEL } as const;
  let rig: Rig;
  beforeEach(async () => {
    rig = await startRig();
  });
  afterEach(() => rig.stop());

  it('is posted for everybody in the place', async () => {
    await rig.adapter.tell(REPORT, OPS, never);
    expect(rig.seen(ADA)).toEqual(rig.seen(GRACE));
    await rig.adapter.tell(REPORT, { chat: 'slack', kind: 'private', id: GRACE }, never);
    expect([rig.seen(ADA).length, rig.seen(GRACE).length]).toEqual([1, 2]);
  });

  it('stays out of channels that are shared with strangers', async () => {
    rig.slack.setChannel(CHANNEL, { is_ext_shared: true });
    await expect(rig.adapter.tell(REPORT, OPS, never)).rejects.toMatchObject({ code: 'chatRefused' });
    expect(rig.seen(ADA)).toEqual([]);
  });

  it('fails as cards do', async () => {
    rig.slack.faults.add('chat.postMessage', { kind: 'error', status: 500, code: 'internal_error' });
    await expect(rig.adapter.tell(REPORT, OPS, never)).rejects.toMatchObject({ code: 'chatSilent' });
  });
});
