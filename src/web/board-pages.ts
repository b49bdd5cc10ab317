import type { OutgoingHttpHeaders } from 'node:http';
import { JitError } from '../core/errors/errors.ts';
import { say } from '../core/language/say.ts';
import type { Phrase } from '../core/language/text.ts';
import type { Board, BuiltPage, NewSession } from '../ports/board.ts';
import type { HttpReply, HttpRequest, Route } from '../ports/http.ts';
import type { BrowserCookie } from './browser.ts';
import { FORM_BYTES, type Forms } from './forms.ts';
import { html } from './html.ts';
import { pageReply } from './page.ts';
import { buttonForm, onToSignIn, stepReply, type WebTools } from './steps.ts';
import { inHtml, tongueOfBrowser } from './words.ts';

export interface BoardTools extends WebTools {
  readonly board: Board;
  /** Undefined where nobody built it. */
  readonly page: BuiltPage | undefined;
  /** What a session on the board is known by. */
  readonly session: BrowserCookie;
  /** Forms that belong to a session. */
  readonly sessionForms: Forms;
}

/** What the page asks for and shows comes from here alone; no script but its own runs, and no text becomes one. */
export const BOARD_HEADERS: OutgoingHttpHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  'x-frame-options': 'DENY',
  // With `no-referrer` a browser sends the page's own form with the origin `null`, which is refused.
  'referrer-policy': 'same-origin',
};

/** Where the page shows something: all of them are the one page, which reads the address. */
const VIEWS = ['', '/machines', '/timeline', '/exposure', '/history', '/lease/:id'];
/** The page to come back to stands in the form, encoded once more. */
const SIGN_IN_BYTES = 8_192;
const YEAR = 'public, max-age=31536000, immutable';

/** The page, and how people get in: by a link from chat, or by the organization's own sign-in. */
export function boardPages(tools: BoardTools): readonly Route[] {
  return [
    ...VIEWS.map((view) => viewRoute(tools, view)),
    SLASH,
    fileRoute(tools),
    ...linkRoutes(tools),
    ...signInRoutes(tools),
  ];
}

/** As people type it. */
const SLASH: Route = {
  method: 'GET',
  path: '/board/',
  handle: ({ query }) => {
    const asked = query.toString();
    return { status: 308, headers: { location: `/board${asked === '' ? '' : `?${asked}`}` } };
  },
};

function viewRoute(tools: BoardTools, view: string): Route {
  return {
    method: 'GET',
    path: `/board${view}`,
    async handle(request) {
      const { board, page, session } = tools;
      const known = session.read(request);
      const desk = known === undefined ? undefined : await board.desk(known);
      if (!desk) return doorReply(tools, request, pathOf(view, request));
      if (!page) {
        const tongue = tongueOfBrowser(request);
        const why = say`The page was not built. Whoever looks after Drawbridge runs \`npm run board\`, and starts it anew.`;
        return pageReply({ title: say`The board`, tongue, status: 503, body: html`<p>${inHtml(why, tongue)}</p>` });
      }
      const headers = { ...BOARD_HEADERS, 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' };
      return { status: 200, headers, body: page.index };
    },
  };
}

/** The address as it was asked for, to come back to. */
function pathOf(view: string, { params, query }: HttpRequest): string {
  const asked = query.toString();
  return `/board${view.replace(':id', encodeURIComponent(params.id ?? ''))}${asked === '' ? '' : `?${asked}`}`;
}

function doorReply({ board, cookie, forms }: BoardTools, request: HttpRequest, path: string): HttpReply {
  const browser = cookie.read(request) ?? cookie.make();
  const tongue = tongueOfBrowser(request);
  const t = (phrase: Phrase) => inHtml(phrase, tongue);
  const form = html`<form method="post" action="/board/sign-in">${forms.field(browser)}<input type="hidden" name="path" value="${path}"><button>${t(say`Sign in`)}</button></form>`;
  const link = board.hasSignIn
    ? say`Or type \`/jit board\` in Slack, or \`board\` to the bot in Teams: you get a link that shows it for half an hour.`
    : say`Type \`/jit board\` in Slack, or \`board\` to the bot in Teams: you get a link that shows it for half an hour.`;
  const body = html`<p>${t(say`What is open, what waits, and what was.`)}</p>
${board.hasSignIn ? form : undefined}
<p class="soft">${t(link)}</p>`;
  const headers = { 'set-cookie': cookie.header(browser) };
  return pageReply({ title: say`The board`, tongue, status: 401, body, headers });
}

function fileRoute({ page }: BoardTools): Route {
  return {
    method: 'GET',
    path: '/board/assets/:file',
    handle({ params, headers }) {
      const file = page?.files.get(params.file ?? '');
      if (!file) return { status: 404, body: 'Not found.\n' };
      const isPacked = /\bgzip\b/.test(String(headers['accept-encoding'] ?? ''));
      const own = { 'content-type': file.type, 'cache-control': YEAR, vary: 'accept-encoding' };
      return {
        status: 200,
        headers: { ...own, ...(isPacked ? { 'content-encoding': 'gzip' } : {}) },
        body: isPacked ? file.packed : file.body,
      };
    },
  };
}

function linkRoutes(tools: BoardTools): readonly Route[] {
  const { board, cookie, forms } = tools;
  return [
    {
      method: 'GET',
      path: '/board/open/:ticket',
      async handle(request) {
        const page = await board.show(request.params.ticket ?? '');
        const browser = cookie.read(request) ?? cookie.make();
        const tongue = tongueOfBrowser(request);
        const form = buttonForm(forms.field(browser), page.button, tongue);
        return stepReply(page, { tongue, form, headers: { 'set-cookie': cookie.header(browser) } });
      },
    },
    {
      method: 'POST',
      path: '/board/open/:ticket',
      bodyBytes: FORM_BYTES,
      async handle(request) {
        forms.read(request);
        return entered(tools, request, await board.open(request.params.ticket ?? ''), '/board');
      },
    },
  ];
}

function signInRoutes(tools: BoardTools): readonly Route[] {
  const { board, cookie, forms, session, sessionForms } = tools;
  return [
    {
      method: 'POST',
      path: '/board/sign-in',
      bodyBytes: SIGN_IN_BYTES,
      async handle(request) {
        const { browser, fields } = forms.read(request);
        const to = await board.signIn(browser, fields.get('path') ?? '/board');
        return onToSignIn(to, tongueOfBrowser(request), { 'set-cookie': cookie.header(browser) });
      },
    },
    {
      method: 'POST',
      path: '/board/sign-in-anew',
      bodyBytes: SIGN_IN_BYTES,
      async handle(request) {
        const { fields } = sessionForms.read(request);
        const browser = cookie.read(request) ?? cookie.make();
        const to = await board.signIn(browser, fields.get('path') ?? '/board', true);
        return onToSignIn(to, tongueOfBrowser(request), { 'set-cookie': cookie.header(browser) });
      },
    },
    {
      method: 'GET',
      path: '/board/enter/:ticket',
      async handle(request) {
        const { path, ...made } = await board.enter(request.params.ticket ?? '', cookie.read(request));
        return entered(tools, request, made, path);
      },
    },
    {
      method: 'POST',
      path: '/board/leave',
      bodyBytes: FORM_BYTES,
      async handle(request) {
        const known = session.read(request);
        if (known === undefined) throw new JitError('boardOver');
        sessionForms.read(request);
        await board.leave(known);
        const tongue = tongueOfBrowser(request);
        const t = (phrase: Phrase) => inHtml(phrase, tongue);
        const body = html`<p>${t(say`You are signed out of the board.`)} <a href="/board">${t(say`Sign in again`)}</a></p>`;
        return pageReply({ title: say`Signed out`, tongue, body, headers: { 'set-cookie': session.header('', 0) } });
      },
    },
  ];
}

/** On by a page of ours: of an answer 303 to a form, `form-action` would hold for every stop. */
function entered(
  { session }: BoardTools,
  request: HttpRequest,
  { session: value, forMs }: NewSession,
  path: string,
): HttpReply {
  const tongue = tongueOfBrowser(request);
  const body = html`<p><a class="button" href="${path}">${inHtml(say`Go on`, tongue)}</a></p>`;
  const headers = { 'set-cookie': session.header(value, Math.floor(forMs / 1_000)) };
  return pageReply({ title: say`The board`, tongue, body, onTo: path, headers });
}
