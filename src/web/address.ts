import { JitError } from '../core/errors/errors.ts';
import { say } from '../core/language/say.ts';
import type { Saying } from '../core/language/text.ts';
import { parseSource } from '../core/rule/source.ts';
import type { AddressPage, AddressPages } from '../ports/address-pages.ts';
import type { HttpReply, HttpRequest, Route } from '../ports/http.ts';
import { FORM_BYTES } from './forms.ts';
import { html } from './html.ts';
import { buttonForm, stepReply, type WebTools } from './steps.ts';
import { inHtml, tongueOfBrowser } from './words.ts';

/** The page that sees where a browser comes from. */
export function addressRoutes(pages: AddressPages, { cookie, forms }: WebTools): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/address/:ticket',
      async handle(request) {
        const page = await pages.show(request.params.ticket ?? '', () => seenIn(request));
        const browser = cookie.read(request) ?? cookie.make();
        const tongue = tongueOfBrowser(request);
        const form = buttonForm(forms.field(browser), page.button, tongue);
        return reply(page, { tongue, form, headers: { 'set-cookie': cookie.header(browser) } });
      },
    },
    {
      method: 'POST',
      path: '/address/:ticket',
      bodyBytes: FORM_BYTES,
      async handle(request) {
        forms.read(request);
        const page = await pages.keep(request.params.ticket ?? '', () => seenIn(request));
        return reply(page, { tongue: tongueOfBrowser(request) });
      },
    },
  ];
}

function reply(page: AddressPage, { form, tongue, ...more }: Parameters<typeof stepReply>[1]): HttpReply {
  const other = page.other && html`<p><a href="${page.other.url}">${inHtml(page.other.says, tongue)}</a></p>`;
  return stepReply(page, { form: html`${form}${other}`, tongue, ...more });
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
    throw hidden(say`a proxy is in between that is not in \`http.trustedProxies\``);
  if (seen === undefined) throw hidden(say`the connection comes from ${address}, which is no address that people have`);
  return seen;
}

/** `203.0.113.7:50000` and `[2001:db8::7]:50000`, as some load balancers write it. */
function withoutPort(address: string): string {
  return /^\[(.*)\](?::\d+)?$/.exec(address)?.[1] ?? /^([\d.]+):\d+$/.exec(address)?.[1] ?? address;
}

function hidden(why: Saying): JitError {
  return new JitError('addressHidden', { why });
}
