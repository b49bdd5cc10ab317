import { say } from '../../src/core/language/say.ts';
import { ENGLISH, type Line, phrased, spoken, type Tongue } from '../../src/core/language/text.ts';
import { BOXES } from '../../src/core/view/boxes.ts';
import type { HomeButton, HomeRow, HomeSection } from '../../src/core/view/home-page.ts';
import { pageIn, type Spoken } from '../../src/core/view/in-tongue.ts';
import type { ListPage } from '../../src/core/view/list-page.ts';
import type { Button } from '../../src/core/view/view.ts';
import { execute } from './action.ts';
import { band, block, quotation, words } from './card.ts';
import { boxTitle, STYLES } from './card-actions.ts';
import type { Json } from './json.ts';
import { COMMAND, commandAction } from './report.ts';
import { asBlock, cut, inCard, inWords, jsonBytes } from './text.ts';

/** The verbs of a page: another one of it, and a request of it with all its buttons. */
export const PAGE = 'page';
export const CARD = 'card';
/** Which page a button stands on, to be shown again once it was pressed. */
export interface Back {
  readonly w: ListPage['which'];
  readonly p: number;
}

/** What goes along with each button, and in which language it is read. */
interface Along {
  readonly back: Back;
  readonly tongue: Tongue;
}

/** In bytes: the whole stays below 28 KB, with the message around it. */
const MOST = { all: 22_000, line: 500, quote: 500, said: 900, label: 40, heading: 120, spoken: 700 };
/** Beside each other; the rest is in the menu behind them. */
const MOST_BUTTONS = 3;

/** A page of somebody as an Adaptive Card 1.5; `said` is what became of the button that was pressed there. */
export function pageCard(given: ListPage, became: readonly Line[] = [], tongue: Tongue = ENGLISH): Json {
  const page = pageIn(given, tongue);
  const said = became.map((line) => spoken(line, tongue));
  const { which, title, sections } = page;
  const back = { w: which, p: page.page };
  const speech = spokenOf(page, said, tongue);
  const foot = footOf(page, tongue);
  let left = MOST.all - jsonBytes(speech) * 2 - Buffer.byteLength(JSON.stringify(foot));
  const body = sections.flatMap((section) => {
    const shown = sectionOf(section, { back, tongue }, left);
    left -= Buffer.byteLength(JSON.stringify(shown));
    return shown;
  });
  return {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.5',
    lang: tongue.language,
    speak: speech,
    fallbackText: `${speech} ${phrased('(This app cannot show the card; please update Teams.)', tongue)}`,
    body: [
      band('🛡️', 'accent', title),
      ...said.slice(0, 3).map((line) => block(inCard(line, asBlock, { mostBytes: MOST.said, tongue }))),
      ...body,
      ...foot,
    ],
  };
}

/** What does not fit is counted, and one press away. */
function sectionOf({ heading, rows }: Spoken<HomeSection>, along: Along, bytes: number): readonly Json[] {
  const title =
    heading === ''
      ? []
      : [block(asBlock(cut(heading, MOST.heading)), { weight: 'bolder', separator: true, spacing: 'medium' })];
  let left = bytes - 1_000;
  const shown = rows.map((row) => rowOf(row, along));
  const fitting = shown.filter((row) => {
    left -= Buffer.byteLength(JSON.stringify(row));
    return left >= 0;
  });
  const more = shown.length - fitting.length;
  const label = phrased('Show all', along.tongue);
  const rest = {
    line: [phrased(say`… and ${more} more.`, along.tongue)],
    buttons: [{ command: { label, command: 'list' } }],
  };
  return [...title, ...fitting.flat(), ...(more > 0 ? rowOf(rest, along) : [])];
}

function rowOf({ line, quote, buttons }: Spoken<HomeRow>, along: Along): readonly Json[] {
  const actions = actionsOf(buttons, along).map((action, i, all) =>
    all.length > MOST_BUTTONS && i >= MOST_BUTTONS - 1 ? { ...action, mode: 'secondary' } : action,
  );
  const said = quote === undefined ? [] : [{ text: quotation(cut(quote, MOST.quote), along.tongue), italic: true }];
  return [
    block(inCard(line, asBlock, { mostBytes: MOST.line, tongue: along.tongue }), { spacing: 'medium' }),
    ...(said.length > 0 ? [words(said, { spacing: 'small' })] : []),
    ...(actions.length > 0 ? [{ type: 'ActionSet', spacing: 'small', actions }] : []),
  ];
}

/** What needs no words is done at once; for the rest the request's own card is shown in place of the page. */
function actionsOf(buttons: readonly Spoken<HomeButton>[], { back, tongue }: Along): readonly Json[] {
  const wanting = buttons.flatMap((one) => ('button' in one && needsMore(one.button) ? [one] : []));
  const [first] = wanting;
  return buttons.flatMap((one): readonly Json[] => {
    if ('command' in one) return [commandAction(one.command)];
    if ('form' in one) {
      const command = one.machine === undefined ? 'request' : `request ${one.machine}`;
      return [execute({ title: cut(one.form, MOST.label), verb: COMMAND, data: { c: command } })];
    }
    const { request, version, button } = one;
    if (!needsMore(button)) return [pressAction(button, { r: request, v: version, ...back })];
    if (one !== first) return [];
    const all = wanting.map((each) => each.button);
    return [execute({ title: cut(moreTitle(all, tongue), MOST.label), verb: CARD, data: { r: request, ...back } })];
  });
}

function needsMore({ verb, confirm }: Spoken<Button>): boolean {
  return BOXES[verb] !== undefined || confirm !== undefined;
}

function moreTitle(buttons: readonly Spoken<Button>[], tongue: Tongue): string {
  const [only, ...others] = buttons;
  if (only && others.length === 0) return `${only.label}…`;
  return buttons.every(({ verb }) => BOXES[verb]) ? boxTitle(buttons, tongue) : phrased('More…', tongue);
}

function pressAction({ verb, label, style }: Spoken<Button>, data: Json): Json {
  return execute({ title: cut(label, MOST.label), verb, style: STYLES[style], data });
}

/** The other pages, and the same again. */
function footOf({ which, page, pages }: Spoken<ListPage>, tongue: Tongue): readonly Json[] {
  const to = (title: string, p: number) => execute({ title, verb: PAGE, data: { w: which, p } });
  const home = execute({ title: phrased('Home', tongue), verb: PAGE, data: { w: 'home', p: 1 } });
  const actions = [
    ...(page > 1 ? [to(phrased('Previous', tongue), page - 1)] : []),
    ...(page < pages ? [to(phrased('Next', tongue), page + 1)] : []),
    to(phrased('Refresh', tongue), page),
    ...(which === 'home' ? [] : [home]),
  ];
  const count = phrased(say`Page ${page} of ${pages}`, tongue);
  return [
    ...(pages > 1 ? [words([{ text: count, isSubtle: true }], { separator: true })] : []),
    { type: 'ActionSet', spacing: 'small', ...(pages > 1 ? {} : { separator: true }), actions },
  ];
}

/** The way back to a page, for a card that stands in its place. */
export function backAction(back: Back, tongue: Tongue): Json {
  return execute({ title: phrased('Back', tongue), verb: PAGE, data: { ...back } });
}

/** For screen readers, and where no card can be shown. */
function spokenOf({ title, sections }: Spoken<ListPage>, said: readonly Line[], tongue: Tongue): string {
  const rows = sections.flatMap(({ heading, rows: all }) => [
    ...(heading === '' ? [] : [`${heading}:`]),
    ...all.map(({ line }) => inWords(line, { tongue })),
  ]);
  return cut([...said.map((line) => inWords(line, { tongue })), `${title}.`, ...rows].join(' '), MOST.spoken);
}
