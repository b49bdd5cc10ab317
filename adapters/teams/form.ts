import { LONGEST_REASON } from '../../src/core/language/grammar.ts';
import type { Line } from '../../src/core/language/text.ts';
import type { Choice, FilledForm, Form, FormField, PortsForm } from '../../src/ports/inbox.ts';
import { band, type Json, warning, words } from './card.ts';
import { asRun, cut, inCard, inWords } from './text.ts';

/** Data set of the machines' type-ahead. */
export const MACHINES = 'machines';
/** Beyond so many choices a list is for typing, not for looking. */
const FEW = 10;
const LONGEST_LABEL = 120;

interface Filled {
  /** What makes this form one form, however often it is sent. */
  readonly id: string;
  /** What was typed, to be shown again with what is wrong with it. */
  readonly typed?: FilledForm;
  readonly faults?: Readonly<Partial<Record<FormField, string>>>;
  /** What is wrong with the whole. */
  readonly trouble?: readonly Line[];
}

/** The request form as a card. */
export function formCard(form: Form, { id, typed, faults = {}, trouble = [] }: Filled): Json {
  const says = { ...faults };
  const above = (field: FormField) => (says[field] ? [warning(asRun(cut(says[field], 400)), 'attention')] : []);
  const input = (field: FormField, more: Json) => [...above(field), { id: field, isRequired: true, ...more }];
  const title = 'Ask for access';
  return {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.5',
    lang: 'en',
    speak: [title, ...trouble.map(inWords), ...Object.values(says)].join('. '),
    fallbackText: 'Write “request <machine> because <reason>” instead: this app cannot show the form.',
    body: [
      band('🔑', 'accent', title, [
        words([{ text: 'A port opens for your address, for a while, once somebody approves.' }]),
      ]),
      ...trouble.map((line) => warning(inCard(line, asRun), 'attention')),
      ...input('machine', machineInput(form, typed?.machine)),
      ...input('ports', {
        type: 'Input.ChoiceSet',
        label: 'Ports',
        isMultiSelect: true,
        errorMessage: 'Please choose a port.',
        choices: form.ports.map(choice),
        value: typed ? typed.ports.join(',') : (form.ports[0]?.value ?? ''),
      }),
      ...input('duration', {
        type: 'Input.ChoiceSet',
        label: 'For how long',
        style: 'compact',
        errorMessage: 'Please choose how long.',
        choices: form.durations.map(choice),
        value: typed?.duration ?? usual(form.durations),
      }),
      ...input('source', {
        type: 'Input.Text',
        label: 'From which address',
        placeholder: '203.0.113.7',
        errorMessage: 'Please write your public address.',
        maxLength: 60,
        value: typed?.source ?? form.source ?? '',
      }),
      ...input('justification', {
        type: 'Input.Text',
        label: 'Why',
        placeholder: 'The approver will read this',
        isMultiline: true,
        errorMessage: 'Please say why.',
        maxLength: LONGEST_REASON,
        value: typed?.justification ?? '',
      }),
    ],
    actions: [{ type: 'Action.Execute', title: 'Ask', verb: 'submitForm', style: 'positive', data: { f: id } }],
  };
}

/** The ports of a machine as a card, one line each. */
export function portsCard({ machine, name, lines, version }: PortsForm, { id, typed, fault }: FilledLines): Json {
  const title = `Protect ${name}`;
  return {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.5',
    lang: 'en',
    speak: [title, ...(fault ? [fault] : [])].join('. '),
    fallbackText: `Write “protect ${name} usual” instead: this app cannot show the form.`,
    body: [
      band('🛡️', 'accent', title, [
        words([
          {
            text: 'Each line is a port that stays closed until somebody asks for it. Add lines, change them, or take them away.',
          },
        ]),
      ]),
      ...(fault ? [warning(asRun(cut(fault, 400)), 'attention')] : []),
      {
        type: 'Input.Text',
        id: 'ports',
        label: 'Ports, from where, and for how long at most',
        placeholder: '22 from 203.0.113.0/28 for 3 h',
        isMultiline: true,
        isRequired: true,
        errorMessage: 'Please write a port.',
        maxLength: 3_000,
        value: typed ?? lines,
      },
    ],
    actions: [
      {
        type: 'Action.Execute',
        title: 'Protect',
        verb: 'submitPorts',
        style: 'positive',
        data: { f: id, m: machine, v: version },
      },
    ],
  };
}

interface FilledLines {
  readonly id: string;
  readonly typed?: string;
  readonly fault?: string;
}

/** What the form becomes once it was taken. */
export function takenCard(lines: readonly Line[], title = 'Asked'): Json {
  return {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.5',
    lang: 'en',
    speak: cut(lines.map(inWords).join(' '), 700),
    body: [band('📨', 'good', title), ...lines.map((line) => words([{ text: inCard(line, asRun) }]))],
  };
}

function machineInput({ machines, typeAhead }: Form, typed: string | undefined): Json {
  const base = { type: 'Input.ChoiceSet', label: 'Machine', errorMessage: 'Please choose a machine.' };
  if (typeAhead) {
    const known = typed ? [{ title: cut(typed, LONGEST_LABEL), value: typed }] : [];
    const data = { type: 'Data.Query', dataset: MACHINES };
    return {
      ...base,
      style: 'filtered',
      placeholder: 'Type a name',
      choices: known,
      'choices.data': data,
      value: typed ?? '',
    };
  }
  const only = machines.length === 1 ? machines[0]?.value : undefined;
  return {
    ...base,
    style: machines.length > FEW ? 'filtered' : 'compact',
    placeholder: 'Choose a machine',
    choices: machines.map(choice),
    value: typed ?? only ?? '',
  };
}

/** An hour where it is offered, else the longest that is not longer. */
function usual(durations: readonly Choice[]): string {
  return (durations.find(({ value }) => value === '1h') ?? durations.at(-1))?.value ?? '';
}

/** A choice as cards have it: the note goes into the title. */
export function choice({ value, label, note }: Choice): { readonly title: string; readonly value: string } {
  return { title: cut(note ? `${label} (${note})` : label, LONGEST_LABEL), value };
}
