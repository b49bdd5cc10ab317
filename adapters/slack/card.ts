import type { Button, ContextBlock, KnownBlock, MrkdwnElement, SectionBlock } from '@slack/types';
import { quoted } from '../../src/core/language/quotation.ts';
import { say } from '../../src/core/language/say.ts';
import { phrased, plainly } from '../../src/core/language/text.ts';
import { buttonIn, type Spoken, viewIn } from '../../src/core/view/in-tongue.ts';
import type { Note, Tone, View, Button as ViewButton } from '../../src/core/view/view.ts';
import { cut, mrkdwn, type SlackReader } from './text.ts';

/** Block Kit's limits (https://docs.slack.dev/reference/block-kit/blocks). */
const HEADER = 150;
const CONTEXT = 10;
const LABEL = 75;
const CONFIRM_TITLE = 30;
const CONFIRM_TEXT = 300;
/**
 * Ours, far below Slack's for each text: together they must stay below 13,000 characters (slackapi/bolt-js#2509). What
 * people write, machines' names and sources fit whole.
 */
const STATUS = 600;
const JUSTIFICATION = 1_000;
const REMARK = { each: 1_000, all: 2_400 };
const LINE = 780;
/** Enough for each of several machines; all of them no longer than three that are full. */
const LINES = 12;
const ALL_LINES = 3 * LINE;
const NOTE = { each: 1_200, all: 2_400 };
const NOTIFICATION = 3_000;

/** One sign a tone, always with words beside it. */
const SIGNS: Readonly<Record<Tone, string>> = {
  waiting: '⏳',
  opening: '🔓',
  open: '🟢',
  glass: '🧨',
  closing: '🔒',
  closed: '✅',
  notice: 'ℹ️',
  refused: '⛔',
  alarm: '🚨',
};

/** On every card: the rest, for whoever presses it alone. */
const DETAILS: ViewButton = { verb: 'details', label: 'Details', style: 'plain' };

const NOTE_SIGNS: Readonly<Record<Note['tone'], string>> = { info: 'ℹ️', warning: '⚠️', alarm: '🚨' };

export interface Message {
  /** For screen readers, and where no blocks are shown. */
  readonly text: string;
  readonly blocks: KnownBlock[];
}

/** What a new message notifies people of: all that a decision needs. Names stand for mentions, which the milestones make. */
export function notificationOf({ tone, headline }: View, { tongue }: SlackReader): string {
  return `${SIGNS[tone]} ${mrkdwn(headline, { slackIdOf: () => undefined, tongue }, NOTIFICATION)}`;
}

/** A view as a Slack message. Buttons carry ids and no authority. */
export function cardOf(given: View, reader: SlackReader): Message {
  const view = viewIn(given, reader.tongue);
  const title = cut(`${SIGNS[view.tone]} ${view.title}`, HEADER);
  const status = mrkdwn(view.status, reader, STATUS);
  const blocks: KnownBlock[] = [
    { type: 'header', text: { type: 'plain_text', text: title, emoji: false } },
    { type: 'section', text: verbatim(topOf(view, status, reader).join('\n')) },
    quote(phrased(quoted(view.justification), reader.tongue), JUSTIFICATION),
    ...peopleOf(view, reader),
    ...remarksOf(view, reader),
    ...notesOf(view, reader),
    { type: 'actions', elements: [...given.buttons, DETAILS].map((button) => cardButton(view, button, reader)) },
  ];
  return { text: `${SIGNS[view.tone]} ${mrkdwn(view.summary, reader, STATUS)}`, blocks };
}

/** What weighs most comes first: while it waits, what is asked for, and the deadline last; later how it stands. */
function topOf(view: Spoken<View>, status: string, reader: SlackReader): readonly string[] {
  const [what, ...rest] = linesOf(view.brief, reader);
  if (view.tone === 'waiting' && what !== undefined) return [`*${what}*`, ...rest, status];
  return [`*${status}*`, ...(what === undefined ? [] : [what, ...rest])];
}

/** Mrkdwn in which nothing is linked or mentioned but what we mark up ourselves. */
export function verbatim(text: string): MrkdwnElement {
  return { type: 'mrkdwn', text, verbatim: true };
}

/** Text in which nothing is marked up at all: what people wrote. */
function quote(text: string, most: number): SectionBlock {
  return { type: 'section', text: { type: 'plain_text', text: cut(text, most), emoji: false } };
}

function remarksOf({ remarks }: Spoken<View>, { tongue }: SlackReader): SectionBlock[] {
  let left = REMARK.all;
  const shown = remarks.flatMap(({ by, text }) => {
    const words = cut(phrased(say`${plainly([by])}: ${quoted(text)}`, tongue), REMARK.each);
    left -= words.length;
    return left < 0 ? [] : [quote(words, REMARK.each)];
  });
  const more = remarks.length - shown.length;
  return more > 0 ? [...shown, quote(phrased(say`… and ${more} more.`, tongue), REMARK.each)] : shown;
}

function linesOf(lines: View['brief'], reader: SlackReader): string[] {
  let left = ALL_LINES;
  return lines.slice(0, LINES).flatMap((line) => {
    const words = mrkdwn(line, reader, LINE);
    left -= words.length;
    return left < 0 ? [] : [words];
  });
}

function peopleOf({ people }: Spoken<View>, reader: SlackReader): SectionBlock[] {
  const text = linesOf(people, reader).join('\n');
  return text === '' ? [] : [{ type: 'section', text: verbatim(text) }];
}

/** An alarm has a block of its own; the rest stands small below. */
function notesOf({ notes }: Spoken<View>, reader: SlackReader): (SectionBlock | ContextBlock)[] {
  let left = NOTE.all;
  const shown = notes.slice(0, CONTEXT - 1).flatMap(({ tone, text }) => {
    const words = `${NOTE_SIGNS[tone]} ${mrkdwn(text, reader, NOTE.each)}`;
    left -= words.length;
    return left < 0 ? [] : [{ tone, words: verbatim(words) }];
  });
  const alarms = shown.filter(({ tone }) => tone === 'alarm');
  const quiet = shown.filter(({ tone }) => tone !== 'alarm').map(({ words }) => words);
  const more = notes.length - shown.length;
  const elements = more > 0 ? [...quiet, verbatim(phrased(say`… and ${more} more`, reader.tongue))] : quiet;
  return [
    ...alarms.map(({ words }): SectionBlock => ({ type: 'section', text: words })),
    ...(elements.length > 0 ? [{ type: 'context', elements } as const] : []),
  ];
}

/** A button of the card of a request, on it or elsewhere. */
export function cardButton(
  view: Pick<View, 'request' | 'version' | 'title'>,
  button: ViewButton,
  { tongue }: SlackReader,
): Button {
  const { verb, label, style, confirm, initial } = buttonIn(button, tongue);
  return {
    type: 'button',
    action_id: `jit_${verb}`,
    text: { type: 'plain_text', text: cut(label, LABEL), emoji: false },
    accessibility_label: cut(`${label}: ${phrased(view.title, tongue)}`, LABEL),
    value: JSON.stringify({ r: view.request, v: view.version, ...(initial === undefined ? {} : { t: initial }) }),
    ...(style === 'plain' ? {} : { style }),
    ...(confirm
      ? {
          confirm: {
            title: { type: 'plain_text', text: cut(label, LABEL) },
            text: { type: 'plain_text', text: cut(confirm, CONFIRM_TEXT) },
            confirm: { type: 'plain_text', text: cut(label, CONFIRM_TITLE) },
            deny: { type: 'plain_text', text: phrased('Back', tongue) },
          },
        }
      : {}),
  };
}
