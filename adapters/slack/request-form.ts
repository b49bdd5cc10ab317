import { createHash } from 'node:crypto';
import type { KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import { commas, say } from '../../src/core/language/say.ts';
import { LONGEST_REASON } from '../../src/core/language/terms.ts';
import { type Phrase, phrased } from '../../src/core/language/text.ts';
import { usualDuration } from '../../src/core/view/usual-duration.ts';
import type { Choice, FilledForm, Form } from '../../src/ports/inbox.ts';
import { ASK_PROTECTOR, MACHINE_ACTION } from './buttons.ts';
import { verbatim } from './card.ts';
import {
  formIn,
  GLASS_FORM,
  MOST_OPTIONS,
  machineOptions,
  notice,
  option,
  REQUEST_FORM,
  TITLES,
  text,
} from './form.ts';
import { cut, mrkdwn, type SlackReader } from './text.ts';

const ABOUT = 3_000;

/** What is in the form when it is drawn anew. */
export interface FormState extends FilledForm {
  /** As Slack holds it: where the options come from a type-ahead, nobody else has its words. */
  readonly chosen: PlainTextOption;
  /** What we had put in as the source, and where. */
  readonly given: { readonly source: string; readonly actionId: string };
}

/** The form, or why there is none. `held` stays in it as far as the machine allows. */
export function requestForm(form: Form, reader: SlackReader, held?: FormState): ModalView {
  const { tongue } = reader;
  if (form.refusal !== undefined) return notice(form.refusal, tongue);
  if ((form.machines.length === 0 && !form.typeAhead) || form.ports.length === 0 || form.durations.length === 0)
    return notice('No policy lets you request access. Ask your Drawbridge administrator.', tongue);
  const { isBreakGlass } = form;
  const view: ModalView = {
    type: 'modal',
    callback_id: isBreakGlass ? GLASS_FORM : REQUEST_FORM,
    title: text(isBreakGlass ? TITLES.glass : TITLES.request),
    submit: text(isBreakGlass ? 'Next' : 'Request'),
    close: text('Cancel'),
    blocks: [
      ...(isBreakGlass ? [{ type: 'section', text: text(phrased(GLASS, tongue)) } as const] : []),
      ...requestBlocks(form, reader, held),
    ],
  };
  return formIn(view, tongue);
}

const GLASS =
  'Opens the port at once, without an approval. Everybody is told, and somebody else reviews it afterwards. Nothing is opened before you press the button of the next message.';

function sourceHint({ sources = [] }: Form): Phrase {
  return sources.length === 0
    ? 'The public IP address or CIDR prefix you will connect from'
    : say`The public IP address or CIDR prefix you will connect from, or one of: ${commas(sources)}`;
}

function requestBlocks(form: Form, reader: SlackReader, held: FormState | undefined): KnownBlock[] {
  const { filled } = form;
  const justification = held?.justification ?? filled?.justification;
  return [
    machineBlock(form, held),
    ...aboutBlock(form, reader, held?.chosen.value ?? filled?.machine),
    portsBlock(form, held),
    durationBlock(form, held),
    ...(form.isBreakGlass ? [] : [startBlock(held ? held.start : filled?.start)]),
    sourceBlock(form, reader, held),
    ...(form.address === undefined ? [] : [addressBlock(form.address, reader)]),
    {
      type: 'input',
      block_id: 'justification',
      label: text('Justification'),
      hint: text(form.isBreakGlass ? 'Everybody who is told will see this.' : 'Approvers will see this.'),
      element: {
        type: 'plain_text_input',
        action_id: 'justification',
        multiline: true,
        max_length: LONGEST_REASON,
        ...(justification ? { initial_value: justification } : {}),
      },
    },
  ];
}

/** Slack tells of the choice at once, so that the rest can follow it. */
function machineBlock(form: Form, held: FormState | undefined): KnownBlock {
  const wanted = held?.chosen.value ?? form.filled?.machine;
  const options = machineOptions(form.machines);
  const own = options.find(({ value }) => value === wanted) ?? ownOption(form);
  const chosen = form.typeAhead ? (held?.chosen ?? own) : own;
  const initial = chosen ? { initial_option: chosen } : {};
  return {
    type: 'input',
    block_id: 'machine',
    label: text('Machine'),
    dispatch_action: true,
    element: form.typeAhead
      ? {
          type: 'external_select',
          action_id: MACHINE_ACTION,
          min_query_length: 1,
          placeholder: text('Type part of its name'),
          ...initial,
        }
      : { type: 'static_select', action_id: MACHINE_ACTION, options, ...initial },
  };
}

function ownOption({ machines, filled }: Form): PlainTextOption | undefined {
  return machineOptions(machines.filter(({ value }) => value === filled?.machine))[0];
}

/** What follows from the machine; with a button where it cannot be opened yet. */
function aboutBlock({ about }: Form, reader: SlackReader, machine: string | undefined): KnownBlock[] {
  if (!about || about.lines.length === 0) return [];
  const words = verbatim(cut(about.lines.map((line) => mrkdwn(line, reader, ABOUT / 4)).join('\n'), ABOUT));
  if (!about.isUnprotected || !machine) return [{ type: 'context', block_id: 'about', elements: [words] }];
  const accessory = {
    type: 'button',
    action_id: ASK_PROTECTOR,
    text: text(phrased('Ask a protector', reader.tongue)),
    value: machine,
  } as const;
  return [{ type: 'section', block_id: 'about', text: words, accessory }];
}

function portsBlock(form: Form, held: FormState | undefined): KnownBlock {
  const offered = form.ports.slice(0, MOST_OPTIONS);
  const among = (wanted: readonly string[]) => offered.filter(({ value }) => wanted.includes(value));
  const usual = form.filled ? among(form.filled.ports) : offered.slice(0, 1);
  const kept = among(held?.ports ?? []);
  const chosen = kept.length > 0 ? kept : usual;
  return {
    type: 'input',
    block_id: 'ports',
    label: text('Ports'),
    element: {
      type: 'multi_static_select',
      action_id: actionId('ports', form, values(offered)),
      options: offered.map(option),
      ...(chosen.length > 0 ? { initial_options: chosen.map(option) } : {}),
    },
  };
}

function durationBlock(form: Form, held: FormState | undefined): KnownBlock {
  const offered = form.durations.slice(0, MOST_OPTIONS);
  const begins = form.filled?.duration ?? usualDuration(values(offered));
  const usual = offered.find(({ value }) => value === begins);
  const chosen = offered.find(({ value }) => value === held?.duration) ?? usual ?? offered[0];
  return {
    type: 'input',
    block_id: 'duration',
    label: text('Duration'),
    element: {
      type: 'static_select',
      action_id: actionId('duration', form, values(offered)),
      options: offered.map(option),
      ...(chosen ? { initial_option: option(chosen) } : {}),
    },
  };
}

/**
 * Slack keeps what was chosen where block and action stay, even what is offered no more
 * (docs.slack.dev/surfaces/modals#updating_apis): other options get another action. A block's name is what faults are shown at.
 */
function actionId(name: string, { about }: Form, offered: readonly string[]): string {
  if (!about) return name;
  const digest = createHash('sha256').update(JSON.stringify(offered));
  return `${name}_${digest.digest('hex').slice(0, 8)}`;
}

const values = (offered: readonly Choice[]) => offered.map(({ value }) => value);

/** The machine's own, until somebody writes another. */
function sourceBlock(form: Form, { tongue }: SlackReader, held: FormState | undefined): KnownBlock {
  const own = form.filled?.source || form.source || '';
  const isTyped = held !== undefined && held.source !== held.given.source;
  const source = isTyped ? held.source : own;
  const isKept = isTyped || held?.given.source === own;
  return {
    type: 'input',
    block_id: 'source',
    label: text('Source'),
    hint: text(cut(phrased(sourceHint(form), tongue), 2_000)),
    element: {
      type: 'plain_text_input',
      action_id: isKept ? held.given.actionId : actionId('source', form, [own]),
      max_length: 60,
      ...(source ? { initial_value: source } : {}),
    },
    ...(form.address === undefined ? {} : { optional: true }),
  };
}

/** A page cannot fill a form that is open: what was confirmed in chat is used where the field is empty. */
function addressBlock(url: string, { tongue }: SlackReader): KnownBlock {
  const link = `<${url}|${phrased('Use my address', tongue)}>`;
  const words = phrased(say`${link} shows where you connect from. Confirm it in chat, and leave Source empty.`, tongue);
  return { type: 'context', block_id: 'address', elements: [{ type: 'mrkdwn', text: words }] };
}

function startBlock(typed?: string): KnownBlock {
  return {
    type: 'input',
    block_id: 'start',
    label: text('Start'),
    optional: true,
    hint: text('Such as 18:00 or tomorrow 9:00, in your time zone. Empty: once it is approved.'),
    element: {
      type: 'plain_text_input',
      action_id: 'start',
      max_length: 40,
      ...(typed ? { initial_value: typed } : {}),
    },
  };
}
