import type { Deps } from './app/deps.ts';
import { addressPages } from './app/people/address-pages.ts';
import { stepsOf } from './app/people/steps.ts';
import type { Config } from './config/schema.ts';
import { webKeys } from './config/web-keys.ts';
import { sealer } from './core/rule/seal.ts';
import type { Route } from './ports/http.ts';
import { addressRoutes } from './web/address.ts';
import { browserCookie } from './web/browser.ts';
import { forms } from './web/forms.ts';
import { webRoom } from './web/room.ts';
import { stepRoutes } from './web/steps.ts';

/** All pages that people open in a browser; none where `web` does not say at which address. */
export function pagesOf(config: Config, deps: Deps): readonly Route[] {
  const { web, installation } = config;
  if (!web) return [];
  const seals = sealer(installation, 'form', webKeys(config));
  const cookie = browserCookie(web.url);
  const also = [web.ipv4 ?? [], web.ipv6 ?? []].flat();
  const tools = { cookie, forms: forms(web.url, cookie, seals, also) };
  const { browser, pages } = deps;
  const routes = [
    ...(browser ? stepRoutes(stepsOf(deps, browser), tools) : []),
    ...(pages ? addressRoutes(addressPages(deps, pages), tools) : []),
  ];
  return webRoom(routes, deps.log);
}
