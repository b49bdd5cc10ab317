import { JitError } from '../core/errors/errors.ts';
import { parseSource } from '../core/rule/source.ts';
import type { AddressPage, AddressPages } from '../ports/address-pages.ts';
import type { HttpReply, HttpRequest, Route } from '../ports/http.ts';
import { FORM_BYTES } from './forms.ts';
import { type Html, html } from './html.ts';
import { stepReply, type WebTools } from './steps.ts';

/** The page that sees where a browser comes from. */
export function addressRoutes(pages: AddressPages, { cookie, forms }: WebTools): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/address/:ticket',
      async handle(request) {
        const page = await pages.show(request.params.ticket ?? '', seenIn(request));
        const browser = cookie.read(request) ?? cookie.make();
        const form = html`<form method="post">${forms.field(browser)}<button>${page.button ?? 'Go on'}</button></form>`;
        return reply(page, form, { 'set-cookie': cookie.header(browser) });
      },
    },
    {
      method: 'POST',
      path: '/address/:ticket',
      bodyBytes: FORM_BYTES,
      async handle(request) {
        forms.read(request);
        return reply(await pages.keep(request.params.ticket ?? '', seenIn(request)));
      },
    },
  ];
}

function reply(page: AddressPage, form?: Html, headers: Readonly<Record<string, string>> = {}): HttpReply {
  const other = page.other && html`<p><a href="${page.other.url}">${page.other.says}</a></p>`;
  return stepReply(page, { form: html`${form}${other}`, headers });
}

/**
 * Where a browser comes from. Who is named in `X-Forwarded-For` counts only as far as trusted proxies say so (`http.trustedProxies`); where the
 * header names somebody and the address is none of those, it is that of a proxy that nobody trusts, and not the browser's.
 * Throws `addressHidden`.
 */
function seenIn({ address, headers }: HttpRequest): string {
  const seen = parseSource(withoutPort(address));
  const said = [headers['x-forwarded-for'] ?? []].flat().flatMap((line) => line.split(','));
  const named = said.map((one) => parseSource(withoutPort(one.trim())));
  if (said.length > 0 && !named.includes(seen ?? ''))
    throw hidden('a proxy is in between that is not in `http.trustedProxies`');
  if (seen === undefined) throw hidden(`the connection comes from ${address}, which is no address that people have`);
  return seen;
}

/** `203.0.113.7:50000` and `[2001:db8::7]:50000`, as some load balancers write it. */
function withoutPort(address: string): string {
  return /^\[(.*)\](?::\d+)?$/.exec(address)?.[1] ?? /^([\d.]+):\d+$/.exec(address)?.[1] ?? address;
}

function hidden(why: string): JitError {
  return new JitError('addressHidden', { why });
}
