import { quoted } from '../../src/core/language/quotation.ts';
import { say } from '../../src/core/language/say.ts';
import { ENGLISH, type Line, phrased, type Tongue } from '../../src/core/language/text.ts';
import { type Spoken, viewIn } from '../../src/core/view/in-tongue.ts';
import type { Note, Tone, View } from '../../src/core/view/view.ts';
import { toggle } from './action.ts';
import type { Outgoing } from './bot.ts';
import { cardActions } from './card-actions.ts';
import type { Json } from './json.ts';
import { asBlock, asRun, breakable, cut, inCard, inWords, jsonBytes } from './text.ts';

const DETAILS = 'details';
const DETAILS_TITLE = 'Details';
const CARD = 'application/vnd.microsoft.card.adaptive';

/**
 * Never colour alone: the emoji and the status line say the same in every theme and on every screen. Text in the band has
 * the theme's own colour: Teams' coloured ones are too faint there (1.85 : 1, where 4.5 : 1 is the least that is legible).
 */
const TONES: Readonly<Record<Tone, { readonly emoji: string; readonly style: string }>> = {
  waiting: { emoji: '⏳', style: 'accent' },
  opening: { emoji: '🔧', style: 'accent' },
  open: { emoji: '🔓', style: 'good' },
  glass: { emoji: '🧨', style: 'attention' },
  closing: { emoji: '⌛', style: 'warning' },
  closed: { emoji: '🔒', style: 'emphasis' },
  notice: { emoji: 'ℹ️', style: 'warning' },
  refused: { emoji: '🚫', style: 'emphasis' },
  alarm: { emoji: '🚨', style: 'attention' },
};

const NOTES: Readonly<Record<Note['tone'], { readonly emoji: string; readonly style: string }>> = {
  info: { emoji: 'ℹ️', style: 'emphasis' },
  warning: { emoji: '⚠️', style: 'warning' },
  alarm: { emoji: '🚨', style: 'attention' },
};

/**
 * In bytes; together these keep every card below 28 KB, far from where Teams refuses (about 100 KB with the message around
 * it). What people write, machines' names and sources fit whole.
 */
const MOST = {
  title: 200,
  status: 600,
  facts: 16,
  lines: 12,
  line: 900,
  allLines: 1_400,
  label: 40,
  value: 700,
  values: 2_400,
  quote: 2_000,
  remark: 2_200,
  remarks: 4_000,
  notes: 6,
  note: 900,
  allNotes: 3_500,
  spoken: 1_800,
};

/** What goes along with its buttons, and in which language it is read. */
interface Edition {
  readonly more?: Json;
  readonly tongue?: Tongue;
}

/**
 * A request as an Adaptive Card 1.5, the newest that Teams renders. `nonce` is the intent under which the card was
 * posted; it goes along with every button, so that a card whose post was never heard of can be adopted, and so does `more`.
 */
export function cardOf(given: View, nonce?: string, { more = {}, tongue = ENGLISH }: Edition = {}): Json {
  const view = viewIn(given, tongue);
  const spoken = spokenOf(view, tongue);
  const along = { ...(nonce ? { n: nonce } : {}), ...more };
  const toggled = toggle(phrased(DETAILS_TITLE, tongue), DETAILS);
  const { actions, hidden } = cardActions(view, { more: along, tongue }, toggled);
  return {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.5',
    lang: tongue.language,
    speak: spoken,
    fallbackText: `${spoken} ${phrased('(This app cannot show the card; please update Teams.)', tongue)}`,
    body: [
      header(view, tongue),
      ...lines(view.brief, tongue, 'medium', view.tone === 'waiting'),
      ...quote(view.justification, tongue),
      ...lines(view.people, tongue, 'small'),
      ...remarks(view.remarks, tongue),
      ...notes(view.notes, tongue),
      details(view, tongue),
      ...hidden,
    ],
    actions,
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
    items: [{ ...heading, text: `${emoji} ${asBlock(cut(title, MOST.title, asBlock))}` }, ...below],
  };
}

/** Text of several looks, shown as it was written, whatever it holds. NB. it does not break long words: `breakable` does. */
export function words(inlines: readonly Json[], more: Json = {}): Json {
  return { type: 'RichTextBlock', inlines: inlines.map((run) => ({ type: 'TextRun', ...run })), ...more };
}

/** Text that may have bold in it: what is not ours has been made safe. */
export function block(text: string, more: Json = {}): Json {
  return { type: 'TextBlock', text, wrap: true, ...more };
}

/** A block with a warning sign in front of a text that was made safe as one of a block. */
export function warning(text: string, style = 'warning'): Json {
  return { type: 'Container', style, spacing: 'medium', items: [block(`⚠️ ${text}`)] };
}

function noteOf(text: string, { emoji, style }: (typeof NOTES)[Note['tone']]): Json {
  if (style === NOTES.info.style) return block(`${emoji} ${text}`, { spacing: 'small', isSubtle: true });
  return { type: 'Container', style, spacing: 'medium', items: [block(`${emoji} ${text}`)] };
}

function header(view: Spoken<View>, tongue: Tongue): Json {
  const { emoji, style } = TONES[view.tone];
  const status = inCard(view.status, asBlock, { mostBytes: MOST.status, tongue });
  // While it waits, what is asked for weighs more than the deadline.
  const weight = view.tone === 'waiting' ? {} : { weight: 'bolder' };
  return band(emoji, style, view.title, [block(status, { spacing: 'small', ...weight })]);
}

function quote(justification: string, tongue: Tongue): readonly Json[] {
  if (justification === '') return [];
  const text = quotation(cut(justification, MOST.quote), tongue);
  return [words([{ text, italic: true }], { spacing: 'medium' })];
}

/** What somebody wrote, for an element that knows no Markdown and breaks no words. */
export function quotation(text: string, tongue: Tongue): string {
  return phrased(quoted(breakable(asRun(text, tongue))), tongue);
}

function remarks(all: View['remarks'], tongue: Tongue): readonly Json[] {
  let left = MOST.remarks;
  const shown = all.flatMap(({ by, text }) => {
    const name = `${breakable(inCard([by], asRun, { mostBytes: MOST.label * 4 }))}: `;
    const said = quotation(cut(text, MOST.remark), tongue);
    left -= jsonBytes(name + said);
    const runs = [
      { text: name, weight: 'bolder' },
      { text: said, italic: true },
    ];
    return left < 0 ? [] : [words(runs, { spacing: 'small' })];
  });
  const hidden = all.length - shown.length;
  return hidden > 0
    ? [...shown, words([{ text: phrased(say`… and ${hidden} more.`, tongue) }], { spacing: 'small' })]
    : shown;
}

/** What a decision needs, a line each; with `isAsk` the first is what is asked for. */
function lines(all: View['brief'], tongue: Tongue, spacing: string, isAsk = false): readonly Json[] {
  let left = MOST.allLines;
  return all.slice(0, MOST.lines).flatMap((line, i): Json[] => {
    if (left <= 0) return [];
    const text = inCard(line, asBlock, { mostBytes: Math.max(0, Math.min(MOST.line, left)), tongue });
    left -= jsonBytes(text);
    const weight = isAsk && i === 0 ? { weight: 'bolder' } : {};
    return [block(text, { spacing: i === 0 ? spacing : 'none', ...weight })];
  });
}

/** The rest, shown where its button is pressed. */
function details(view: Spoken<View>, tongue: Tongue): Json {
  const how = block(phrased(say`All that happened: “show ${view.request}”`, tongue), {
    spacing: 'small',
    isSubtle: true,
  });
  return { type: 'Container', id: DETAILS, isVisible: false, items: [...facts(view.facts, tongue), how] };
}

/** Each fact is a text that wraps, within long words too: in two columns values are cut where the card is narrow. */
function facts(all: Spoken<View>['facts'], tongue: Tongue): readonly Json[] {
  let left = MOST.values;
  return all.slice(0, MOST.facts).map(({ label, value }, i) => {
    const text = inCard(value, asBlock, { mostBytes: Math.max(0, Math.min(MOST.value, left)), tongue });
    left -= jsonBytes(text);
    const title = `**${asBlock(cut(label, MOST.label, asBlock))}:** `;
    return block(`${title}${text}`, i === 0 ? { spacing: 'medium', separator: true } : { spacing: 'small' });
  });
}

function notes(all: View['notes'], tongue: Tongue): readonly Json[] {
  let left = MOST.allNotes;
  const shown = all.slice(0, all.length > MOST.notes ? MOST.notes - 1 : MOST.notes).flatMap(({ tone, text }) => {
    const note = inCard(text, asBlock, { mostBytes: MOST.note, tongue });
    left -= jsonBytes(note);
    return left < 0 ? [] : [noteOf(note, NOTES[tone])];
  });
  const hidden = all.length - shown.length;
  return hidden > 0 ? [...shown, noteOf(phrased(say`… and ${hidden} more like these.`, tongue), NOTES.info)] : shown;
}

function spokenOf(view: Spoken<View>, tongue: Tongue): string {
  const { summary, brief, justification, people, remarks: said, notes: all } = view;
  const sayOne = (line: Line) => inWords(line, { tongue });
  const parts = [
    `${sayOne(summary)}.`,
    ...brief.map((line) => `${sayOne(line)}.`),
    justification === '' ? '' : phrased(quoted(justification), tongue),
    ...people.map((line) => `${sayOne(line)}.`),
    ...said.map(({ by, text }) => `${sayOne([by])}: ${phrased(quoted(text), tongue)}`),
    ...all.map(({ text }) => sayOne(text)),
  ];
  return cut(parts.filter((part) => part !== '').join(' '), MOST.spoken);
}
