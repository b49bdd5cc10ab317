import { type Shown, TestBrowser, textOf } from '../../simulators/shared/browser.ts';
import { people } from '../../simulators/world.ts';
import { PUBLIC_URL, type World } from './world.ts';

const LINK = new RegExp(`${PUBLIC_URL}/(?:step|address|board/open)/[\\w.-]+`, 'g');

/**
 * What people do in their browsers: `ada browser> open` (the newest link that she was sent; `open ada` opens hers, `open from 203.0.113.9` from there), `ada browser> [Sign in] as ada`
 * (presses a button, and picks an account where one is asked for), `ada browser> reload`.
 */
export class Browsers {
  readonly #world: World;
  readonly #browsers = new Map<string, { readonly browser: TestBrowser; page?: Shown }>();
  readonly #news: string[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  /** False for what is done elsewhere. */
  async act(line: string): Promise<boolean> {
    const [, who = '', what = ''] = /^(\w+) browser>\s*(.*)$/.exec(line) ?? [];
    if (what === '') return false;
    // Whoever comes from elsewhere has another browser there.
    const [, opened = what, from] = /^(open.*?) from (\S+)$/.exec(what) ?? [];
    const known = from === undefined ? this.#browsers.get(who) : undefined;
    const proxy: Record<string, string> = from === undefined ? {} : { 'x-forwarded-for': from };
    const own = known ?? { browser: new TestBrowser(this.#world.pages.reach, proxy) };
    this.#browsers.set(who, own);
    own.page = await this.#did(own, who, opened);
    this.#news.push(`browser ${who}: ${own.page.status === 200 ? '' : `${own.page.status} `}${textOf(own.page)}`);
    return true;
  }

  news(): readonly string[] {
    return this.#news.splice(0);
  }

  async #did({ browser, page }: { browser: TestBrowser; page?: Shown }, who: string, what: string): Promise<Shown> {
    const [, of] = /^open(?: (\w+))?$/.exec(what) ?? [];
    if (what.startsWith('open')) return browser.open(this.#linkOf(of ?? who));
    if (!page) throw new Error(`${who} has no page`);
    if (what === 'reload') return browser.open(page.url);
    const [, label = '', as = who] = /^\[([^\]]+)\](?: as (\w+))?$/.exec(what) ?? [];
    const next = await browser.press(page, label);
    const name = Object.values(people).find(({ id }) => id === as)?.name ?? as;
    return next.html.includes('Pick an account') ? browser.press(next, name) : next;
  }

  #linkOf(who: string): string {
    const person = Object.values(people).find(({ id }) => id === who);
    if (!person) throw new Error(`nobody is called ${who}`);
    const { slack, teams } = this.#world.services;
    const seen = JSON.stringify([
      slack.state(person.slackId).channels,
      teams.state().personal.find(({ entraId }) => entraId === person.entraId) ?? [],
    ]);
    const link = [...seen.matchAll(LINK)].at(-1)?.[0];
    if (link === undefined) throw new Error(`${who} was sent no link`);
    return link;
  }
}
