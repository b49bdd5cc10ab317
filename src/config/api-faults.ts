import type { Fault } from './fault.ts';
import type { Known } from './lenient.ts';

/** What a token was given through is told by its client alone: no two of them may be the same. */
export function apiFaults({ api, web, signIn }: Known): readonly Fault[] {
  if (!api) return [];
  const needs = [...(web ? [] : ['web.url, where it is served']), ...(signIn ? [] : ['signIn, whose provider it is'])];
  const clients = [signIn?.clientId, api.clientId, api.deviceClientId].flatMap((id) => id?.toLowerCase() ?? []);
  const isTwice = (id: string | undefined) => clients.filter((one) => one === id?.toLowerCase()).length > 1;
  return [
    ...needs.map((what) => ({ path: ['api'], message: `needs ${what}` })),
    ...(['clientId', 'deviceClientId'] as const)
      .filter((name) => isTwice(api[name]))
      .map((name) => ({ path: ['api', name], message: 'must be an app registration of its own' })),
  ];
}
