import type { HttpReply, Route } from '../ports/http.ts';
import type { StepPage, Steps } from '../ports/steps.ts';
import type { BrowserCookie } from './browser.ts';
import { FORM_BYTES, type Forms } from './forms.ts';
import { type Html, html } from './html.ts';
import { pageReply } from './page.ts';

export interface WebTools {
  readonly cookie: BrowserCookie;
  readonly forms: Forms;
}

/** Where a sign-in comes back to: the redirect address of the app registration. */
export const SIGN_IN_PATH = '/sign-in';

/**
 * Links from chat. GET shows, POST consumes; what is done belongs to the browser that pressed the button, by its cookie. Nothing here
 * goes where a client says.
 */
export function stepRoutes(steps: Steps, { cookie, forms }: WebTools): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/step/:ticket',
      async handle({ params, headers }) {
        const page = await steps.show(params.ticket ?? '');
        const browser = cookie.read({ headers }) ?? cookie.make();
        const form = html`<form method="post">${forms.field(browser)}<button>${page.button ?? 'Go on'}</button></form>`;
        return stepReply(page, { form, headers: { 'set-cookie': cookie.header(browser) } });
      },
    },
    {
      method: 'POST',
      path: '/step/:ticket',
      bodyBytes: FORM_BYTES,
      async handle(request) {
        const { browser } = forms.read(request);
        const to = await steps.begin(request.params.ticket ?? '', browser);
        const body = html`<p><a class="button" href="${to}">Go on to sign in</a></p>`;
        return pageReply({ title: 'Sign in', body, onTo: to, headers: { 'set-cookie': cookie.header(browser) } });
      },
    },
    {
      method: 'GET',
      path: SIGN_IN_PATH,
      async handle(request) {
        const ticket = await steps.back(request.query, cookie.read(request));
        return { status: 303, headers: { location: `/step/${encodeURIComponent(ticket)}/done` } };
      },
    },
    {
      method: 'GET',
      path: '/step/:ticket/done',
      async handle(request) {
        return stepReply(await steps.done(request.params.ticket ?? '', cookie.read(request)));
      },
    },
  ];
}

export function stepReply(
  { title, says, facts, code, onTo }: StepPage,
  { form, headers = {} }: { readonly form?: Html; readonly headers?: Readonly<Record<string, string>> } = {},
): HttpReply {
  const rows = facts.map(([label, value]) => html`<dt>${label}</dt><dd>${value}</dd>`);
  const body = html`${facts.length > 0 ? html`<dl>${rows}</dl>` : undefined}
${code === undefined ? undefined : html`<code class="code">${code}</code>`}
${says.map((line) => html`<p>${line}</p>`)}
${onTo === undefined ? undefined : html`<p><a class="button" href="${onTo}">Go on</a></p>`}
${form}`;
  return pageReply({ title, body, headers, ...(onTo === undefined ? {} : { onTo }) });
}
