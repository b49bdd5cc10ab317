import { randomBytes } from 'node:crypto';
import { readFilter } from '../core/board/filter.ts';
import { JitError, sayOf } from '../core/errors/errors.ts';
import type { BoardDesk, Paging } from '../ports/board.ts';
import type { HttpReply, HttpRequest, Route } from '../ports/http.ts';
import type { Log } from '../ports/log.ts';
import { BOARD_HEADERS, type BoardTools } from './board-pages.ts';
import { FORM_BYTES } from './forms.ts';
import { statusOf } from './room.ts';

/** So long a page is kept up to date on one connection: then it asks anew, and whoever it is of is looked up again. */
const STREAM_MS = 5 * 60_000;
/** In milliseconds: how long a browser waits before it comes back. */
const COMES_BACK = 'retry: 2000\n\n';
const MOST_ROWS = 200;

type Answers = (desk: BoardDesk, request: HttpRequest, board: BoardTools['board']) => Promise<unknown>;

const ASKS: Readonly<Record<string, Answers>> = {
  now: async (desk, { query }, board) => desk.now(readFilter(query, await board.now())),
  history: async (desk, { query }, board) => desk.history(readFilter(query, await board.now()), pagingOf(query, 50)),
  timeline: async (desk, { query }, board) => desk.timeline(readFilter(query, await board.now()), pagingOf(query, 30)),
  names: async (desk, { query }, board) => desk.names(readFilter(query, await board.now())),
  exposure: async (desk, { query }, board) => desk.exposure(readFilter(query, await board.now())),
  machines: async (desk, { query }, board) => {
    const standing = query.get('standing') ?? undefined;
    const filter = { ...readFilter(query, await board.now()), ...(standing === undefined ? {} : { standing }) };
    return desk.machines(filter, pagingOf(query, 100));
  },
  'lease/:id': (desk, { params }) => desk.story(params.id ?? ''),
};

/** What the page asks for: for whoever has a session, as JSON; what goes wrong is JSON too, in words that may be shown. */
export function boardApi(tools: BoardTools, log: Log): readonly Route[] {
  const { board, session, sessionForms } = tools;
  const asks = Object.entries(ASKS).map(([name, answers]) =>
    route(log, {
      method: 'GET',
      path: `/board/api/${name}`,
      handle: async (request) => asJson(200, await answers(await deskFor(tools, request), request, board)),
    }),
  );
  const acts = Object.entries(ACTS).map(([name, act]) =>
    route(log, {
      method: 'POST',
      path: `/board/api/${name}`,
      bodyBytes: FORM_BYTES,
      async handle(request) {
        const { fields } = sessionForms.read(request);
        return asJson(200, { said: await act(await deskFor(tools, request), fields) });
      },
    }),
  );
  const me = route(log, {
    method: 'GET',
    path: '/board/api/me',
    async handle(request) {
      const { viewer } = await deskFor(tools, request);
      return asJson(200, {
        ...viewer,
        hasSignIn: board.hasSignIn,
        form: sessionForms.token(session.read(request) ?? ''),
      });
    },
  });
  return [me, ...asks, ...acts, route(log, csvRoute(tools)), route(log, eventsRoute(tools, log))];
}

const ACTS: Readonly<Record<string, (desk: BoardDesk, fields: URLSearchParams) => Promise<string>>> = {
  close: (desk, fields) => desk.close(fields.get('request') ?? '', fields.get('reason') ?? ''),
  protect: (desk, fields) => desk.protect(fields.get('machine') ?? ''),
};

function csvRoute(tools: BoardTools): Route {
  return {
    method: 'GET',
    path: '/board/leases.csv',
    async handle(request) {
      const desk = await deskFor(tools, request);
      const body = await desk.csv(readFilter(request.query, await tools.board.now()));
      const headers = {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': 'attachment; filename="drawbridge-leases.csv"',
      };
      return { status: 200, headers, body };
    },
  };
}

function eventsRoute(tools: BoardTools, log: Log): Route {
  return {
    method: 'GET',
    path: '/board/events',
    async handle(request) {
      const desk = await deskFor(tools, request);
      return {
        status: 200,
        headers: {
          'content-type': 'text/event-stream',
          'cache-control': 'no-cache, no-transform',
          'x-accel-buffering': 'no',
        },
        stream: (signal) => eventsOf(desk, AbortSignal.any([signal, AbortSignal.timeout(STREAM_MS)]), log),
      };
    },
  };
}

/** The page is told that something changed, and asks for what it shows: so nobody is sent what they may not read. */
async function* eventsOf(desk: BoardDesk, signal: AbortSignal, log: Log): AsyncGenerator<string> {
  let last: number | undefined;
  yield COMES_BACK;
  try {
    for await (const version of desk.changes(signal)) {
      yield version === last ? ': still here\n\n' : `event: changed\ndata: ${version}\n\n`;
      last = version;
    }
  } catch (error) {
    const { text } = sayOf(error, randomBytes(5).toString('hex'));
    log.warn({ error }, 'a board cannot be kept up to date');
    yield `event: away\ndata: ${JSON.stringify(text)}\n\n`;
  }
}

function route(log: Log, own: Route): Route {
  return { ...own, handle: (request) => answered(own, request, log) };
}

async function answered(own: Route, request: HttpRequest, log: Log): Promise<HttpReply> {
  try {
    return await own.handle(request);
  } catch (error) {
    const reference = randomBytes(5).toString('hex');
    const { code, text } = sayOf(error, reference);
    if (code === 'bug') log.error({ error, reference, path: own.path }, 'a question of the board failed');
    else log.info({ code, path: own.path, address: request.address }, 'the board answered with a refusal');
    return asJson(code === 'boardOver' ? 401 : statusOf(error), { code, text });
  }
}

async function deskFor({ board, session }: BoardTools, request: HttpRequest): Promise<BoardDesk> {
  const known = session.read(request);
  const desk = known === undefined ? undefined : await board.desk(known);
  if (!desk) throw new JitError('boardOver');
  return desk;
}

function pagingOf(query: URLSearchParams, usual: number): Paging {
  const number = (name: string) => (/^\d{1,7}$/.test(query.get(name) ?? '') ? Number(query.get(name)) : undefined);
  return { skip: number('skip') ?? 0, most: Math.min(number('most') ?? usual, MOST_ROWS) };
}

function asJson(status: number, body: unknown): HttpReply {
  const headers = { ...BOARD_HEADERS, 'content-type': 'application/json; charset=utf-8' };
  return { status, headers, body: JSON.stringify(body) };
}
