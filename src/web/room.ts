import { randomBytes } from 'node:crypto';
import type { Kind } from '../core/errors/entry.ts';
import { JitError, sayOf } from '../core/errors/errors.ts';
import { say } from '../core/language/say.ts';
import type { HttpReply, HttpRequest, Route } from '../ports/http.ts';
import type { Log } from '../ports/log.ts';
import { html } from './html.ts';
import { pageReply } from './page.ts';
import { inHtml, tongueOfBrowser } from './words.ts';

/** What a refusal is over HTTP. */
const STATUS: Readonly<Record<Kind, number>> = {
  invalid: 400,
  unauthentic: 403,
  denied: 403,
  unjudged: 503,
  notFound: 404,
  conflict: 409,
  busy: 503,
  refused: 409,
  misconfigured: 500,
  bug: 500,
};

/** Pages for people: the front page, and what others add. What goes wrong is a page too, in words that may be shown. */
export function webRoom(routes: readonly Route[], log: Log): readonly Route[] {
  return [HOME, ...routes].map((route) => ({ ...route, handle: (request) => shown(route, request, log) }));
}

async function shown(route: Route, request: HttpRequest, log: Log): Promise<HttpReply> {
  try {
    return await route.handle(request);
  } catch (error) {
    const reference = randomBytes(5).toString('hex');
    const { code, line } = sayOf(error, reference);
    const tongue = tongueOfBrowser(request);
    if (code === 'bug') log.error({ error, reference, path: route.path }, 'a page failed');
    else log.info({ code, path: route.path, address: request.address }, 'a page answered with a refusal');
    return pageReply({
      title: say`This did not work`,
      tongue,
      status: statusOf(error),
      body: html`<p class="bad" role="alert">${inHtml(say`${line}`, tongue)}</p>`,
    });
  }
}

/** What an error is over HTTP. */
export function statusOf(error: unknown): number {
  return error instanceof JitError ? STATUS[error.kind] : STATUS.bug;
}

const HOME: Route = {
  method: 'GET',
  path: '/',
  handle: (request) => {
    const tongue = tongueOfBrowser(request);
    const how = say`Type \`/jit\` in Slack, or write to the bot in Teams. Pages here are opened by links that you get there.`;
    return pageReply({ title: say`Access is requested in chat`, tongue, body: html`<p>${inHtml(how, tongue)}</p>` });
  },
};
