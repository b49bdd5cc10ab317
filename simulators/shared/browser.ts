/** What a browser shows: an address and a page. */
export interface Shown {
  readonly url: string;
  readonly status: number;
  readonly html: string;
  readonly headers: Headers;
}

const MOST_HOPS = 10;

/**
 * As much of a browser as pages without a script need: cookies by host, redirects, forms, and `refresh`. It sends what browsers send
 * with a form (`Origin`, `Sec-Fetch-Site`). `reach` gives where an address is served, where that is not where it says.
 */
export class TestBrowser {
  readonly #jar = new Map<string, Map<string, string>>();
  readonly #reach: (url: string) => string;
  /** Every address that was opened, in order. */
  readonly visited: string[] = [];

  readonly #more: Readonly<Record<string, string>>;

  /** `more`: headers that something between it and the server adds to what it sends. */
  constructor(reach: (url: string) => string = (url) => url, more: Readonly<Record<string, string>> = {}) {
    this.#reach = reach;
    this.#more = more;
  }

  async open(url: string, from?: string): Promise<Shown> {
    return this.#go(url, { method: 'GET' }, from, 0);
  }

  /** Presses the button with these words (all of them, or the beginning) on a page. */
  async press(page: Shown, label: string): Promise<Shown> {
    const forms = [...page.html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)];
    for (const [, attributes = '', inside = ''] of forms) {
      const buttons = [...inside.matchAll(/<button\b([^>]*)>([\s\S]*?)<\/button>/g)];
      const button = buttons.find(([, , words = '']) => plain(words).startsWith(label));
      if (!button) continue;
      const fields = new URLSearchParams();
      for (const [, input = ''] of inside.matchAll(/<input\b([^>]*)>/g))
        fields.set(attr(input, 'name'), attr(input, 'value'));
      if (attr(button[1] ?? '', 'name')) fields.set(attr(button[1] ?? '', 'name'), attr(button[1] ?? '', 'value'));
      const action = new URL(attr(attributes, 'action') || page.url, page.url).href;
      return this.send(action, fields, page.url);
    }
    throw new Error(`there is no button “${label}” on ${page.url}: ${textOf(page)}`);
  }

  send(action: string, fields: URLSearchParams, from: string): Promise<Shown> {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return this.#go(action, { method: 'POST', headers, body: fields.toString() }, from, 0);
  }

  /** The cookies that this browser has for an address. */
  cookies(url: string): ReadonlyMap<string, string> {
    return this.#jar.get(new URL(url).host) ?? new Map();
  }

  async #go(url: string, init: RequestInit, from: string | undefined, hops: number): Promise<Shown> {
    if (hops > MOST_HOPS) throw new Error('redirected in a circle');
    this.visited.push(url);
    const { host, origin } = new URL(url);
    const jar = this.#jar.get(host) ?? new Map<string, string>();
    this.#jar.set(host, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const site = from === undefined ? 'none' : new URL(from).origin === origin ? 'same-origin' : 'cross-site';
    const sent = { ...(init.method === 'POST' ? { origin: new URL(from ?? url).origin } : {}), 'sec-fetch-site': site };
    const answer = await fetch(this.#reach(url), {
      ...init,
      redirect: 'manual',
      headers: { ...(init.headers as Record<string, string>), ...sent, ...(cookie ? { cookie } : {}), ...this.#more },
    });
    for (const set of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = (set.split(';')[0] ?? '').split('=');
      jar.set(name, value);
    }
    const location = answer.headers.get('location');
    const html = await answer.text();
    if (location && answer.status >= 300 && answer.status < 400)
      return this.#go(new URL(location, url).href, { method: 'GET' }, from, hops + 1);
    const refresh = /<meta http-equiv="refresh" content="0;url=([^"]*)">/.exec(html)?.[1];
    if (refresh) return this.#go(new URL(decoded(refresh), url).href, { method: 'GET' }, url, hops + 1);
    return { url, status: answer.status, html, headers: answer.headers };
  }
}

/** What a page says, in one line. */
export function textOf({ html }: Pick<Shown, 'html'>): string {
  const body = html
    .replace(/<(style|title)[\s\S]*?<\/\1>/g, '')
    .replace(/<(?:p|h1|dt|dd|li|form|button)\b[^>]*>/g, ' / ');
  return plain(body)
    .replace(/(?: \/)+/g, ' /')
    .replace(/^ ?\/ /, '');
}

function plain(html: string): string {
  return decoded(html.replace(/<[^>]*>/g, ''))
    .replace(/\s+/g, ' ')
    .trim();
}

function attr(text: string, name: string): string {
  return decoded(new RegExp(`\\b${name}="([^"]*)"`).exec(text)?.[1] ?? '');
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };

function decoded(text: string): string {
  return text.replace(/&(?:#(\d+)|(\w+));/g, (_, code, name) =>
    code ? String.fromCharCode(Number(code)) : (ENTITIES[name] ?? ''),
  );
}
