import type { Button, ContextBlock, KnownBlock, MrkdwnElement, SectionBlock } from '@slack/types';
import { plain } from '../../src/core/language/text.ts';
import type { Note, Tone, View, Button as ViewButton } from '../../src/core/view/view.ts';
import { cut, mrkdwn, type SlackIdOf } from './text.ts';

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
const NOTE = { each: 800, all: 2_400 };
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
export function notificationOf({ tone, headline }: View): string {
  return `${SIGNS[tone]} ${mrkdwn(headline, () => undefined, NOTIFICATION)}`;
}

/** A view as a Slack message. Buttons carry ids and no authority. */
export function cardOf(view: View, slackIdOf: SlackIdOf): Message {
  const title = cut(`${SIGNS[view.tone]} ${view.title}`, HEADER);
  const status = mrkdwn(view.status, slackIdOf, STATUS);
  const blocks: KnownBlock[] = [
    { type: 'header', text: { type: 'plain_text', text: title, emoji: false } },
    { type: 'section', text: verbatim([`*${status}*`, ...linesOf(view.brief, slackIdOf)].join('\n')) },
    quote(`“${view.justification}”`, JUSTIFICATION),
    ...peopleOf(view, slackIdOf),
    ...remarksOf(view),
    ...notesOf(view, slackIdOf),
    { type: 'actions', elements: [...view.buttons, DETAILS].map((button) => cardButton(view, button)) },
  ];
  return { text: `${SIGNS[view.tone]} ${mrkdwn(view.summary, slackIdOf, STATUS)}`, blocks };
}

/** Mrkdwn in which nothing is linked or mentioned but what we mark up ourselves. */
export function verbatim(text: string): MrkdwnElement {
  return { type: 'mrkdwn', text, verbatim: true };
}

/** Text in which nothing is marked up at all: what people wrote. */
function quote(text: string, most: number): SectionBlock {
  return { type: 'section', text: { type: 'plain_text', text: cut(text, most), emoji: false } };
}

function remarksOf({ remarks }: View): SectionBlock[] {
  let left = REMARK.all;
  const shown = remarks.flatMap(({ by, text }) => {
    const words = cut(`${plain([by])}: “${text}”`, REMARK.each);
    left -= words.length;
    return left < 0 ? [] : [quote(words, REMARK.each)];
  });
  const more = remarks.length - shown.length;
  return more > 0 ? [...shown, quote(`… and ${more} more.`, REMARK.each)] : shown;
}

function linesOf(lines: View['brief'], slackIdOf: SlackIdOf): string[] {
  let left = ALL_LINES;
  return lines.slice(0, LINES).flatMap((line) => {
    const words = mrkdwn(line, slackIdOf, LINE);
    left -= words.length;
    return left < 0 ? [] : [words];
  });
}

function peopleOf({ people }: View, slackIdOf: SlackIdOf): SectionBlock[] {
  const text = linesOf(people, slackIdOf).join('\n');
  return text === '' ? [] : [{ type: 'section', text: verbatim(text) }];
}

/** An alarm has a block of its own; the rest stands small below. */
function notesOf({ notes }: View, slackIdOf: SlackIdOf): (SectionBlock | ContextBlock)[] {
  let left = NOTE.all;
  const shown = notes.slice(0, CONTEXT - 1).flatMap(({ tone, text }) => {
    const words = `${NOTE_SIGNS[tone]} ${mrkdwn(text, slackIdOf, NOTE.each)}`;
    left -= words.length;
    return left < 0 ? [] : [{ tone, words: verbatim(words) }];
  });
  const alarms = shown.filter(({ tone }) => tone === 'alarm');
  const quiet = shown.filter(({ tone }) => tone !== 'alarm').map(({ words }) => words);
  const more = notes.length - shown.length;
  const elements = more > 0 ? [...quiet, verbatim(`… and ${more} more`)] : quiet;
  return [
    ...alarms.map(({ words }): SectionBlock => ({ type: 'section', text: words })),
    ...(elements.length > 0 ? [{ type: 'context', elements } as const] : []),
  ];
}

/** A button of the card of a request, on it or elsewhere. */
export function cardButton(
  view: Pick<View, 'request' | 'version' | 'title'>,
  { verb, label, style, confirm, initial }: ViewButton,
): Button {
  return {
    type: 'button',
    action_id: `jit_${verb}`,
    text: { type: 'plain_text', text: cut(label, LABEL), emoji: false },
    accessibility_label: cut(`${label}: ${view.title}`, LABEL),
    value: JSON.stringify({ r: view.request, v: view.version, ...(initial === undefined ? {} : { t: initial }) }),
    ...(style === 'plain' ? {} : { style }),
    ...(confirm
      ? {
          confirm: {
            title: { type: 'plain_text', text: cut(label, LABEL) },
            text: { type: 'plain_text', text: cut(confirm, CONFIRM_TEXT) },
            confirm: { type: 'plain_text', text: cut(label, CONFIRM_TITLE) },
            deny: { type: 'plain_text', text: 'Back' },
          },
        }
      : {}),
  };
}
