import type { KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import { LONGEST_REASON } from '../../src/core/language/terms.ts';
import type { Box } from '../../src/core/view/boxes.ts';
import type { Choice, FilledForm, FilledPorts, Form, FormField, PortsForm } from '../../src/ports/inbox.ts';
import { read } from './buttons.ts';
import { cut } from './text.ts';

export const REQUEST_FORM = 'jit_request';
export const GLASS_FORM = 'jit_glass';
export const REASON_FORM = 'jit_reason';
export const PORTS_FORM = 'jit_ports';
export const MACHINE_ACTION = 'jit_machine';

const text = (words: string) => ({ type: 'plain_text' as const, text: words });
/** Slack's limits of an option: 75 characters each. */
const option = ({ value, label, note }: Choice): PlainTextOption => ({
  text: text(cut(label, 75)),
  value,
  ...(note ? { description: text(cut(note, 75)) } : {}),
});

/** At most 24 characters. */
export const TITLES = { request: 'Request access', glass: 'Break glass', ports: 'Protect a machine' } as const;

/** Slack's limit for one list. */
const MOST_OPTIONS = 100;

/** Options for machines, each value once: two ids that end alike for 75 characters are told apart by typing them whole. */
export function machineOptions(choices: readonly Choice[]): PlainTextOption[] {
  const options = choices.map((choice) => option({ ...choice, value: shortened(choice.value) }));
  return [...new Map(options.map((one) => [one.value, one])).values()].slice(0, MOST_OPTIONS);
}

/** An Azure id is longer than an option's value may be: its end, from some slash on, means the same machine. */
function shortened(id: string): string {
  let rest = id;
  while (rest.length > 75 && rest.includes('/')) rest = rest.slice(rest.indexOf('/') + 1);
  return rest.slice(-75);
}

/** Shown at once, while the choices are looked up: a trigger lives for three seconds only. */
export function skeleton(title: string): ModalView {
  return {
    type: 'modal',
    callback_id: 'jit_wait',
    title: text(title),
    close: text('Close'),
    blocks: [{ type: 'section', text: text('Loading…') }],
  };
}

/** Says something in the form's place. */
export function notice(words: string, title: string = TITLES.request): ModalView {
  return { ...skeleton(title), blocks: [{ type: 'section', text: text(cut(words, 3_000)) }] };
}

/** The form, or why there is none. */
export function requestForm(form: Form): ModalView {
  if (form.refusal !== undefined) return notice(form.refusal);
  if ((form.machines.length === 0 && !form.typeAhead) || form.ports.length === 0 || form.durations.length === 0)
    return notice('No policy lets you request access. Ask your Drawbridge administrator.');
  const { isBreakGlass } = form;
  return {
    type: 'modal',
    callback_id: isBreakGlass ? GLASS_FORM : REQUEST_FORM,
    title: text(isBreakGlass ? TITLES.glass : TITLES.request),
    submit: text(isBreakGlass ? 'Next' : 'Request'),
    close: text('Cancel'),
    blocks: [...(isBreakGlass ? [{ type: 'section', text: text(GLASS) } as const] : []), ...requestBlocks(form)],
  };
}

const GLASS =
  'Opens the port at once, without an approval. Everybody is told, and somebody else reviews it afterwards. Nothing is opened before you press the button of the next message.';

function sourceHint({ sources = [] }: Form): string {
  const hint = 'The public IP address or CIDR prefix you will connect from';
  return sources.length === 0 ? hint : `${hint}, or one of: ${sources.join(', ')}`;
}

function requestBlocks(form: Form): KnownBlock[] {
  const { filled } = form;
  const ports = filled ? form.ports.filter(({ value }) => filled.ports.includes(value)) : form.ports.slice(0, 1);
  const hour =
    form.durations.find(({ value, label }) => (filled ? value === filled.duration : label === '1 h')) ??
    form.durations[0];
  const source = filled?.source || form.source;
  return [
    {
      type: 'input',
      block_id: 'machine',
      label: text('Machine'),
      element: form.typeAhead
        ? {
            type: 'external_select',
            action_id: MACHINE_ACTION,
            min_query_length: 1,
            placeholder: text('Type part of its name'),
            ...machineChosen(form),
          }
        : {
            type: 'static_select',
            action_id: MACHINE_ACTION,
            options: machineOptions(form.machines),
            ...machineChosen(form),
          },
    },
    {
      type: 'input',
      block_id: 'ports',
      label: text('Ports'),
      element: {
        type: 'multi_static_select',
        action_id: 'ports',
        options: form.ports.slice(0, MOST_OPTIONS).map(option),
        ...(ports.length > 0 ? { initial_options: ports.map(option) } : {}),
      },
    },
    {
      type: 'input',
      block_id: 'duration',
      label: text('Duration'),
      element: {
        type: 'static_select',
        action_id: 'duration',
        options: form.durations.slice(0, MOST_OPTIONS).map(option),
        ...(hour ? { initial_option: option(hour) } : {}),
      },
    },
    ...(form.isBreakGlass ? [] : [startBlock(form.filled?.start)]),
    {
      type: 'input',
      block_id: 'source',
      label: text('Source'),
      hint: text(cut(sourceHint(form), 2_000)),
      element: {
        type: 'plain_text_input',
        action_id: 'source',
        max_length: 60,
        ...(source ? { initial_value: source } : {}),
      },
      ...(form.address === undefined ? {} : { optional: true }),
    },
    ...(form.address === undefined ? [] : [addressBlock(form.address)]),
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
        ...(filled?.justification ? { initial_value: filled.justification } : {}),
      },
    },
  ];
}

/** A page cannot fill a form that is open: what was confirmed in chat is used where the field is empty. */
function addressBlock(url: string): KnownBlock {
  const words = `<${url}|Use my address> shows where you connect from. Confirm it in chat, and leave Source empty.`;
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
      ...(typed === undefined ? {} : { initial_value: typed }),
    },
  };
}

function machineChosen({ machines, filled }: Form): { readonly initial_option?: PlainTextOption } {
  const chosen = machines.find(({ value }) => value === filled?.machine);
  const [first] = chosen ? machineOptions([chosen]) : [];
  return first ? { initial_option: first } : {};
}

/** The ports of a machine, one line each; `private_metadata` holds ids only. */
export function portsForm({ refusal, machine, name, lines, version }: PortsForm): ModalView {
  if (refusal !== undefined) return notice(refusal, TITLES.ports);
  const about =
    'One port per line, with its allowed sources and maximum time. Protected ports stay closed until a request is approved.';
  return {
    type: 'modal',
    callback_id: PORTS_FORM,
    private_metadata: JSON.stringify({ machine, version }),
    title: text(TITLES.ports),
    submit: text('Protect'),
    close: text('Cancel'),
    blocks: [
      { type: 'section', text: text(cut(`${name}. ${about}`, 3_000)) },
      {
        type: 'input',
        block_id: 'ports',
        label: text('Ports'),
        hint: text('For example: 22 from 203.0.113.0/28 or 198.51.100.7 for 3h'),
        element: {
          type: 'plain_text_input',
          action_id: 'ports',
          multiline: true,
          max_length: 3_000,
          initial_value: lines.slice(0, 3_000),
        },
      },
    ],
  };
}

/** What was left of the lines. The metadata came back from Slack: the inbox looks the machine up, and judges anew. */
export function filledPorts(privateMetadata: string, values: Values): FilledPorts {
  const { machine, version } = read(privateMetadata);
  return {
    machine: String(machine),
    version: String(version),
    ports: Object.values(values.ports ?? {})[0]?.value ?? '',
  };
}

/** Asks for what a verb takes in words; `privateMetadata` holds ids only. */
export function reasonForm(privateMetadata: string, box: Box, initial?: string): ModalView {
  return {
    type: 'modal',
    callback_id: REASON_FORM,
    private_metadata: privateMetadata,
    title: text(cut(box.title, 24)),
    submit: text(box.submit),
    close: text('Back'),
    blocks: [
      {
        type: 'input',
        block_id: 'reason',
        label: text(box.label),
        hint: text(box.hint),
        element: {
          type: 'plain_text_input',
          action_id: 'reason',
          max_length: LONGEST_REASON,
          ...(initial === undefined ? {} : { initial_value: initial }),
        },
      },
    ],
  };
}

interface InputState {
  readonly value?: string | null;
  readonly selected_option?: { readonly value: string } | null;
  readonly selected_options?: readonly { readonly value: string }[];
}

type Values = Readonly<Record<string, Readonly<Record<string, InputState>>>>;

/** The same of either form for access; undefined where it is none of these. */
export function filledAccess(callbackId: string, values: Values): FilledForm | undefined {
  if (callbackId === GLASS_FORM) return { ...filled(values), isBreakGlass: true };
  return callbackId === REQUEST_FORM ? filled(values) : undefined;
}

/** What was filled in; what is missing is empty, and judged by the inbox. */
export function filled(values: Values): FilledForm {
  const one = (block: string): InputState => Object.values(values[block] ?? {})[0] ?? {};
  const words = (block: string) => one(block).value ?? one(block).selected_option?.value ?? '';
  return {
    machine: words('machine'),
    ports: (one('ports').selected_options ?? []).map(({ value }) => value),
    duration: words('duration'),
    source: words('source'),
    justification: words('justification'),
    ...(words('start') === '' ? {} : { start: words('start') }),
  };
}

export function reasonIn(values: Values): string {
  return Object.values(values.reason ?? {})[0]?.value ?? '';
}

/** Faults by block: blocks are named after the form's fields. */
export function faultsByBlock(faults: Readonly<Partial<Record<FormField, string>>>): Record<string, string> {
  return Object.fromEntries(Object.entries(faults).map(([field, words]) => [field, cut(words ?? '', 2_000)]));
}
