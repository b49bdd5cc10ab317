import type { Deps } from './app/deps.ts';
import { stepsOf } from './app/people/steps.ts';
import type { Config } from './config/schema.ts';
import { webKeys } from './config/web-keys.ts';
import { sealer } from './core/rule/seal.ts';
import type { Route } from './ports/http.ts';
import { browserCookie } from './web/browser.ts';
import { forms } from './web/forms.ts';
import { webRoom } from './web/room.ts';
import { stepRoutes } from './web/steps.ts';

/** All pages that people open in a browser; none where `web` does not say at which address. */
export function pagesOf(config: Config, deps: Deps): readonly Route[] {
  const { web, installation } = config;
  if (!web) return [];
  const cookie = browserCookie(web.url);
  const tools = { cookie, forms: forms(web.url, cookie, sealer(installation, 'form', webKeys(config))) };
  const { browser } = deps;
  return webRoom(browser ? stepRoutes(stepsOf(deps, browser), tools) : [], deps.log);
}
