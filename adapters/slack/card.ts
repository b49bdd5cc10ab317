import type { ActionsBlock, Button, ContextBlock, KnownBlock } from '@slack/types';
import { plain } from '../../src/core/text.ts';
import type { Tone, View, Button as ViewButton } from '../../src/core/view.ts';
import { cut, mrkdwn, type SlackIdOf } from './text.ts';

/** Block Kit's limits (https://docs.slack.dev/reference/block-kit/blocks). */
const HEADER = 150;
const SECTION = 3_000;
const FIELD = 2_000;
const FIELDS = 10;
const CONTEXT = 10;
const NOTE = 1_000;

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
  const title = `${SIGNS[view.tone]} ${view.title}`;
  const blocks: KnownBlock[] = [
    { type: 'header', text: { type: 'plain_text', text: cut(title, HEADER), emoji: true } },
    { type: 'section', text: { type: 'mrkdwn', text: cut(`*${mrkdwn(view.status, slackIdOf)}*`, SECTION) } },
    { type: 'section', text: { type: 'plain_text', text: cut(`“${view.justification}”`, SECTION), emoji: false } },
    {
      type: 'section',
      fields: view.facts
        .slice(0, FIELDS)
        .map(({ label, value }) => ({ type: 'mrkdwn', text: cut(`*${label}*\n${mrkdwn(value, slackIdOf)}`, FIELD) })),
    },
    ...notesOf(view, slackIdOf),
    ...buttonsOf(view),
  ];
  return { text: cut(`${title}: ${plain(view.status)}`, SECTION), blocks };
}

function notesOf(view: View, slackIdOf: SlackIdOf): ContextBlock[] {
  if (view.notes.length === 0) return [];
  const elements = view.notes
    .slice(0, CONTEXT)
    .map((note) => ({ type: 'mrkdwn' as const, text: cut(`⚠️ ${mrkdwn(note, slackIdOf)}`, NOTE) }));
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
    text: { type: 'plain_text', text: label },
    accessibility_label: cut(`${label}: ${view.title}`, 75),
    value: JSON.stringify({ r: view.request, v: view.version }),
    ...(style === 'plain' ? {} : { style }),
    ...(confirm
      ? {
          confirm: {
            title: { type: 'plain_text', text: label },
            text: { type: 'plain_text', text: cut(confirm, 300) },
            confirm: { type: 'plain_text', text: label },
            deny: { type: 'plain_text', text: 'Back' },
          },
        }
      : {}),
  };
}
