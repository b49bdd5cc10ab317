import { boardOf } from './app/board/board.ts';
import type { Deps } from './app/deps.ts';
import { addressPages } from './app/people/address-pages.ts';
import { stepsOf } from './app/people/steps.ts';
import type { Config } from './config/schema.ts';
import { webKeys } from './config/web-keys.ts';
import { sealer } from './core/rule/seal.ts';
import { builtBoard } from './http/page-files.ts';
import type { BuiltPage } from './ports/board.ts';
import type { Route } from './ports/http.ts';
import { addressRoutes } from './web/address.ts';
import { boardApi } from './web/board-api.ts';
import { boardPages } from './web/board-pages.ts';
import { browserCookie } from './web/browser.ts';
import { forms } from './web/forms.ts';
import { webRoom } from './web/room.ts';
import { stepRoutes, type WebTools } from './web/steps.ts';

/** All pages that people open in a browser; none where `web` does not say at which address. */
export function pagesOf(config: Config, deps: Deps, page?: BuiltPage): readonly Route[] {
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
  const { pages: board, api } = boardRoutes(config, deps, tools, page);
  return [...webRoom([...routes, ...board], deps.log), ...api];
}

/** The board, where there is one: its pages, and what they ask for. */
function boardRoutes(
  { web, board: settings, installation, ...config }: Config,
  deps: Deps,
  tools: WebTools,
  page: BuiltPage | undefined = settings && builtBoard(),
): { readonly pages: readonly Route[]; readonly api: readonly Route[] } {
  const { pages: room, board: rows } = deps;
  if (!web || !settings || !room || !rows) return { pages: [], api: [] };
  const seals = sealer(installation, 'board', webKeys({ web, installation, ...config }));
  const session = browserCookie(web.url, 'jit-board');
  const board = boardOf(deps, { room, rows, sessionMs: settings.session });
  const own = { ...tools, board, page, session, sessionForms: forms(web.url, session, seals) };
  return { pages: boardPages(own), api: boardApi(own, deps.log) };
}
