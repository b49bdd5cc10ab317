import type { ActionsBlock, Button, ContextBlock, KnownBlock, MrkdwnElement, SectionBlock } from '@slack/types';
import type { Tone, View, Button as ViewButton } from '../../src/core/view/view.ts';
import { cut, escaped, mrkdwn, type SlackIdOf } from './text.ts';

/** Block Kit's limits (https://docs.slack.dev/reference/block-kit/blocks). */
const HEADER = 150;
const FIELDS = 10;
const CONTEXT = 10;
const LABEL = 75;
const CONFIRM_TITLE = 30;
const CONFIRM_TEXT = 300;
/** Ours, far below Slack's for each text: together they must stay below 13,000 characters (slackapi/bolt-js#2509). */
const STATUS = 500;
const JUSTIFICATION = 1_000;
const VALUE = 350;
const NOTE = 350;
const SECTIONS = 2;

/** One sign a tone, always with words beside it. */
const SIGNS: Readonly<Record<Tone, string>> = {
  waiting: '⏳',
  opening: '🔓',
  open: '🟢',
  closing: '🔒',
  closed: '✅',
  refused: '⛔',
  alarm: '🚨',
};

export interface Message {
  /** For notifications and screen readers. */
  readonly text: string;
  readonly blocks: KnownBlock[];
}

/** A view as a Slack message. Buttons carry ids and no authority. */
export function cardOf(view: View, slackIdOf: SlackIdOf): Message {
  const title = cut(`${SIGNS[view.tone]} ${view.title}`, HEADER);
  const status = mrkdwn(view.status, slackIdOf, STATUS);
  const blocks: KnownBlock[] = [
    { type: 'header', text: { type: 'plain_text', text: title, emoji: false } },
    { type: 'section', text: verbatim(`*${status}*`) },
    {
      type: 'section',
      text: { type: 'plain_text', text: cut(`“${view.justification}”`, JUSTIFICATION), emoji: false },
    },
    ...factsOf(view, slackIdOf),
    ...notesOf(view, slackIdOf),
    ...buttonsOf(view),
  ];
  return { text: `${mrkdwn([title], slackIdOf)}: ${status}`, blocks };
}

/** Mrkdwn in which nothing is linked or mentioned but what we mark up ourselves. */
export function verbatim(text: string): MrkdwnElement {
  return { type: 'mrkdwn', text, verbatim: true };
}

function factsOf({ facts }: View, slackIdOf: SlackIdOf): SectionBlock[] {
  const fields = facts
    .slice(0, FIELDS * SECTIONS)
    .map(({ label, value }) => verbatim(`*${escaped(cut(label, LABEL))}*\n${mrkdwn(value, slackIdOf, VALUE)}`));
  return [fields.slice(0, FIELDS), fields.slice(FIELDS)]
    .filter((some) => some.length > 0)
    .map((some) => ({ type: 'section', fields: some }));
}

function notesOf({ notes }: View, slackIdOf: SlackIdOf): ContextBlock[] {
  if (notes.length === 0) return [];
  const shown = notes.length > CONTEXT ? notes.slice(0, CONTEXT - 1) : notes;
  const more = notes.length - shown.length;
  const elements = shown.map((note) => verbatim(`⚠️ ${mrkdwn(note, slackIdOf, NOTE)}`));
  if (more > 0) elements.push(verbatim(`⚠️ … and ${more} more`));
  return [{ type: 'context', elements }];
}

function buttonsOf(view: View): ActionsBlock[] {
  if (view.buttons.length === 0) return [];
  return [{ type: 'actions', elements: view.buttons.map((button) => buttonOf(view, button)) }];
}

function buttonOf(view: View, { verb, label, style, confirm }: ViewButton): Button {
  return {
    type: 'button',
    action_id: `jit_${verb}`,
    text: { type: 'plain_text', text: cut(label, LABEL), emoji: false },
    accessibility_label: cut(`${label}: ${view.title}`, LABEL),
    value: JSON.stringify({ r: view.request, v: view.version }),
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
