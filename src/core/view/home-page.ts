import { type Instant, MINUTE_MS } from '../language/instant.ts';
import { namesApart } from '../language/names-apart.ts';
import { quoted } from '../language/quotation.ts';
import { lasting, say } from '../language/say.ts';
import { type Line, type Phrase, tidy } from '../language/text.ts';
import type { MachineId } from '../machine/machine.ts';
import { extensionOf, isInForce, type Request } from '../request/request.ts';

import { whereText } from './brief.ts';
import { movesText } from './moves.ts';
import { viewOf } from './projection.ts';
import type { CommandButton, Report, Row } from './report.ts';
import type { Button, Verb, View } from './view.ts';
import { capitalised, fromText, nameOf, namesAmong, portList, who } from './words.ts';

/** The page of one person: what is theirs, what waits for them, and what they may do. */
export interface HomePage {
  readonly sections: readonly HomeSection[];
  /** When it was true. */
  readonly at: Instant;
}

export interface HomeSection {
  readonly heading: Phrase;
  readonly rows: readonly HomeRow[];
}

export interface HomeRow {
  readonly line: Line;
  /** What somebody wrote, shown as a quotation. */
  readonly quote?: string;
  readonly buttons: readonly HomeButton[];
}

/** A button of a request's card; one that types a command; one that opens the request form, with a machine in it. */
export type HomeButton =
  | (Pick<View, 'request' | 'version' | 'title'> & { readonly button: Button })
  | { readonly command: CommandButton }
  | { readonly form: Phrase; readonly machine?: MachineId };

/** What the page is drawn from, each list with the most urgent first. */
export interface HomeFacts {
  readonly at: Instant;
  /** Of this person, not over. */
  readonly mine: readonly Request[];
  /** Of others: they wait for this person. */
  readonly waiting: readonly Request[];
  /** Of this person, over. */
  readonly recent: readonly Request[];
  /** What they asked for last. */
  readonly machines: readonly { readonly id: MachineId; readonly name: string }[];
  readonly isProtector: boolean;
  /** Does any policy let them request anything? */
  readonly mayRequest: boolean;
}

/** Slack shows a hundred blocks; each of these takes two or three. */
const MOST = { waiting: 10, mine: 8, machines: 5, recent: 5 } as const;
const LONGEST_QUOTE = 300;
const LONGEST_NAME = 60;

const DECIDING: readonly Verb[] = ['approve', 'deny', 'less', 'ask'];
const OWN: readonly Verb[] = ['accept', 'decline', 'answer', 'withdraw', 'extend', 'move', 'revoke', 'why'];

export function homePage({ at, mine, waiting, recent, machines, isProtector, mayRequest }: HomeFacts): HomePage {
  const help: HomeButton = { command: { label: 'Help', command: 'help' } };
  const asking: HomeRow = mayRequest
    ? { line: [say`Request access to a machine, for a limited time.`], buttons: [{ form: 'Request access' }, help] }
    : { line: [say`No policy lets you request access. What waits for your decision is shown here.`], buttons: [help] };
  const protecting: HomeRow = {
    line: [say`What stands open and should be protected.`],
    buttons: [
      { command: { label: 'Recommendations', command: 'recommend' } },
      { command: { label: 'Protected machines', command: 'machines' } },
    ],
  };
  const short = (name: string) => tidy(name, LONGEST_NAME);
  const called = namesApart(machines.map(({ id, name }) => ({ id, name: short(name) })));
  const among = namesAmong(recent);
  const sections = [
    section(say`Waits for you (${waiting.length})`, waiting, MOST.waiting, waitingRow),
    section(say`Yours (${mine.length})`, mine, MOST.mine, (request) => ownRow(request, at)),
    {
      heading: mayRequest ? 'Request access' : 'Help',
      rows: [
        asking,
        ...(mayRequest ? machines : []).slice(0, MOST.machines).map(({ id, name }): HomeRow => {
          return { line: [called({ id, name: short(name) })], buttons: [{ form: 'Request again', machine: id }] };
        }),
      ],
    },
    ...(isProtector ? [{ heading: 'Protection', rows: [protecting] }] : []),
    section('Recent', recent, MOST.recent, (request) => recentRow(request, among(request))),
  ];
  return { sections: sections.filter(({ rows }) => rows.length > 0), at };
}

/** The same as a list with one button a row, for where there is no page: the most useful one. */
export function homeReport({ sections }: HomePage): Report {
  return {
    title: 'Drawbridge',
    sections: sections.map(({ heading, rows }) => ({ heading, rows: rows.map(reportRow) })),
  };
}

function reportRow({ line, quote, buttons: [first] }: HomeRow): Row {
  const words = quote === undefined ? line : [...line, ' ', quoted(quote)];
  return { line: words, ...(first ? { button: typing(first) } : {}) };
}

/** What the button stands for, typed. */
function typing(button: HomeButton): CommandButton {
  if ('command' in button) return button.command;
  if ('form' in button)
    return { label: button.form, command: button.machine === undefined ? 'request' : `request ${button.machine}` };
  return { label: button.button.label, command: `${button.button.verb} ${button.request}` };
}

function section(
  heading: Phrase,
  requests: readonly Request[],
  most: number,
  row: (request: Request) => HomeRow,
): HomeSection {
  const more = requests.length - most;
  const rest: HomeRow = {
    line: [say`… and ${more} more.`],
    buttons: [{ command: { label: 'Show all', command: 'list' } }],
  };
  return { heading, rows: [...requests.slice(0, most).map(row), ...(more > 0 ? [rest] : [])] };
}

/** Of somebody else: it waits for the reader. */
export function waitingRow(request: Request): HomeRow {
  const extension = extensionOf(request);
  const what = say`${portList(request.ports)} from ${fromText(request)}`;
  const forMs = lasting(extension ? extension.forMs : request.forMs);
  const requester = who(request.requester);
  const until: Line = request.status === 'pending' ? [say`. Decide by ${{ at: request.answerBy }}`] : [];
  return {
    line: [
      extension
        ? say`${requester} asks for ${forMs} more on ${placed(request)}: ${what}${until}.`
        : say`${requester} asks for ${placed(request)}: ${what} for ${forMs}${movesText(request)}${until}.`,
    ],
    quote: tidy(request.justification, LONGEST_QUOTE),
    buttons: [...cardButtons(request, DECIDING), details(request)],
  };
}

export function ownRow(request: Request, at: Instant): HomeRow {
  const left = isInForce(request) ? leftText(request.lease.until - at) : '';
  const what = say`${portList(request.ports)} from ${fromText(request)}`;
  return {
    line: [say`${placed(request)}: ${what}. ${capitalised(viewOf(request).status)}${left}.`],
    buttons: [...cardButtons(request, OWN), details(request)],
  };
}

function recentRow(request: Request, name: string): HomeRow {
  return {
    line: [say`${name}: ${portList(request.ports)}. ${capitalised(viewOf(request).status)}.`],
    buttons: [...cardButtons(request, ['again']), details(request)],
  };
}

/** Which machine, beyond doubt. */
function placed(request: Request): Phrase {
  return say`${nameOf(request)} (${whereText(request, 'short')})`;
}

function leftText(ms: number): Phrase {
  if (ms <= 0) return '';
  return ms < MINUTE_MS ? say` (less than a minute left)` : say` (${lasting(ms - (ms % MINUTE_MS))} left)`;
}

function cardButtons(request: Request, verbs: readonly Verb[]): readonly HomeButton[] {
  const { buttons, version, title } = viewOf(request);
  return buttons
    .filter(({ verb }) => verbs.includes(verb))
    .map((button) => ({ request: request.id, version, title, button }));
}

function details({ id }: Request): HomeButton {
  return { command: { label: 'Details', command: `show ${id}` } };
}
