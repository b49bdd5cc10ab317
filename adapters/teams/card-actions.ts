import { say } from '../../src/core/language/say.ts';
import { LONGEST_REASON } from '../../src/core/language/terms.ts';
import { ENGLISH, type Phrase, phrased, type Tongue } from '../../src/core/language/text.ts';
import { BOXES, type Box } from '../../src/core/view/boxes.ts';
import { buttonIn, type Spoken } from '../../src/core/view/in-tongue.ts';
import type { Button, Verb, View } from '../../src/core/view/view.ts';
import { execute, toggle } from './action.ts';
import type { Json } from './json.ts';
import { asBlock, cut } from './text.ts';

/** In bytes. */
const MOST = { label: 40, confirm: 300 };
/** In px: how wide a row of buttons may be, and what one takes: the more are in a row, the less of each can be read. */
const WIDE = { row: 400, button: 48, character: 7 };
const REPLY = 'reply';
/** What is typed there goes with whichever button of the box is pressed. */
const TYPED = 'reason';
export const STYLES = { primary: 'positive', danger: 'destructive', plain: 'default' } as const;
/** Who reads what was typed, where the box is for several; and what an offer looks like. */
const READ = 'The requester will see this.';
const LESS = 'For less, for example: 22 for 30m';

/** Saying where nothing was typed, and the box is for several. */
const EMPTY = 'Write something here first.';

/** How the button of a box names what else can be done there. */
const SHORT: Readonly<Partial<Record<Verb, Phrase>>> = {
  less: say`less`,
  ask: say`ask`,
  answer: say`answer`,
  deny: say`deny`,
};

/** What goes along with every button, and in which language it is read. */
interface Carried {
  readonly more: Json;
  readonly tongue: Tongue;
}

interface Wanting {
  readonly button: Spoken<Button>;
  readonly box: Box;
}

export interface CardActions {
  readonly actions: readonly Json[];
  /** What some of the buttons show above them. */
  readonly hidden: readonly Json[];
}

/**
 * The buttons of a card. A box with one input is for all that need words, and an "are you sure" has a box of its own: a
 * phone shows and hides parts of a card, where it has trouble with cards inside cards. What decides stands on the card;
 * where that is too much for a narrow one, the rest is in the menu behind it. `more` goes along with each.
 */
export function cardActions(view: Spoken<View>, { more, tongue }: Carried, details: Json): CardActions {
  const data = { r: view.request, v: view.version, ...more };
  const wanting = wantingOf(view.buttons);
  const [first] = view.buttons.filter(({ verb }) => BOXES[verb]);
  const shown = view.buttons.filter((button) => button === first || !BOXES[button.verb]);
  const top = shown.map((button): Shown => {
    const style = STYLES[button.style];
    if (button === first)
      return { title: replyTitle(wanting, tongue), id: REPLY, style: replyStyle(wanting), isKept: true };
    const isKept = button.style !== 'plain';
    const title = cut(button.label, MOST.label);
    if (button.confirm === undefined) return { title, isKept, action: pressed(button, data) };
    return { title: `${title}…`, id: sureOf(button), style, isKept };
  });
  const sure = shown.flatMap((button) => {
    if (button === first || button.confirm === undefined) return [];
    const asked = { type: 'TextBlock', text: asBlock(cut(button.confirm, MOST.confirm)), wrap: true };
    return [boxed(sureOf(button), [asked], [pressed(button, data)])];
  });
  return {
    actions: [...row(top, `${details.title}`), details],
    hidden: [...(first ? [replyBox(wanting, data, tongue)] : []), ...sure],
  };
}

interface Shown {
  readonly title: string;
  /** It decides: it is never in the menu. */
  readonly isKept: boolean;
  readonly action?: Json;
  /** What it shows, where it does nothing by itself. */
  readonly id?: string;
  readonly style?: string;
}

/** What can be read beside the button for details; of the rest, what does not decide is in the menu. */
function row(all: readonly Shown[], details: string): readonly Json[] {
  const widthOf = (title: string) => WIDE.button + title.length * WIDE.character;
  const kept = all.filter(({ isKept }) => isKept).map(({ title }) => title);
  let left = WIDE.row - [details, ...kept].reduce((sum, title) => sum + widthOf(title), 0);
  return all.map(({ title, isKept, action, id = '', style }) => {
    if (!isKept) left -= widthOf(title);
    const menu = isKept || left >= 0 ? {} : { mode: 'secondary' };
    return action ? { ...action, ...menu } : toggle(title, id, { ...(style ? { style } : {}), ...menu });
  });
}

/** Those that need words, with what is refused first. */
function wantingOf(buttons: readonly Spoken<Button>[]): readonly Wanting[] {
  const all = buttons.flatMap((button): Wanting[] => {
    const box = BOXES[button.verb];
    return box ? [{ button, box }] : [];
  });
  return all.sort((a, b) => Number(b.button.style === 'danger') - Number(a.button.style === 'danger'));
}

function pressed({ verb, label, style }: Spoken<Button>, data: Json, inputs: 'auto' | 'none' = 'none'): Json {
  return execute({ title: cut(label, MOST.label), verb, style: STYLES[style], data, inputs });
}

function boxed(id: string, items: readonly Json[], actions: readonly Json[]): Json {
  return {
    type: 'Container',
    id,
    isVisible: false,
    spacing: 'medium',
    separator: true,
    // One below the other: a phone has no room for them in a row.
    items: [...items, ...actions.map((one) => ({ type: 'ActionSet', spacing: 'small', actions: [one] }))],
  };
}

function replyBox(wanting: readonly Wanting[], data: Json, tongue: Tongue): Json {
  const buttons = wanting.map(({ button }) => pressed(button, data, 'auto'));
  return boxed(REPLY, [replyInput(wanting, tongue)], buttons);
}

function replyInput(wanting: readonly Wanting[], tongue: Tongue): Json {
  const [only, ...others] = wanting;
  const initial = others.length === 0 ? only?.button.initial : undefined;
  const labels = [...new Set(wanting.map(({ box }) => box.label))].map((one, i) => {
    const label = phrased(one, tongue);
    return i === 0 ? label : lower(label, tongue);
  });
  const label = new Intl.ListFormat(tongue.language, { type: 'disjunction' }).format(labels);
  return {
    type: 'Input.Text',
    id: TYPED,
    label: cut(label, MOST.confirm),
    placeholder: cut(phrased(hintOf(wanting), tongue), MOST.confirm),
    isMultiline: true,
    isRequired: true,
    errorMessage: phrased(others.length === 0 ? (only?.box.enter ?? '') : EMPTY, tongue),
    maxLength: LONGEST_REASON,
    ...(initial === undefined ? {} : { value: initial }),
  };
}

/** The one hint there is; of several, what an offer looks like, as nothing else has to be written in a certain way. */
function hintOf(wanting: readonly Wanting[]): string {
  const hints = new Set(wanting.map(({ box }) => box.hint));
  const [only] = hints;
  if (hints.size === 1 && only) return only;
  return wanting.some(({ button }) => button.verb === 'less') ? LESS : READ;
}

/** What the button says that leads to the box of all these. */
export function boxTitle(buttons: readonly Button[], tongue: Tongue = ENGLISH): string {
  return replyTitle(wantingOf(buttons.map((one) => buttonIn(one, tongue))), tongue);
}

/** The first and the last of it: all of them would be too long. */
function replyTitle(wanting: readonly Wanting[], tongue: Tongue): string {
  const [first, ...others] = wanting.map(({ button }) => button);
  const last = others.at(-1);
  const label = cut(first?.label ?? '', MOST.label);
  if (!last) return `${label}…`;
  const short = SHORT[last.verb];
  const other = short === undefined ? lower(cut(last.label, MOST.label), tongue) : phrased(short, tongue);
  return phrased(say`${label} or ${other}…`, tongue);
}

/** In the colour of what can be undone least. */
function replyStyle(wanting: readonly Wanting[]): string {
  return wanting.some(({ button }) => button.style === 'danger') ? STYLES.danger : STYLES.plain;
}

function sureOf({ verb }: Pick<Button, 'verb'>): string {
  return `sure_${verb}`;
}

function lower(text: string, { keepsCapitals }: Tongue): string {
  return keepsCapitals ? text : text.charAt(0).toLowerCase() + text.slice(1);
}
