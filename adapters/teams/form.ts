import { parseDuration } from '../../src/core/language/duration.ts';
import { HOUR_MS } from '../../src/core/language/instant.ts';
import { LONGEST_REASON } from '../../src/core/language/terms.ts';
import type { Line } from '../../src/core/language/text.ts';
import type { Choice, FilledForm, Form, FormField, PortsForm } from '../../src/ports/inbox.ts';
import { execute } from './action.ts';
import { band, warning, words } from './card.ts';
import type { Json } from './json.ts';
import { asRun, cut, inCard, inWords } from './text.ts';

/** Data set of the machines' type-ahead. */
export const MACHINES = 'machines';
/** Beyond so many choices a list is for typing, not for looking. */
const FEW = 10;
const LONGEST_LABEL = 120;
/** Of what follows from the machine; a line in bytes. */
const MOST_LINES = 8;
const LINE = 500;
/** The verbs of a form that ask for nothing yet: what fits the machine, and that it be protected. */
export const FOLLOW = 'followForm';
export const ASK_PROTECTOR = 'askProtector';

interface Filled {
  /** What makes this form one form, however often it is sent. */
  readonly id: string;
  /** What was typed, to be shown again with what is wrong with it. */
  readonly typed?: FilledForm;
  /** The machine that was chosen, where the form itself lists none. */
  readonly chosen?: Choice;
  readonly faults?: Readonly<Partial<Record<FormField, string>>>;
  /** What is wrong with the whole. */
  readonly trouble?: readonly Line[];
}

/** What the two forms with these fields say. */
const REQUESTING = {
  title: 'Request access',
  says: 'Once approved, the port opens to your IP address for a limited time.',
  sign: '🔑',
  style: 'accent',
  hint: 'Approvers will see this',
  button: { title: 'Request', style: 'positive', data: {} },
} as const;
const BREAKING = {
  title: 'Break glass',
  says: 'Opens the port at once, without an approval. Everybody is told, and somebody else reviews it afterwards. Nothing is opened before you press the button of the next message.',
  sign: '🧨',
  style: 'attention',
  hint: 'Everybody who is told will see this',
  button: { title: 'Next', style: 'destructive', data: { g: true } },
} as const;

/** The request form as a card. */
export function formCard(form: Form, { id, typed, chosen, faults = {}, trouble = [] }: Filled): Json {
  const says = { ...faults };
  const above = (field: FormField) => (says[field] ? [warning(asRun(cut(says[field], 400)), 'attention')] : []);
  const input = (field: FormField, more: Json) => [...above(field), { id: field, isRequired: true, ...more }];
  const { title, says: about, sign, style, hint, button } = form.isBreakGlass ? BREAKING : REQUESTING;
  return {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.5',
    lang: 'en',
    speak: [title, ...trouble.map((line) => inWords(line)), ...Object.values(says)].join('. '),
    fallbackText: 'This app cannot show the form. Send “request <machine> because <reason>” instead.',
    body: [
      band(sign, style, title, [words([{ text: about }])]),
      ...trouble.map((line) => warning(inCard(line, asRun), 'attention')),
      ...input('machine', machineInput(form, typed?.machine, chosen)),
      ...aboutBlock(form),
      ...input('ports', {
        type: 'Input.ChoiceSet',
        label: 'Ports',
        isMultiSelect: true,
        errorMessage: 'Choose at least one port.',
        choices: form.ports.map(choice),
        value: typed ? typed.ports.join(',') : (form.ports[0]?.value ?? ''),
      }),
      ...input('duration', {
        type: 'Input.ChoiceSet',
        label: 'Duration',
        style: 'compact',
        errorMessage: 'Choose a duration.',
        choices: form.durations.map(choice),
        value: typed?.duration ?? usual(form.durations),
      }),
      ...(form.isBreakGlass ? [] : [...above('start'), startInput(typed?.start)]),
      ...input('source', {
        type: 'Input.Text',
        label: cut(form.sources ? `Source: an address, or ${form.sources.join(', ')}` : 'Source', LONGEST_LABEL),
        placeholder: '203.0.113.7',
        maxLength: 60,
        value: typed?.source ?? form.source ?? '',
        // NB. what is required keeps every button from being sent, also that which looks at the machine alone.
        isRequired: false,
      }),
      ...(form.address === undefined ? [] : [addressLine(form.address)]),
      ...input('justification', {
        type: 'Input.Text',
        label: 'Justification (required)',
        placeholder: hint,
        isMultiline: true,
        isRequired: false,
        maxLength: LONGEST_REASON,
        value: typed?.justification ?? '',
      }),
    ],
    actions: actionsOf(form, { ...button.data, f: id }, typed?.machine),
  };
}

function actionsOf(form: Form, data: Json, machine: string | undefined): readonly Json[] {
  const { button } = form.isBreakGlass ? BREAKING : REQUESTING;
  const { title, style } = button;
  const wanted = form.about?.isUnprotected && machine ? [{ title: 'Ask a protector', verb: ASK_PROTECTOR }] : [];
  return [
    execute({ title, style, verb: 'submitForm', data, inputs: 'auto' }),
    execute({ title: 'What fits this machine?', verb: FOLLOW, data, inputs: 'auto' }),
    ...wanted.map((one) => execute({ ...one, data: { m: machine } })),
  ];
}

/** What follows from the machine that was chosen. */
function aboutBlock({ about }: Form): readonly Json[] {
  const lines = (about?.lines ?? []).slice(0, MOST_LINES).map((line) => inCard(line, asRun, { mostBytes: LINE }));
  return lines.map((text) => words([{ text, isSubtle: true }], { spacing: 'small' }));
}

/** What was typed, as far as the machine allows it. */
export function fitting(form: Form, typed: FilledForm): FilledForm {
  const { filled } = form;
  const offered = (wanted: readonly string[]) =>
    form.ports.flatMap(({ value }) => (wanted.includes(value) ? [value] : []));
  const ports = [typed.ports, filled?.ports ?? [], form.ports.slice(0, 1).map(({ value }) => value)].map(offered);
  const duration = [typed.duration, filled?.duration, usual(form.durations)].find((wanted) =>
    form.durations.some(({ value }) => value === wanted),
  );
  return {
    ...typed,
    ports: ports.find((some) => some.length > 0) ?? [],
    duration: duration ?? '',
    source: typed.source || filled?.source || form.source || '',
  };
}

/** A page cannot fill a form that is open: what was confirmed in chat is used where the field is empty. */
function addressLine(url: string): Json {
  const text = `[Use my address](${url}) shows where you connect from. Confirm it in chat, and leave Source empty.`;
  return { type: 'TextBlock', text, wrap: true, spacing: 'small', isSubtle: true };
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
    fallbackText: `This app cannot show the form. Send “protect ${name} usual” instead.`,
    body: [
      band('🛡️', 'accent', title, [
        words([
          {
            text: 'Protected ports stay closed until a request is approved. Add, change, or remove lines.',
          },
        ]),
      ]),
      ...(fault ? [warning(asRun(cut(fault, 400)), 'attention')] : []),
      {
        type: 'Input.Text',
        id: 'ports',
        label: 'Ports, one per line, with allowed sources and maximum time',
        placeholder: '22 from 203.0.113.0/28 for 3h',
        isMultiline: true,
        isRequired: true,
        errorMessage: 'Enter at least one port.',
        maxLength: 3_000,
        value: typed ?? lines,
      },
    ],
    actions: [
      execute({
        title: 'Protect',
        verb: 'submitPorts',
        style: 'positive',
        data: { f: id, m: machine, v: version },
        inputs: 'auto',
      }),
    ],
  };
}

interface FilledLines {
  readonly id: string;
  readonly typed?: string;
  readonly fault?: string;
}

/** What the form becomes once it was taken. */
export function takenCard(lines: readonly Line[], title = 'Requested'): Json {
  return {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.5',
    lang: 'en',
    speak: cut(lines.map((line) => inWords(line)).join(' '), 700),
    body: [band('📨', 'good', title), ...lines.map((line) => words([{ text: inCard(line, asRun) }]))],
  };
}

function startInput(typed = ''): Json {
  return {
    type: 'Input.Text',
    id: 'start',
    label: 'Start (optional)',
    placeholder: '18:00 or tomorrow 9:00; empty: once it is approved',
    isRequired: false,
    maxLength: 40,
    value: typed,
  };
}

function machineInput({ machines, typeAhead }: Form, typed: string | undefined, chosen: Choice | undefined): Json {
  const base = { type: 'Input.ChoiceSet', label: 'Machine', errorMessage: 'Choose a machine.' };
  if (typeAhead) {
    const known = typed ? [chosen ? choice(chosen) : { title: cut(typed, LONGEST_LABEL), value: typed }] : [];
    const data = { type: 'Data.Query', dataset: MACHINES };
    return {
      ...base,
      style: 'filtered',
      placeholder: 'Type part of its name',
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
    value: (typed || only) ?? '',
  };
}

/** An hour where it is offered, else the longest that is not longer, else the shortest. */
function usual(durations: readonly Choice[]): string {
  const within = durations.filter(({ value }) => (parseDuration(value) ?? Number.POSITIVE_INFINITY) <= HOUR_MS);
  return (within.at(-1) ?? durations[0])?.value ?? '';
}

/** A choice as cards have it: the note goes into the title. */
export function choice({ value, label, note }: Choice): { readonly title: string; readonly value: string } {
  return { title: cut(note ? `${label} (${note})` : label, LONGEST_LABEL), value };
}
