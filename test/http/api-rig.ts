import { afterEach } from 'vitest';
import { withServices } from '../../adapters/directory/index.ts';
import type { Service } from '../../adapters/directory/services.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { callsOf } from '../../src/calls.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { withKeys } from '../../src/http/api/keys.ts';
import { startServer } from '../../src/http/server.ts';
import type { ApiCaller } from '../../src/ports/api.ts';
import { MACHINE, PEOPLE, world } from '../app/fixtures.ts';

const OIDS: Readonly<Record<string, string>> = {
  ada: 'a1a1a1a1-0000-4000-8000-000000000001',
  grace: 'a2a2a2a2-0000-4000-8000-000000000002',
};
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

interface Keys {
  readonly keys: readonly string[];
}

export interface Said {
  readonly status: number;
  readonly type: string;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: an answer of whatever shape, of which a test looks at some.
  readonly body: any;
}

/** The API with the use cases behind it; a token is who calls, as `ada.browser.x`. */
export async function api(more: Parameters<typeof world>[0] = {}, services: readonly (Service & Keys)[] = []) {
  const people = PEOPLE.map((person) => ({ ...person, entra: OIDS[person.id] ?? '' }));
  const made = world({ people, ...more });
  const deps = { ...made.deps, directory: withServices(made.deps.directory, services) };
  const caller = async (token: string): Promise<ApiCaller> => {
    const [who = '', how] = token.split('.');
    if (!OIDS[who] && who !== 'otto') throw new JitError('tokenRefused', { why: 'it is over' });
    const entra = OIDS[who] ?? 'a4a4a4a4-0000-4000-8000-000000000004';
    return { entra, isLimited: how === 'device', until: made.clock.now() + 60_000 };
  };
  const signIn = { issuer: 'https://login.example.com/t/v2.0', clientId: 'cli', scope: 'api://x/jit' };
  const server = await startServer({
    ...{ host: '127.0.0.1', port: 0, ready: async () => [], log: made.deps.log },
    routes: callsOf('test', deps, { tokens: withKeys({ caller }, services), signIn }),
  });
  ends.push(() => server.close());
  const call = async (token: string | undefined, path: string, body?: unknown, headers = {}): Promise<Said> => {
    const response = await fetch(`${server.url}/api/v1/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const type = response.headers.get('content-type') ?? '';
    return {
      ...{ status: response.status, type, headers: response.headers },
      body: type.includes('json') ? JSON.parse(text) : text,
    };
  };
  const ask = async (because = 'deploy') =>
    (await call(ADA, 'requests', { machine: 'api-1', ports: ['22'], for: '1h', because })).body.request.id as string;
  const open = () => converge(deps, MACHINE.id, new AbortController().signal);
  return { ...made, deps, url: server.url, call, ask, open };
}

export const ADA = 'ada.browser.x';
export const GRACE = 'grace.browser.x';
export const DEVICE = 'grace.device.x';
