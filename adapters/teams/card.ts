import { LONGEST_REASON } from '../../src/core/language/grammar.ts';
import type { Line } from '../../src/core/language/text.ts';
import { type Button, NEEDS_REASON, type Tone, type View } from '../../src/core/view/view.ts';
import type { Outgoing } from './bot.ts';
import { asBlock, asRun, cut, inCard, inWords } from './text.ts';

export type Json = Readonly<Record<string, unknown>>;

const CARD = 'application/vnd.microsoft.card.adaptive';

/** Never colour alone: the emoji and the status line say the same in every theme and on every screen. */
const TONES: Readonly<Record<Tone, { readonly emoji: string; readonly style: string; readonly color: string }>> = {
  waiting: { emoji: '⏳', style: 'accent', color: 'accent' },
  opening: { emoji: '🔧', style: 'accent', color: 'accent' },
  open: { emoji: '🔓', style: 'good', color: 'good' },
  closing: { emoji: '⌛', style: 'warning', color: 'warning' },
  closed: { emoji: '🔒', style: 'emphasis', color: 'default' },
  refused: { emoji: '🚫', style: 'emphasis', color: 'default' },
  alarm: { emoji: '🚨', style: 'attention', color: 'attention' },
};

/** Together these keep every card below 20 KB, far from where Teams refuses (about 100 KB with the message around it). */
const MOST = {
  title: 200,
  status: 300,
  facts: 12,
  label: 40,
  value: 160,
  quote: 2_000,
  notes: 6,
  note: 300,
  spoken: 700,
};

/**
 * A request as an Adaptive Card 1.5, the newest that Teams renders. `nonce` is the intent under which the card was
 * posted; it goes along with every button, so that a card whose post was never heard of can be adopted.
 */
export function cardOf(view: View, nonce?: string): Json {
  const spoken = spokenOf(view);
  return {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.5',
    lang: 'en',
    speak: spoken,
    fallbackText: `${spoken} (This app cannot show the card; please update Teams.)`,
    body: [header(view), quote(view.justification), factSet(view.facts), ...notes(view.notes)].flat(),
    actions: view.buttons.map((button) =>
      action(button, { r: view.request, v: view.version, ...(nonce && { n: nonce }) }),
    ),
  };
}

/** The message that carries a card; its summary is what the notification shows. */
export function messageWith(card: Json, summary: string): Outgoing {
  return { summary: cut(summary, MOST.spoken), attachments: [{ contentType: CARD, content: card }] };
}

/** A band across the card: emoji, title, and a line below it. */
export function band(emoji: string, style: string, title: string, below: readonly Json[] = []): Json {
  const heading = { type: 'TextBlock', style: 'heading', size: 'medium', weight: 'bolder', wrap: true };
  return {
    type: 'Container',
    style,
    bleed: true,
    items: [{ ...heading, text: `${emoji} ${asBlock(cut(title, MOST.title))}` }, ...below],
  };
}

/** Text that is shown as it was written, whatever it holds. */
export function words(inlines: readonly Json[], more: Json = {}): Json {
  return { type: 'RichTextBlock', inlines: inlines.map((run) => ({ type: 'TextRun', ...run })), ...more };
}

/** A block with a warning sign in front. */
export function warning(text: string, style = 'warning'): Json {
  return { type: 'Container', style, spacing: 'medium', items: [words([{ text: `⚠️ ${text}` }])] };
}

function header(view: View): Json {
  const { emoji, style, color } = TONES[view.tone];
  const status = inCard(view.status, asRun, { mostBytes: MOST.status, withDate: false });
  return band(emoji, style, view.title, [words([{ text: status, weight: 'bolder', color }], { spacing: 'small' })]);
}

function quote(justification: string): readonly Json[] {
  if (justification === '') return [];
  const text = `“${asRun(cut(justification, MOST.quote))}”`;
  return [words([{ text, italic: true }], { spacing: 'medium' })];
}

function factSet(facts: View['facts']): readonly Json[] {
  if (facts.length === 0) return [];
  const rows = facts.slice(0, MOST.facts).map(({ label, value }) => ({
    title: asBlock(cut(label, MOST.label)),
    value: inCard(value, asBlock, { mostBytes: MOST.value }),
  }));
  return [{ type: 'FactSet', spacing: 'medium', separator: true, facts: rows }];
}

function notes(lines: readonly Line[]): readonly Json[] {
  const shown = lines.length > MOST.notes ? lines.slice(0, MOST.notes - 1) : lines;
  const hidden = lines.length - shown.length;
  return [
    ...shown.map((line) => warning(inCard(line, asRun, { mostBytes: MOST.note }))),
    ...(hidden > 0 ? [warning(`… and ${hidden} more like these.`)] : []),
  ];
}

function spokenOf({ title, status, justification, notes: lines }: View): string {
  const parts = [`${title}.`, `${inWords(status)}.`, justification === '' ? '' : `“${cut(justification, 200)}”`];
  return cut([...parts, ...lines.map(inWords)].filter((part) => part !== '').join(' '), MOST.spoken);
}

const STYLES = { primary: 'positive', danger: 'destructive', plain: 'default' } as const;

/** A button. One that needs a reason or an "are you sure" opens a box below the card first: cards have no dialogs. */
function action(button: Button, data: Json): Json {
  const { verb, label, confirm } = button;
  const style = STYLES[button.style];
  const title = cut(label, MOST.label);
  // NB. without inputs: a reason that is still missing must not keep the other buttons from being sent.
  const execute = { type: 'Action.Execute', title, verb, style, data, associatedInputs: 'none' };
  const box = (body: readonly Json[], inner: Json) => ({
    type: 'Action.ShowCard',
    title: `${title}…`,
    style,
    card: { type: 'AdaptiveCard', body, actions: [inner] },
  });
  if (NEEDS_REASON.has(verb)) return box([reasonInput(confirm)], { ...execute, associatedInputs: 'auto' });
  return confirm === undefined ? execute : box([words([{ text: asRun(cut(confirm, MOST.note)) }])], execute);
}

function reasonInput(question = 'Why?'): Json {
  return {
    type: 'Input.Text',
    id: 'reason',
    label: cut(question, MOST.note),
    placeholder: 'The requester will read this',
    isMultiline: true,
    isRequired: true,
    errorMessage: 'Enter a reason.',
    maxLength: LONGEST_REASON,
  };
}
