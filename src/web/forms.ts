import { JitError } from '../core/errors/errors.ts';
import type { Sealer } from '../core/rule/seal.ts';
import type { HttpRequest } from '../ports/http.ts';
import type { BrowserCookie } from './browser.ts';
import { type Html, html } from './html.ts';

/** The most that a form of ours has. */
export const FORM_BYTES = 2_048;

const FIELD = 'form';

export interface Forms {
  /** The field that a form needs to be taken from this browser. */
  field(browser: string): Html;
  /** The same for a script of ours, which sends it as the field `form`. */
  token(browser: string): string;
  /** The fields of a form of ours, and the browser it came from. Throws `formForeign` for everything else. */
  read(request: HttpRequest): { readonly browser: string; readonly fields: URLSearchParams };
}

/**
 * Forms of the pages at `url`, and at these other names of the same server. Only forms of this server, sent by the browser that they were made for, are taken (OWASP, "Cross-Site Request Forgery Prevention"):
 * the browser says that they come from this origin, and the field is a seal over the browser's cookie, which no other site can read.
 */
export function forms(url: string, cookie: BrowserCookie, seals: Sealer, also: readonly string[] = []): Forms {
  const origins = new Set([url, ...also].map((one) => new URL(one).origin));
  const foreign = () => new JitError('formForeign');
  return {
    token: (browser) => seals.sign(browser),
    field: (browser) => html`<input type="hidden" name="${FIELD}" value="${seals.sign(browser)}">`,
    read(request) {
      const { headers, body } = request;
      const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
      const site = headers['sec-fetch-site'];
      if (type !== 'application/x-www-form-urlencoded') throw foreign();
      if (!origins.has(headers.origin ?? '') || (site !== undefined && site !== 'same-origin')) throw foreign();
      const browser = cookie.read(request);
      const fields = new URLSearchParams(body.toString('utf8'));
      if (browser === undefined || !seals.verify(browser, fields.get(FIELD) ?? '')) throw foreign();
      return { browser, fields };
    },
  };
}
