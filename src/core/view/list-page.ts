import type { Instant } from '../language/instant.ts';
import { say } from '../language/say.ts';
import type { Line, Phrase, Saying } from '../language/text.ts';
import { extensionOf, isWaiting, type Request } from '../request/request.ts';
import { type HomePage, type HomeRow, type HomeSection, ownRow, waitingRow } from './home-page.ts';
import { viewOf } from './projection.ts';
import { type ReadAs, readBy } from './readers.ts';
import { capitalised, fromText, namesAmong, portList, who } from './words.ts';

/** Pages of a person that can be asked for again, and leafed through. */
export const PAGE_NAMES = ['home', 'list', 'mine', 'pending', 'all'] as const;

export type PageName = (typeof PAGE_NAMES)[number];

/** A page that says which it is, counted from 1. */
export interface ListPage extends HomePage {
  readonly which: PageName;
  readonly title: Phrase;
  readonly page: number;
  readonly pages: number;
}

/** What a page of a list is drawn from. */
export interface ListFacts {
  readonly at: Instant;
  readonly which: Exclude<PageName, 'home'>;
  readonly page: number;
  readonly pages: number;
  /** Of all pages together. */
  readonly count: number;
  /** Does any policy let the reader request anything? */
  readonly mayRequest: boolean;
  /** The reader's id. */
  readonly reader: string;
  /** Those of this page in order, each with what the reader may do whom it does not name. */
  readonly shown: readonly { readonly request: Request; readonly as?: ReadAs }[];
  /** What else is to be said. */
  readonly beside: readonly Line[];
}

const TITLES: Readonly<Record<ListFacts['which'], Saying>> = {
  list: say`Open and pending requests`,
  mine: say`Your requests`,
  pending: say`Waits for your decision`,
  all: say`All open and pending requests`,
};
const NONE: Readonly<Record<ListFacts['which'], Saying>> = {
  list: say`You have no open or pending requests.`,
  mine: say`You have no open or pending requests.`,
  pending: say`Nothing waits for your decision.`,
  all: say`Nothing is open, and nothing waits for a decision.`,
};

export function listPage({ at, which, page, pages, count, reader, shown, beside, mayRequest }: ListFacts): ListPage {
  const name = namesAmong(shown.map(({ request }) => request));
  const kinds = shown.map(({ request, as }) => ({
    kind: kindOf(request, reader),
    row: rowOf(request, { person: reader, ...(as ? { as } : {}) }, at, name(request)),
  }));
  const section = (heading: Phrase, kind: Kind): HomeSection => ({
    heading,
    rows: kinds.flatMap((one) => (one.kind === kind ? [one.row] : [])),
  });
  const asking: HomeRow = { line: [say`Request access to a machine, for a limited time.`], buttons: [ASK] };
  const empty =
    count > 0
      ? []
      : [
          { line: [NONE[which]], buttons: [] },
          ...(mayRequest && (which === 'list' || which === 'mine') ? [asking] : []),
        ];
  const sections = [
    { heading: '', rows: empty },
    section('Waits for you', 'waits'),
    section('Yours', 'own'),
    section('Of others', 'others'),
    { heading: '', rows: beside.map((line) => ({ line, buttons: [] })) },
  ];
  return {
    which,
    title: count > 0 ? say`${TITLES[which]} (${count})` : TITLES[which],
    page,
    pages,
    at,
    sections: sections.filter(({ rows }) => rows.length > 0),
  };
}

const ASK = { form: 'Request access' } as const;

type Kind = 'waits' | 'own' | 'others';

/** In this order they are shown. */
export function inOrder(requests: readonly Request[], reader: string): readonly Request[] {
  const rank: Readonly<Record<Kind, number>> = { waits: 0, own: 1, others: 2 };
  return [...requests].sort((a, b) => rank[kindOf(a, reader)] - rank[kindOf(b, reader)]);
}

function kindOf(request: Request, reader: string): Kind {
  if (request.requester.id === reader) return 'own';
  const reviews = extensionOf(request)?.reviews ?? request.reviews;
  return isWaiting(request) && !reviews.some(({ by }) => by.id === reader) ? 'waits' : 'others';
}

/** @param name what its machine is called among all that are shown */
function rowOf(
  request: Request,
  reader: { readonly person: string; readonly as?: ReadAs },
  at: Instant,
  name: string,
): HomeRow {
  const kind = kindOf(request, reader.person);
  const row =
    kind === 'own' ? ownRow(request, at) : kind === 'waits' ? waitingRow(request) : { line: otherLine(request, name) };
  const { id, version } = request;
  const { title, buttons } = readBy(viewOf(request), request, reader);
  return {
    ...row,
    // What commands call it by.
    line: [...row.line, say` Request \`${id}\`.`],
    buttons: [
      ...buttons.map((button) => ({ request: id, version, title, button })),
      { command: { label: 'Details', command: `show ${id}` } },
    ],
  };
}

function otherLine(request: Request, name: string): Line {
  const what = say`${portList(request.ports)} from ${fromText(request)}`;
  return [say`${name}: ${what} for ${who(request.requester)}. ${capitalised(viewOf(request).status)}.`];
}
