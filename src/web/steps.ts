import type { OutgoingHttpHeaders } from 'node:http';
import { say } from '../core/language/say.ts';
import { type Phrase, phrased, type Tongue } from '../core/language/text.ts';
import type { HttpReply, Route } from '../ports/http.ts';
import type { StepPage, Steps } from '../ports/steps.ts';
import type { BrowserCookie } from './browser.ts';
import { FORM_BYTES, type Forms } from './forms.ts';
import { type Html, html } from './html.ts';
import { pageReply } from './page.ts';
import { inHtml, lineIn, tongueOfBrowser } from './words.ts';

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
        const tongue = tongueOfBrowser({ headers });
        const form = buttonForm(forms.field(browser), page.button, tongue);
        return stepReply(page, { tongue, form, headers: { 'set-cookie': cookie.header(browser) } });
      },
    },
    {
      method: 'POST',
      path: '/step/:ticket',
      bodyBytes: FORM_BYTES,
      async handle(request) {
        const { browser } = forms.read(request);
        const to = await steps.begin(request.params.ticket ?? '', browser);
        return onToSignIn(to, tongueOfBrowser(request), { 'set-cookie': cookie.header(browser) });
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
        const page = await steps.done(request.params.ticket ?? '', cookie.read(request));
        return stepReply(page, { tongue: tongueOfBrowser(request) });
      },
    },
  ];
}

/** A button that sends nothing but that it was pressed. */
export function buttonForm(field: Html, label: Phrase = say`Go on`, tongue: Tongue): Html {
  return html`<form method="post">${field}<button>${phrased(label, tongue)}</button></form>`;
}

/** On to where people sign in. */
export function onToSignIn(to: string, tongue: Tongue, headers: OutgoingHttpHeaders): HttpReply {
  const body = html`<p><a class="button" href="${to}">${inHtml(say`Go on to sign in`, tongue)}</a></p>`;
  return pageReply({ title: say`Sign in`, tongue, body, onTo: to, headers });
}

interface Shown {
  readonly tongue: Tongue;
  readonly form?: Html;
  readonly headers?: Readonly<Record<string, string>>;
}

export function stepReply(
  { title, says, facts, code, onTo }: StepPage,
  { tongue, form, headers = {} }: Shown,
): HttpReply {
  const rows = facts.map(([label, value]) => html`<dt>${phrased(label, tongue)}</dt><dd>${lineIn(value, tongue)}</dd>`);
  const body = html`${facts.length > 0 ? html`<dl>${rows}</dl>` : undefined}
${code === undefined ? undefined : html`<code class="code">${code}</code>`}
${says.map((one) => html`<p>${inHtml(one, tongue)}</p>`)}
${onTo === undefined ? undefined : html`<p><a class="button" href="${onTo}">${inHtml(say`Go on`, tongue)}</a></p>`}
${form}`;
  return pageReply({ title, tongue, body, headers, ...(onTo === undefined ? {} : { onTo }) });
}
