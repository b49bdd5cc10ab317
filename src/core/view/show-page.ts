import { quoted } from '../language/quotation.ts';
import { headed, say } from '../language/say.ts';
import type { Line } from '../language/text.ts';
import { tidy } from '../language/text.ts';
import { extensionOf, isWaiting, type Moment, type Request } from '../request/request.ts';
import { asText, leftOutLine } from './asked.ts';
import { factsOf } from './facts.ts';
import { momentWords } from './moments.ts';
import { viewOf } from './projection.ts';
import type { Report, Row, Section } from './report.ts';
import { capitalised, who } from './words.ts';

/** Where the cards of a request are: by the id of who is asked, the chat that shows it to them. */
type ShownIn = ReadonlyMap<string, string>;

const MOST_MOMENTS = 20;
const MOST_ROWS = 10;
const LONGEST = 200;

/** `/jit show`: all of one request, who is asked and why, whom that reached, and who did what. */
export function showPage(request: Request, reached: ShownIn): Report {
  const { remarks } = viewOf(request);
  const { title, sections } = detailsPage(request);
  const left = request.leftOut ?? [];
  const asked = isWaiting(request) ? request.asked.map((one) => askedRow(request, one, reached)) : [];
  const leftOut = isWaiting(request) && left.length > 0 ? [row(say`Not asked: `, ...leftOutLine(left), '.')] : [];
  const moments = request.timeline.slice(-MOST_MOMENTS);
  const before = request.timeline.length - moments.length;
  const happened = moments.map((moment) => row(...momentLine(request, moment)));
  return {
    title,
    sections: [
      ...sections,
      ...(asked.length + leftOut.length > 0 ? [{ heading: 'Who is asked', rows: [...asked, ...leftOut] }] : []),
      ...list(
        'What was said',
        remarks.map(({ by, text }) => row(by, ': ', quoted(text))),
      ),
      ...list('What happened', [...(before > 0 ? [row(say`… and ${before} before.`)] : []), ...happened]),
    ],
  };
}

/** What the card has no room for. */
export function detailsPage(request: Request): Report {
  const { title, status } = viewOf(request);
  const facts = factsOf(request).filter(({ label }) => label !== 'Asked' && label !== 'Not asked');
  const rows = [
    row(say`${capitalised(status)}.`),
    ...facts.map(({ label, value }) => row(say`${headed(label)}: ${value}`)),
  ];
  return {
    title,
    sections: [{ heading: '', rows: rows.slice(0, MOST_ROWS) }, ...list('Request', rows.slice(MOST_ROWS))],
  };
}

/** Chats show some rows of a section only: more of them go on in another. */
function list(heading: string, rows: readonly Row[]): readonly Section[] {
  return Array.from({ length: Math.ceil(rows.length / MOST_ROWS) }, (_, i) => ({
    heading: i === 0 ? heading : '',
    rows: rows.slice(i * MOST_ROWS, (i + 1) * MOST_ROWS),
  }));
}

function askedRow(request: Request, one: Request['asked'][number], reached: ShownIn): Row {
  const reviews = extensionOf(request)?.reviews ?? request.reviews;
  const review = reviews.findLast(({ by }) => by.id === one.id);
  const chat = reached.get(one.id);
  const told: Line = chat === undefined ? (summaryLine(request, one.id) ?? [say`not reached`]) : [say`told in ${chat}`];
  const did: Line = review
    ? [review.verdict === 'approve' ? say`approved at ${{ at: review.at }}` : say`denied at ${{ at: review.at }}`]
    : one.isUntold
      ? [say`not told`]
      : told;
  return row(say`${who(one)}${asText(one)}: ${did}.`);
}

/** Of very many requests at once, somebody gets a card of the first only. */
function summaryLine({ heldBack }: Request, id: string): Line | undefined {
  const held = heldBack?.find((one) => one.id === id);
  if (!held) return undefined;
  return held.toldAt === undefined
    ? [say`to be told in a summary`]
    : [say`told in a summary at ${{ at: held.toldAt }}`];
}

function momentLine(request: Request, { at, event, by, text }: Moment): Line {
  const words = text === undefined || text === event ? '' : `: ${tidy(text, LONGEST)}`;
  // What looked at the cloud is nobody, and not the reader's business.
  const isSomebody = by !== undefined && event !== 'closed';
  return [{ at }, ' ', momentWords(event), ...(isSomebody ? [say` by ${named(request, by)}`] : []), `${words}.`];
}

/** As the request knows them: whoever revoked it may have been asked nothing. */
function named(request: Request, id: string): Line {
  const known = [
    request.requester,
    ...request.asked,
    ...request.reviews.map(({ by }) => by),
    ...(request.questions ?? []).map(({ by }) => by),
    ...('ending' in request && request.ending.why === 'revoked' ? [request.ending.by] : []),
    ...(request.askedBy ? [request.askedBy] : []),
  ];
  const found = known.find((one) => one.id === id);
  return [found ? who(found) : id];
}

function row(...line: Line): Row {
  return { line };
}
