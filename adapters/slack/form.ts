import type { KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import type { Choice, FilledForm, Form, FormField } from '../../src/ports/inbox.ts';
import { cut } from './text.ts';

export const REQUEST_FORM = 'jit_request';
export const REASON_FORM = 'jit_reason';
export const MACHINE_ACTION = 'jit_machine';

const text = (words: string) => ({ type: 'plain_text' as const, text: words });
/** Slack's limits of an option: 75 characters each. */
const option = ({ value, label, note }: Choice): PlainTextOption => ({
  text: text(cut(label, 75)),
  value,
  ...(note ? { description: text(cut(note, 75)) } : {}),
});

/** Options for machines. */
export function machineOptions(choices: readonly Choice[]): PlainTextOption[] {
  return choices.map((choice) => option({ ...choice, value: shortened(choice.value) }));
}

/** An Azure id is longer than an option's value may be: its end, from some slash on, means the same machine. */
function shortened(id: string): string {
  let rest = id;
  while (rest.length > 75 && rest.includes('/')) rest = rest.slice(rest.indexOf('/') + 1);
  return rest;
}

/** Shown at once, while the choices are looked up: a trigger lives for three seconds only. */
export function skeleton(): ModalView {
  return {
    type: 'modal',
    callback_id: `${REQUEST_FORM}_wait`,
    title: text('Request access'),
    close: text('Close'),
    blocks: [{ type: 'section', text: text('One moment …') }],
  };
}

/** Why there is no form. */
export function notice(words: string): ModalView {
  return { ...skeleton(), blocks: [{ type: 'section', text: text(cut(words, 3_000)) }] };
}

export function requestForm(form: Form, privateMetadata: string): ModalView {
  const [port] = form.ports;
  const hour = form.durations.find(({ label }) => label === '1 h') ?? form.durations[0];
  const blocks: KnownBlock[] = [
    {
      type: 'input',
      block_id: 'machine',
      label: text('Machine'),
      element: form.typeAhead
        ? {
            type: 'external_select',
            action_id: MACHINE_ACTION,
            min_query_length: 1,
            placeholder: text('Type a part of its name'),
          }
        : { type: 'static_select', action_id: MACHINE_ACTION, options: machineOptions(form.machines) },
    },
    {
      type: 'input',
      block_id: 'ports',
      label: text('Ports'),
      element: {
        type: 'multi_static_select',
        action_id: 'ports',
        options: form.ports.map(option),
        ...(port ? { initial_options: [option(port)] } : {}),
      },
    },
    {
      type: 'input',
      block_id: 'duration',
      label: text('For'),
      element: {
        type: 'static_select',
        action_id: 'duration',
        options: form.durations.map(option),
        ...(hour ? { initial_option: option(hour) } : {}),
      },
    },
    {
      type: 'input',
      block_id: 'source',
      label: text('From'),
      hint: text('Your public address, or a CIDR prefix'),
      element: {
        type: 'plain_text_input',
        action_id: 'source',
        max_length: 60,
        ...(form.source ? { initial_value: form.source } : {}),
      },
    },
    {
      type: 'input',
      block_id: 'justification',
      label: text('Why'),
      hint: text('The approver sees this'),
      element: { type: 'plain_text_input', action_id: 'justification', multiline: true, max_length: 500 },
    },
  ];
  return {
    type: 'modal',
    callback_id: REQUEST_FORM,
    private_metadata: privateMetadata,
    title: text('Request access'),
    submit: text('Request'),
    close: text('Cancel'),
    blocks,
  };
}

/** Asks for a reason; `privateMetadata` holds ids only. */
export function reasonForm(privateMetadata: string): ModalView {
  return {
    type: 'modal',
    callback_id: REASON_FORM,
    private_metadata: privateMetadata,
    title: text('Deny'),
    submit: text('Deny'),
    close: text('Back'),
    blocks: [
      {
        type: 'input',
        block_id: 'reason',
        label: text('Reason'),
        hint: text('The requester sees this'),
        element: { type: 'plain_text_input', action_id: 'reason', max_length: 500 },
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
  };
}

export function reasonIn(values: Values): string {
  return Object.values(values.reason ?? {})[0]?.value ?? '';
}

/** Faults by block: blocks are named after the form's fields. */
export function faultsByBlock(faults: Readonly<Partial<Record<FormField, string>>>): Record<string, string> {
  return Object.fromEntries(Object.entries(faults).map(([field, words]) => [field, cut(words ?? '', 2_000)]));
}
