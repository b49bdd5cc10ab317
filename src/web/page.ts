import type { OutgoingHttpHeaders } from 'node:http';
import { type Phrase, phrased, type Tongue } from '../core/language/text.ts';
import type { HttpReply } from '../ports/http.ts';
import { Html, html } from './html.ts';
import { STYLE, STYLE_SOURCE } from './style.ts';

export interface Page {
  readonly title: Phrase;
  /** The language of the whole; what stands in `body` is in it. */
  readonly tongue: Tongue;
  readonly body: Html;
  /** 200 without it. */
  readonly status?: number;
  /** Goes on there by itself. NB. in place of an answer 303 to a form: `form-action` would hold for every stop of that way. */
  readonly onTo?: string;
  readonly headers?: OutgoingHttpHeaders;
}

/** A page that holds no script, is framed by nobody, and sends forms to this server alone. */
const HEADERS: OutgoingHttpHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src ${STYLE_SOURCE}; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`,
  'x-frame-options': 'DENY',
  // NB. with `no-referrer` browsers send forms with the origin `null` (Fetch, "append a request Origin header").
  'referrer-policy': 'same-origin',
};

const LOGO = html`<svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="7" fill="#3d3fa8"/><path d="M7 25V12.5l2-1.8 2 1.8V25zM21 25V12.5l2-1.8 2 1.8V25z" fill="#fff"/><path d="M11 23.2 20.2 15" stroke="#ffc53d" stroke-width="2.6" stroke-linecap="round"/><path d="M4 26.2h24" stroke="#8f91e8" stroke-width="1.8" stroke-linecap="round"/></svg>`;
const SHEET = new Html(`<style>${STYLE}</style>`);

export function pageReply({ title: named, tongue, body, status = 200, onTo, headers = {} }: Page): HttpReply {
  const title = phrased(named, tongue);
  const refresh = onTo === undefined ? undefined : html`<meta http-equiv="refresh" content="0;url=${onTo}">`;
  const whole = html`<!doctype html>
<html lang="${tongue.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${refresh}
<title>${title} · Drawbridge</title>
${SHEET}
</head>
<body>
<main>
<p class="brand">${LOGO} Drawbridge</p>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`;
  return { status, headers: { ...HEADERS, ...headers }, body: whole.text };
}
