import type { ModalView, PlainTextElement, PlainTextOption } from '@slack/types';
import { LONGEST_REASON } from '../../src/core/language/terms.ts';
import { type Phrase, phrased, type Tongue } from '../../src/core/language/text.ts';
import type { Box } from '../../src/core/view/boxes.ts';
import type { Choice, FilledForm, FilledPorts, FormField, PortsForm } from '../../src/ports/inbox.ts';
import { read } from './buttons.ts';
import { cut, inBox } from './text.ts';

export const REQUEST_FORM = 'jit_request';
export const GLASS_FORM = 'jit_glass';
export const REASON_FORM = 'jit_reason';
export const PORTS_FORM = 'jit_ports';

export const text = (words: string) => ({ type: 'plain_text' as const, text: words });
/** Slack's limits of an option: 75 characters each. */
export const option = ({ value, label, note }: Choice): PlainTextOption => ({
  text: text(cut(label, 75)),
  value,
  ...(note ? { description: text(cut(note, 75)) } : {}),
});

/** At most 24 characters. */
export const TITLES = { request: 'Request access', glass: 'Break glass', ports: 'Protect a machine' } as const;

/** Slack's limit for one list. */
export const MOST_OPTIONS = 100;

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
/** What we say in a form, in the reader's language; names, and what was typed, stay as they are. */
export function formIn(view: ModalView, tongue: Tongue): ModalView {
  return translated(view, tongue) as ModalView;
}

const OURS = new Set(['title', 'submit', 'close', 'label', 'hint', 'placeholder']);

function translated(value: unknown, tongue: Tongue): unknown {
  if (Array.isArray(value)) return value.map((one) => translated(one, tongue));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]: [string, unknown]) => {
      const words = OURS.has(key) ? (one as PlainTextElement).text : undefined;
      return [key, words === undefined ? translated(one, tongue) : text(phrased(words, tongue))];
    }),
  );
}

export function skeleton(title: string, tongue: Tongue): ModalView {
  const view: ModalView = {
    type: 'modal',
    callback_id: 'jit_wait',
    title: text(title),
    close: text('Close'),
    blocks: [{ type: 'section', text: text(phrased('Loading…', tongue)) }],
  };
  return formIn(view, tongue);
}

/** Says something in the form's place. */
export function notice(words: Phrase, tongue: Tongue, title: string = TITLES.request): ModalView {
  const shown = text(cut(phrased(words, tongue), 3_000));
  return { ...skeleton(title, tongue), blocks: [{ type: 'section', text: shown }] };
}

/** The ports of a machine, one line each; `private_metadata` holds ids only. */
export function portsForm({ refusal, machine, name, lines, version }: PortsForm, tongue: Tongue): ModalView {
  if (refusal !== undefined) return notice(refusal, tongue, TITLES.ports);
  const about =
    'One port per line, with its allowed sources and maximum time. Protected ports stay closed until a request is approved.';
  const view: ModalView = {
    type: 'modal',
    callback_id: PORTS_FORM,
    private_metadata: JSON.stringify({ machine, version }),
    title: text(TITLES.ports),
    submit: text('Protect'),
    close: text('Cancel'),
    blocks: [
      { type: 'section', text: text(cut(`${name}. ${phrased(about, tongue)}`, 3_000)) },
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
  return formIn(view, tongue);
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
export function reasonForm(privateMetadata: string, box: Box, tongue: Tongue, initial?: string): ModalView {
  const view: ModalView = {
    type: 'modal',
    callback_id: REASON_FORM,
    private_metadata: privateMetadata,
    title: text(cut(phrased(box.title, tongue), 24)),
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
  return formIn(view, tongue);
}

interface InputState {
  readonly value?: string | null;
  readonly selected_option?: { readonly value: string } | null;
  readonly selected_options?: readonly { readonly value: string }[];
}

export type Values = Readonly<Record<string, Readonly<Record<string, InputState>>>>;

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
export function faultsByBlock(
  faults: Readonly<Partial<Record<FormField, Phrase>>>,
  tongue: Tongue,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(faults).map(([field, fault]) => [field, inBox(phrased(fault, tongue), 2_000, tongue)]),
  );
}
