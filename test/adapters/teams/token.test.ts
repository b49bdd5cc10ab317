import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createBot } from '../../../adapters/teams/bots.ts';
import { complete, type TeamsSettings } from '../../../adapters/teams/settings.ts';
import { tokenCheck } from '../../../adapters/teams/token.ts';
import { teamsHarness } from './harness.ts';

const h = teamsHarness();
const never = new AbortController().signal;
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

async function serving(handle: RequestListener): Promise<string> {
  const server = createServer(handle);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const settings = (patch: Partial<TeamsSettings> = {}) => complete({ ...h.settings, sdk: 'agents', ...patch });
const activity = () => ({ channelId: 'msteams', serviceUrl: h.sim.serviceUrl });
/** A token whose signature nobody gets to. */
const token = (kid: string) =>
  `Bearer ${[{ alg: 'RS256', kid }, {}].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.c2ln`;

describe('the keys of tokens', () => {
  it('are asked for once, however many tokens come under keys that are not known', async () => {
    let asked = 0;
    const url = await serving((request, response) => {
      asked += 1;
      const { host } = request.headers;
      response.end(JSON.stringify(request.url === '/keys' ? { keys: [] } : { jwks_uri: `http://${host}/keys` }));
    });
    const check = tokenCheck(settings({ openIdMetadataUrl: `${url}/metadata` }), 1_000);
    const refusals = await Promise.allSettled(
      Array.from({ length: 50 }, (_, i) => check(activity(), token(`unknown-${i}`))),
    );
    expect(refusals.every(({ status }) => status === 'rejected')).toBe(true);
    await expect(check(activity(), token('another'))).rejects.toThrow('unknown key');
    expect(asked).toBe(2);
  });

  it('that cannot be read again are good for three days, and are asked for once a minute', async () => {
    const [hour, minute] = [3_600_000, 60_000];
    let [asked, isAway, now] = [0, false, 0];
    const keys = [{ kid: 'known', kty: 'RSA', endorsements: [] }];
    const url = await serving((request, response) => {
      asked += 1;
      const answer = request.url === '/keys' ? { keys } : { jwks_uri: `http://${request.headers.host}/keys` };
      response.writeHead(isAway ? 503 : 200).end(JSON.stringify(answer));
    });
    const check = tokenCheck(settings({ openIdMetadataUrl: `${url}/metadata` }), 1_000, () => now);
    // The key is found: it is one for another channel.
    const isFound = () => expect(check(activity(), token('known'))).rejects.toThrow('for another channel');
    await isFound();
    isAway = true;
    now = 25 * hour;
    await isFound();
    await isFound();
    expect(asked).toBe(3);
    await expect(check(activity(), token('new'))).rejects.toThrow('503');
    now += minute;
    await isFound();
    expect(asked).toBe(4);
    now = 72 * hour + 1;
    await expect(check(activity(), token('known'))).rejects.toThrow('503');
    await expect(check(activity(), token('known'))).rejects.toThrow('503');
    expect(asked).toBe(5);
    isAway = false;
    now += minute;
    await isFound();
  });

  it.each<[string, RequestListener]>([
    ['are at another host', (_, response) => response.end('{"jwks_uri":"http://127.0.0.1:9/keys"}')],
    ['lead elsewhere', (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end()],
    ['are no JSON', (_, response) => response.end('<html>')],
    ['never come', () => {}],
  ])('that %s believe nobody', async (_, handle) => {
    const url = await serving(handle);
    const check = tokenCheck(settings({ openIdMetadataUrl: `${url}/metadata` }), 200);
    await expect(check(activity(), token('any'))).rejects.toThrow();
  });
});

describe.each(['botbuilder', 'agents'] as const)('a connector that %s talks to', (sdk) => {
  // The first one loads the library, which takes a busy machine seconds.
  const ask = async (handle: RequestListener, callMs = 30_000) => {
    const serviceUrl = `${await serving(handle)}/`;
    const bot = await createBot(settings({ sdk, serviceUrl, serviceUrls: [serviceUrl] }), callMs);
    return bot.send({ serviceUrl, conversation: 'a:/?#b' }, { text: 'hello' }, never);
  };

  it('gets ids as one part of the path', async () => {
    const paths: (string | undefined)[] = [];
    await ask((request, response) => {
      paths.push(request.url);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":"1"}');
    });
    expect(paths).toEqual(['/v3/conversations/a%3A%2F%3F%23b/activities']);
  });

  it('cannot send our token elsewhere, and is asked once', async () => {
    const reached: string[] = [];
    const elsewhere = await serving((_, response) => {
      reached.push('elsewhere');
      response.end('{"id":"1"}');
    });
    const sent = ask((_, response) => {
      reached.push('connector');
      response.writeHead(307, { location: `${elsewhere}/x` }).end();
    });
    await expect(sent).rejects.toMatchObject({ name: 'ConnectorFailure' });
    expect(reached).toEqual(['connector']);
  });

  it('that hangs is left', async () => {
    await expect(ask(() => {}, 1_000)).rejects.toMatchObject({ name: 'ConnectorFailure', status: undefined });
  });
});
