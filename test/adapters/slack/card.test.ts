import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cardOf, notificationOf } from '../../../adapters/slack/card.ts';
import { areTooLong, checkMessageBlocks } from '../../../simulators/slack/block-kit.ts';
import type { Shown } from '../../../src/core/language/text.ts';
import { ENGLISH } from '../../../src/core/language/text.ts';
import { viewOf } from '../../../src/core/view/projection.ts';
import { type Button, type Tone, VERBS, type View } from '../../../src/core/view/view.ts';
import { longest } from '../../core/longest.ts';

const ids = { slackIdOf: (person: string) => (person === 'ada' ? 'U1' : undefined), tongue: ENGLISH };
const AT = Date.UTC(2026, 10, 23, 14, 5);
const TIME = `<!date^${AT / 1_000}^{date_short_pretty} at {time}|14:05 UTC>`;

const PENDING: View = {
  request: 'k7m2p9x',
  version: 3,
  tone: 'waiting',
  title: 'Ada Okafor asks for access to web-1',
  status: ['Waiting for a decision until ', { at: AT }],
  summary: ['<!channel> *web*: waiting until ', { at: AT }],
  brief: [['Port 22 (SSH) from <!here> for 1 h'], ['AWS, eu-west-1, account 123456789012']],
  people: [['Asked: ', { person: 'ada', name: 'Ada Okafor' }]],
  facts: [
    { label: 'Machine', value: ['web-1'] },
    { label: 'Requester', value: [{ person: 'ada', name: 'Ada Okafor' }] },
  ],
  justification: 'deploy *4711* <!channel>',
  remarks: [{ by: { person: 'grace', name: 'Grace *H*' }, text: 'only <!here> today' }],
  notes: [
    { tone: 'info', text: ['Port 22 is also open to 10.0.0.0/8'] },
    { tone: 'warning', text: ['AWS is busy'] },
    { tone: 'alarm', text: ['Port 22 is also open to anyone through ', 'launch_*wizard*'] },
  ],
  buttons: [
    { verb: 'approve', label: 'Approve', style: 'primary' },
    { verb: 'deny', label: 'Deny', style: 'danger' },
    { verb: 'withdraw', label: 'Withdraw', style: 'plain', confirm: 'Withdraw this request?' },
  ],
  announce: 'asked',
  headline: [
    { person: 'ada', name: 'Ada Okafor' },
    ' asks for port 22 of web-1 until ',
    { at: AT },
    '. Reason: “*deploy*”',
  ],
};

interface Block {
  readonly type: string;
  readonly text?: { readonly text: string };
  readonly elements?: readonly {
    readonly text: string | { readonly text: string };
    readonly action_id?: string;
    readonly value?: string;
    readonly style?: string;
    readonly confirm?: unknown;
  }[];
}

/** The card as a person reads it, one line a text. */
function words({ blocks }: ReturnType<typeof cardOf>): string[] {
  return (blocks as unknown as Block[]).flatMap(({ type, text, elements = [] }) => [
    ...(text ? `${type}: ${text.text}`.split('\n') : []),
    ...elements.map((element) =>
      typeof element.text === 'string'
        ? `note: ${element.text}`
        : `[${element.text.text}] ${element.action_id} ${element.value}${element.style ? ` ${element.style}` : ''}${element.confirm ? ' asks first' : ''}`,
    ),
  ]);
}

describe('a card', () => {
  it('in words: a request that waits', () => {
    expect(words(cardOf(PENDING, ids))).toEqual([
      'header: ⏳ Ada Okafor asks for access to web-1',
      'section: *Port 22 (SSH) from &lt;!here&gt; for 1 h*',
      'AWS, eu-west-1, account 123456789012',
      `Waiting for a decision until ${TIME}`,
      'section: “deploy *4711* <!channel>”',
      'section: Asked: <@U1>',
      'section: Grace *H*: “only <!here> today”',
      'section: 🚨 Port 22 is also open to anyone through launchˍ∗wizard∗',
      'note: ℹ️ Port 22 is also open to 10.0.0.0/8',
      'note: ⚠️ AWS is busy',
      '[Approve] jit_approve {"r":"k7m2p9x","v":3} primary',
      '[Deny] jit_deny {"r":"k7m2p9x","v":3} danger',
      '[Withdraw] jit_withdraw {"r":"k7m2p9x","v":3} asks first',
      '[Details] jit_details {"r":"k7m2p9x","v":3}',
    ]);
  });

  it('in words: one that is over', () => {
    const over: View = {
      ...PENDING,
      tone: 'closed',
      title: 'Access to web-1: closed',
      status: ['Time is up: closed, proven (', { at: AT }, ')'],
      brief: [],
      people: [],
      facts: [],
      remarks: [],
      notes: [],
      buttons: [],
    };
    expect(words(cardOf(over, ids))).toEqual([
      'header: ✅ Access to web-1: closed',
      `section: *Time is up: closed, proven (${TIME})*`,
      'section: “deploy *4711* <!channel>”',
      '[Details] jit_details {"r":"k7m2p9x","v":3}',
    ]);
  });

  it('shows what people wrote where Slack reads no markup in it', () => {
    const { blocks, text } = cardOf({ ...PENDING, title: '<!channel> *web*' }, ids);
    expect(blocks[0]).toMatchObject({ text: { type: 'plain_text', emoji: false } });
    expect(blocks[2]).toMatchObject({ text: { type: 'plain_text', emoji: false } });
    const json = JSON.stringify(blocks);
    expect(json.match(/"verbatim":true/g)).toHaveLength(json.match(/"mrkdwn"/g)?.length ?? 0);
    expect(text).toBe(`⏳ &lt;!channel&gt; ∗web∗: waiting until ${TIME}`);
  });

  it('tells how many notes there are no room for', () => {
    const notes = Array.from({ length: 14 }, (_, i) => ({ tone: 'info', text: [`note ${i}`] }) as const);
    const shown = words(cardOf({ ...PENDING, notes }, ids)).filter((line) => line.startsWith('note:'));
    expect(shown).toHaveLength(10);
    expect(shown.at(-1)).toBe('note: … and 5 more');
  });

  it('shows the longest reasons whole, and says of more of them how many there are', () => {
    const remark = { by: { person: 'grace', name: 'Grace' }, text: '&<*'.repeat(166) };
    expect(words(cardOf({ ...PENDING, remarks: [remark] }, ids))).toContain(`section: Grace: “${remark.text}”`);
    const many = words(cardOf({ ...PENDING, remarks: Array.from({ length: 9 }, () => remark) }, ids));
    expect(many.filter((line) => line.includes('&<*&<*'))).toHaveLength(4);
    expect(many).toContain('section: … and 5 more.');
  });

  it('shows the longest values whole', () => {
    const name = 'web'.repeat(85);
    expect(words(cardOf({ ...PENDING, brief: [['Port 22'], [name]] }, ids))).toContain(name);
  });

  it('notifies in words that are enough to decide by, with names in place of mentions', () => {
    expect(notificationOf(PENDING, ids)).toBe(
      `⏳ Ada Okafor asks for port 22 of web-1 until ${TIME}. Reason: “∗deploy∗”`,
    );
  });

  it('says its tone in a sign with words beside it', () => {
    const tones: Tone[] = ['waiting', 'opening', 'open', 'closing', 'closed', 'notice', 'refused', 'alarm'];
    const titles = tones.map((tone) => words(cardOf({ ...PENDING, tone }, ids))[0]);
    expect(new Set(titles).size).toBe(tones.length);
    for (const title of titles) expect(title).toContain('Ada Okafor asks');
  });

  it('fits all limits of Block Kit at its longest', () => {
    const text = (maxLength: number) =>
      fc.string({
        unit: fc.constantFrom('a', '&', '<', '🚀', '*', '_', ' ', '"', '\n'),
        minLength: 0,
        maxLength,
        size: 'max',
      });
    const span: fc.Arbitrary<Shown> = fc.oneof(
      text(4_000),
      fc.constant({ at: AT }),
      fc.record({ person: fc.constantFrom('ada', 'bob'), name: text(300) }),
    );
    const line = fc.array(span, { minLength: 1, maxLength: 40 });
    const button: fc.Arbitrary<Button> = fc.record(
      {
        verb: fc.constantFrom(...VERBS.filter((verb) => verb !== 'details')),
        label: fc.constantFrom('Approve', 'L'.repeat(200)),
        style: fc.constantFrom('primary', 'danger', 'plain'),
        confirm: text(1_000).map((words) => `${words}?`),
      },
      { requiredKeys: ['verb', 'label', 'style'] },
    );
    const view: fc.Arbitrary<View> = fc.record({
      request: fc.constant('k7m2p9x'),
      version: fc.nat(),
      tone: fc.constantFrom<Tone>('waiting', 'alarm'),
      title: text(500),
      status: line,
      summary: line,
      brief: fc.array(line, { maxLength: 6 }),
      people: fc.array(line, { maxLength: 6 }),
      facts: fc.array(fc.record({ label: fc.constantFrom('Port', 'F'.repeat(500)), value: line }), { maxLength: 25 }),
      justification: text(3_000),
      remarks: fc.array(fc.record({ by: span, text: text(3_000) }), { maxLength: 10 }),
      notes: fc.array(fc.record({ tone: fc.constantFrom('info', 'warning', 'alarm'), text: line }), { maxLength: 25 }),
      // No card has more at a time: what is reviewed is over.
      buttons: fc.uniqueArray(button, { selector: ({ verb }) => verb, maxLength: 6 }),
      announce: fc.constant('asked'),
      headline: line,
    });
    fc.assert(
      fc.property(view, (one) => {
        const { blocks, text: fallback } = cardOf(one, ids);
        expect(checkMessageBlocks(blocks)).toEqual([]);
        expect(areTooLong(blocks)).toBe(false);
        expect(fallback.length).toBeLessThan(4_000);
        expect(notificationOf(one, ids).length).toBeLessThan(4_000);
        expect(JSON.stringify(blocks).isWellFormed()).toBe(true);
      }),
      // To shrink values of this size would take hours.
      { numRuns: 120, endOnFailure: true },
    );
  });

  it.each(longest().map((request) => [request.status, request] as const))(
    'fits with the longest of everything: %s',
    (_, request) => {
      const view = viewOf(request);
      const { blocks, text: fallback } = cardOf(view, ids);
      expect(checkMessageBlocks(blocks)).toEqual([]);
      expect(areTooLong(blocks)).toBe(false);
      expect(Math.max(fallback.length, notificationOf(view, ids).length)).toBeLessThan(4_000);
      // What people wrote is whole.
      expect(JSON.stringify(blocks)).toContain(JSON.stringify(view.justification).slice(1, -1));
      for (const { text: said } of view.remarks)
        expect(JSON.stringify(blocks)).toContain(JSON.stringify(said).slice(1, -1));
    },
  );
});
