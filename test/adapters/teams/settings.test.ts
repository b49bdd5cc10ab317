import { describe, expect, it } from 'vitest';
import { teamsAdapter } from '../../../adapters/teams/index.ts';
import { complete, isServed, type TeamsSettings } from '../../../adapters/teams/settings.ts';
import { people } from '../../../simulators/world.ts';
import { JitError } from '../../../src/core/errors/errors.ts';
import { startServer } from '../../../src/http/server.ts';
import { memoryJournal } from '../../memory/journal.ts';
import { teamsHarness } from './harness.ts';

const real: TeamsSettings = {
  appId: '0b1c2d3e-4f50-4617-8a9b-0c1d2e3f4a5b',
  appPassword: 'secret',
  tenantId: '7f3c1f0e-52a1-4d34-9d0b-6f3a9a1b2c3d',
  serviceUrl: 'https://smba.trafficmanager.net/teams/',
  serviceUrls: ['https://smba.trafficmanager.net/'],
  validateTokens: true,
};
const local = {
  serviceUrl: 'http://127.0.0.1:9/',
  serviceUrls: ['http://127.0.0.1:9/'],
  loginUrl: 'https://localhost:9',
  openIdMetadataUrl: 'http://[::1]:9/keys',
};
const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const faultsOf = (settings: TeamsSettings) => {
  try {
    complete(settings);
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(JitError);
    expect((error as JitError).code).toBe('badConfig');
    return (error as JitError).hint;
  }
};

describe('the settings', () => {
  it('are the public cloud’s unless told', () => {
    expect(complete(real)).toMatchObject({
      path: '/api/messages',
      loginUrl: 'https://login.microsoftonline.com',
      tokenIssuer: 'https://api.botframework.com',
    });
  });

  it('may turn the token check off on loopback only', () => {
    expect(faultsOf({ ...real, ...local, validateTokens: false })).toBeUndefined();
    expect(faultsOf({ ...real, validateTokens: false })).toMatch(/validateTokens.*smba/);
    for (const [name, url] of Object.entries({
      serviceUrl: 'http://127.0.0.1.evil.example/',
      loginUrl: 'https://login.microsoftonline.com',
      openIdMetadataUrl: 'https://login.botframework.com/keys',
    }))
      expect(faultsOf({ ...real, ...local, [name]: url, validateTokens: false })).toContain(url);
    expect(faultsOf({ ...real, ...local, loginUrl: undefined, validateTokens: false })).toMatch(/microsoftonline/);
  });

  it.each([
    ['an empty app id, which would turn all authentication off', { appId: '' }, /appId is empty/],
    ['an empty secret', { appPassword: ' ' }, /appPassword is empty/],
    ['an empty tenant', { tenantId: '' }, /tenantId is empty/],
    ['a service URL of its own outside the list', { serviceUrl: 'https://evil.example/' }, /not within/],
    ['a certificate that is not there', { caFile: '/nowhere/ca.pem' }, /cannot be read/],
  ])('refuse %s', (_, patch, fault) => {
    expect(faultsOf({ ...real, ...patch })).toMatch(fault);
  });

  it.each([
    ['https://smba.trafficmanager.net/emea/', true],
    ['https://SMBA.trafficmanager.net/emea/', true],
    ['https://smba.trafficmanager.net.evil.example/', false],
    ['https://smba.trafficmanager.net:8443/', false],
    ['http://smba.trafficmanager.net/', false],
    ['https://me@smba.trafficmanager.net/', false],
    ['https://smba.trafficmanager.net/?x', false],
    ['//smba.trafficmanager.net/', false],
    ['', false],
  ])('serve %s: %s', (url, served) => {
    expect(isServed(url, real.serviceUrls)).toBe(served);
  });

  it('keep to the path of a prefix', () => {
    expect(isServed('https://x.example/emea', ['https://x.example/emea/'])).toBe(true);
    expect(isServed('https://x.example/emea2/', ['https://x.example/emea'])).toBe(false);
    expect(isServed('https://x.example/', ['nonsense'])).toBe(false);
  });
});

describe('with the token check off', () => {
  const h = teamsHarness();
  const deps = { log: quiet, journal: memoryJournal(Date.now), entraIdOf: () => undefined };

  it('a delivery without a token is taken, and judged all the same', async () => {
    const adapter = await teamsAdapter({ ...h.settings, validateTokens: false }, deps);
    const ready = async () => [];
    const server = await startServer({ host: '127.0.0.1', port: 0, routes: adapter.routes, ready, log: quiet });
    h.sim.setTarget(`${server.url}/api/messages`);
    await adapter.start(h.inbox);
    await h.sim.install(people.requester.entraId);
    // Deliveries are taken as they come; what one does may be done before what an earlier one does.
    await h.eventually(() => h.inbox.commands[1]);
    const message = h.sim.drafts.message(h.sim.person(people.requester.entraId), 'personal', 'list');
    expect(await h.sim.deliver(message, { token: null })).toMatchObject({ status: 200 });
    expect(await h.sim.deliver({ ...message, channelData: {} }, { token: null })).toMatchObject({ status: 403 });
    await h.eventually(() => h.inbox.commands[2]);
    expect(h.inbox.commands.map(([, text]) => text)).toEqual(['help', 'home', 'list']);
    await adapter.stop();
    await server.close();
  });

  it('the check says what Entra said', async () => {
    const check = async (patch: Partial<TeamsSettings>) =>
      (await teamsAdapter({ ...h.settings, ...patch }, deps)).check(new AbortController().signal);
    await expect(check({ appPassword: 'wrong' })).rejects.toMatchObject({ code: 'chatRefused', say: /AADSTS7000215/ });
    await expect(check({ caFile: undefined })).rejects.toMatchObject({ code: 'chatSilent' });
    h.sim.faults.add('token', { kind: 'error', status: 503, code: 'temporarily_unavailable' });
    await expect(check({})).rejects.toMatchObject({ kind: expect.stringMatching(/busy|refused/) });
  });
});
