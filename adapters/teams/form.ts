import { say } from '../../src/core/language/say.ts';
import { LONGEST_REASON } from '../../src/core/language/terms.ts';
import { ENGLISH, type Line, type Phrase, phrased, spoken, type Tongue } from '../../src/core/language/text.ts';
import { usualDuration } from '../../src/core/view/usual-duration.ts';
import type { Choice, FilledForm, Form, FormField, PortsForm } from '../../src/ports/inbox.ts';
import { execute } from './action.ts';
import { band, block, warning, words } from './card.ts';
import type { Json } from './json.ts';
import { asBlock, breakable, cut, inCard, inWords } from './text.ts';

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
  readonly faults?: Readonly<Partial<Record<FormField, Phrase>>>;
  /** What is wrong with the whole. */
  readonly trouble?: readonly Line[];
  readonly tongue?: Tongue;
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
export function formCard(form: Form, filled: Filled): Json {
  const { id, typed, faults = {}, tongue = ENGLISH } = filled;
  const t = (phrase: Phrase) => phrased(phrase, tongue);
  const says = Object.fromEntries(Object.entries(faults).map(([field, fault]) => [field, t(fault)]));
  const trouble = (filled.trouble ?? []).map((line) => spoken(line, tongue));
  const above = (field: FormField) =>
    says[field] ? [warning(asBlock(cut(says[field], 400), tongue), 'attention')] : [];
  const input = (field: FormField, more: Json) => [...above(field), { id: field, isRequired: true, ...more }];
  const { title, says: about, sign, style, hint, button } = form.isBreakGlass ? BREAKING : REQUESTING;
  return {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.5',
    lang: tongue.language,
    speak: [t(title), ...trouble.map((line) => inWords(line, { tongue })), ...Object.values(says)].join('. '),
    fallbackText: t('This app cannot show the form. Send `/jit request <machine> because <reason>` instead.'),
    body: [
      band(sign, style, t(title), [words([{ text: t(about) }])]),
      ...trouble.map((line) => warning(inCard(line, asBlock, { tongue }), 'attention')),
      ...input('machine', machineInput(form, filled, tongue)),
      ...aboutBlock(form, tongue),
      ...input('ports', portsInput(form, typed, tongue)),
      ...input('duration', durationInput(form, typed, tongue)),
      ...(form.isBreakGlass ? [] : [...above('start'), startInput(typed?.start, tongue)]),
      ...input('source', sourceInput(form, typed, tongue)),
      ...(form.address === undefined ? [] : [addressLine(form.address, tongue)]),
      ...input('justification', {
        type: 'Input.Text',
        label: t('Justification (required)'),
        placeholder: t(hint),
        isMultiline: true,
        isRequired: false,
        maxLength: LONGEST_REASON,
        value: typed?.justification ?? '',
      }),
    ],
    actions: actionsOf(form, { ...button.data, f: id }, typed?.machine, tongue),
  };
}

function portsInput({ ports }: Form, typed: FilledForm | undefined, tongue: Tongue): Json {
  return {
    type: 'Input.ChoiceSet',
    label: phrased('Ports', tongue),
    isMultiSelect: true,
    errorMessage: phrased('Choose at least one port.', tongue),
    choices: ports.map(choice),
    value: typed ? typed.ports.join(',') : (ports[0]?.value ?? ''),
  };
}

function durationInput({ durations }: Form, typed: FilledForm | undefined, tongue: Tongue): Json {
  return {
    type: 'Input.ChoiceSet',
    label: phrased('Duration', tongue),
    style: 'compact',
    errorMessage: phrased('Choose a duration.', tongue),
    choices: durations.map(choice),
    value: typed?.duration ?? usual(durations),
  };
}

function sourceInput({ sources, source }: Form, typed: FilledForm | undefined, tongue: Tongue): Json {
  const label = sources ? say`Source: an address, or ${sources.join(', ')}` : 'Source';
  return {
    type: 'Input.Text',
    label: breakable(cut(phrased(label, tongue), LONGEST_LABEL)),
    placeholder: '203.0.113.7',
    maxLength: 60,
    value: typed?.source ?? source ?? '',
    // NB. what is required keeps every button from being sent, also that which looks at the machine alone.
    isRequired: false,
  };
}

function actionsOf(form: Form, data: Json, machine: string | undefined, tongue: Tongue): readonly Json[] {
  const { button } = form.isBreakGlass ? BREAKING : REQUESTING;
  const { title, style } = button;
  const t = (phrase: Phrase) => phrased(phrase, tongue);
  const wanted = form.about?.isUnprotected && machine ? [{ title: t('Ask a protector'), verb: ASK_PROTECTOR }] : [];
  return [
    execute({ title: t(title), style, verb: 'submitForm', data, inputs: 'auto' }),
    execute({ title: t('What fits this machine?'), verb: FOLLOW, data, inputs: 'auto' }),
    ...wanted.map((one) => execute({ ...one, data: { m: machine } })),
  ];
}

/** What follows from the machine that was chosen. */
function aboutBlock({ about }: Form, tongue: Tongue): readonly Json[] {
  const shown = (about?.lines ?? []).slice(0, MOST_LINES);
  const lines = shown.map((line) => inCard(spoken(line, tongue), asBlock, { mostBytes: LINE, tongue }));
  return lines.map((text) => block(text, { isSubtle: true, spacing: 'small' }));
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
function addressLine(url: string, tongue: Tongue): Json {
  const link = `[${phrased('Use my address', tongue)}](${url})`;
  const text = phrased(say`${link} shows where you connect from. Confirm it in chat, and leave Source empty.`, tongue);
  return { type: 'TextBlock', text, wrap: true, spacing: 'small', isSubtle: true };
}

/** The ports of a machine as a card, one line each. */
export function portsCard({ machine, name, lines, version }: PortsForm, filled: FilledLines): Json {
  const { id, typed, tongue = ENGLISH } = filled;
  const t = (phrase: Phrase) => phrased(phrase, tongue);
  const title = t(say`Protect ${name}`);
  const faults = filled.fault === undefined ? [] : [t(filled.fault)];
  return {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.5',
    lang: tongue.language,
    speak: [title, ...faults].join('. '),
    fallbackText: t(say`This app cannot show the form. Send \`/jit protect ${name} usual\` instead.`),
    body: [
      band('🛡️', 'accent', title, [
        words([{ text: t('Protected ports stay closed until a request is approved. Add, change, or remove lines.') }]),
      ]),
      ...faults.map((fault) => warning(asBlock(cut(fault, 400), tongue), 'attention')),
      {
        type: 'Input.Text',
        id: 'ports',
        label: t('Ports, one per line, with allowed sources and maximum time'),
        placeholder: '22 from 203.0.113.0/28 for 3h',
        isMultiline: true,
        isRequired: true,
        errorMessage: t('Enter at least one port.'),
        maxLength: 3_000,
        value: typed ?? lines,
      },
    ],
    actions: [
      execute({
        title: t('Protect'),
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
  readonly fault?: Phrase;
  readonly tongue?: Tongue;
}

/** What the form becomes once it was taken. */
export function takenCard(given: readonly Line[], title: Phrase, tongue: Tongue): Json {
  const lines = given.map((line) => spoken(line, tongue));
  return {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.5',
    lang: tongue.language,
    speak: cut(lines.map((line) => inWords(line, { tongue })).join(' '), 700),
    body: [
      band('📨', 'good', phrased(title, tongue)),
      ...lines.map((line) => block(inCard(line, asBlock, { tongue }))),
    ],
  };
}

function startInput(typed = '', tongue = ENGLISH): Json {
  return {
    type: 'Input.Text',
    id: 'start',
    // A phone has no room for more in the box.
    label: phrased('Start (optional; empty: once it is approved)', tongue),
    placeholder: phrased('18:00 or tomorrow 9:00', tongue),
    isRequired: false,
    maxLength: 40,
    value: typed,
  };
}

function machineInput({ machines, typeAhead }: Form, { typed, chosen }: Filled, tongue: Tongue): Json {
  const t = (phrase: Phrase) => phrased(phrase, tongue);
  const base = { type: 'Input.ChoiceSet', label: t('Machine'), errorMessage: t('Choose a machine.') };
  const machine = typed?.machine;
  if (typeAhead) {
    const known = machine ? [chosen ? choice(chosen) : { title: cut(machine, LONGEST_LABEL), value: machine }] : [];
    const data = { type: 'Data.Query', dataset: MACHINES };
    return {
      ...base,
      style: 'filtered',
      placeholder: t('Type part of its name'),
      choices: known,
      'choices.data': data,
      value: machine ?? '',
    };
  }
  const only = machines.length === 1 ? machines[0]?.value : undefined;
  return {
    ...base,
    style: machines.length > FEW ? 'filtered' : 'compact',
    placeholder: t('Choose a machine'),
    choices: machines.map(choice),
    value: (machine || only) ?? '',
  };
}

function usual(durations: readonly Choice[]): string {
  return usualDuration(durations.map(({ value }) => value)) ?? '';
}

/** A choice as cards have it: the note goes into the title. */
export function choice({ value, label, note }: Choice): { readonly title: string; readonly value: string } {
  return { title: cut(note ? `${label} (${note})` : label, LONGEST_LABEL), value };
}
