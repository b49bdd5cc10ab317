import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { generate } from 'selfsigned';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { teamsAdapter } from '../../../adapters/teams/index.ts';
import { complete, type TeamsSettings } from '../../../adapters/teams/settings.ts';
import { channels } from '../../../simulators/world.ts';
import { DAY_MS, MINUTE_MS } from '../../../src/core/language/instant.ts';
import { refusal } from '../../core/samples.ts';
import { memoryJournal } from '../../memory/journal.ts';
import { teamsHarness, viewFor } from './harness.ts';

const h = teamsHarness();
const never = new AbortController().signal;
const folder = mkdtempSync(join(tmpdir(), 'drawbridge-credential-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

type Credential = NonNullable<TeamsSettings['credential']>;

const settingsWith = ({ appPassword: _, ...settings }: TeamsSettings, credential: Credential): TeamsSettings => ({
  ...settings,
  credential,
});
const adapterWith = (credential: Credential) => {
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  return teamsAdapter(settingsWith(h.settings, credential), {
    log,
    journal: memoryJournal(Date.now),
    entraIdOf: () => undefined,
  });
};
/** Signs in, and posts a card with the token that it was given. */
const posts = async (credential: Credential) => {
  const adapter = await adapterWith(credential);
  await adapter.check(never);
  const before = h.threads().length;
  const place = { chat: 'teams', kind: 'channel', id: channels.teams.id } as const;
  await adapter.publish(viewFor(), place, { ref: undefined, nonce: 'n', tried: false, announced: '' }, never);
  expect(h.threads().length).toBe(before + 1);
};
const refusedWith = async (credential: Credential) => {
  const said: unknown = await (await adapterWith(credential)).check(never).catch((error: unknown) => error);
  return `${(said as { readonly say?: string }).say}`;
};

async function certificateOf(days: number) {
  const made = await generate([{ name: 'commonName', value: 'drawbridge bot' }], {
    keySize: 2048,
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - 2 * DAY_MS),
    notAfterDate: new Date(Date.now() + days * DAY_MS),
  });
  return { pem: `${made.private}\n${made.cert}`, cert: made.cert, key: made.private };
}

describe('a bot that signs in with a certificate', () => {
  let good: Awaited<ReturnType<typeof certificateOf>>;
  let other: Awaited<ReturnType<typeof certificateOf>>;
  let over: Awaited<ReturnType<typeof certificateOf>>;
  beforeAll(async () => {
    [good, other, over] = await Promise.all([certificateOf(365), certificateOf(9), certificateOf(-1)]);
  });
  beforeEach(() => {
    h.sim.trust.certificates.splice(0, 9, good.cert, over.cert);
  });

  it('gets a token that the connector takes', () => posts({ certificate: good.pem }));

  it('is refused with Entra’s own number where the app does not know it, or it is over', async () => {
    expect(await refusedWith({ certificate: other.pem })).toContain('AADSTS700027');
    expect(await refusedWith({ certificate: over.pem })).toContain('AADSTS700027');
  });

  it.each<[string, () => string, RegExp]>([
    ['no PEM', () => 'hush', /no PEM/],
    ['without its key', () => good.cert, /no PEM/],
    ['with the key of another', () => `${other.key}\n${good.cert}`, /another certificate/],
  ])('is refused at the start: %s', (_, certificate, says) => {
    const said = refusal(() => complete(settingsWith(h.settings, { certificate: certificate() })));
    expect(said).toMatchObject({ code: 'badConfig', hint: expect.stringMatching(says) });
    expect(JSON.stringify(said)).not.toContain('hush');
  });

  it('hears from the doctor until when it is good, and a month before it ends', async () => {
    const [fine] = await (await adapterWith({ certificate: good.pem })).examine([], never);
    const until = new Date(Date.now() + 365 * DAY_MS).toISOString().slice(0, 7);
    expect(fine).toMatchObject({ verdict: 'fine', what: expect.stringContaining(`good until ${until}`) });
    h.sim.trust.certificates.push(other.cert);
    const [soon] = await (await adapterWith({ certificate: other.pem })).examine([], never);
    expect(soon).toMatchObject({ verdict: 'fault', means: 'It ends soon.', remedy: /new certificate/ });
  });
});

describe('a bot that signs in with a managed identity', () => {
  it('asks the machine for its own', async () => {
    vi.stubEnv('AZURE_POD_IDENTITY_AUTHORITY_HOST', h.sim.identity.imds);
    await posts({ managedIdentity: true });
  });

  it('exchanges that of another identity', async () => {
    vi.stubEnv('AZURE_POD_IDENTITY_AUTHORITY_HOST', h.sim.identity.imds);
    await posts({ federatedIdentity: h.sim.federatedIdentity });
  });

  it.each(['managedIdentity', 'federatedIdentity'] as const)('asks App Service: %s', async (way) => {
    vi.stubEnv('IDENTITY_ENDPOINT', h.sim.identity.appService);
    vi.stubEnv('IDENTITY_HEADER', h.sim.identity.header);
    await posts(way === 'managedIdentity' ? { managedIdentity: true } : { federatedIdentity: h.sim.federatedIdentity });
    vi.stubEnv('IDENTITY_HEADER', 'another');
    await expect(posts({ federatedIdentity: '88888888-8888-4888-8888-888888888888' })).rejects.toThrow();
  });

  it('that the machine does not have is told so', async () => {
    vi.stubEnv('AZURE_POD_IDENTITY_AUTHORITY_HOST', h.sim.identity.imds);
    const stranger = { federatedIdentity: '99999999-9999-4999-8999-999999999999' };
    expect(await refusedWith(stranger)).not.toBe('undefined');
    const [fault] = await (await adapterWith(stranger)).examine([], never);
    expect(fault).toMatchObject({ verdict: 'fault', what: 'sign-in with a managed identity that the app trusts' });
  });
});

describe('a bot that signs in with the token of a file', () => {
  const issuer = 'https://oidc.example/cluster';
  const subject = 'system:serviceaccount:drawbridge:drawbridge';
  const audience = 'api://AzureADTokenExchange';
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const tokenFile = join(folder, 'token');
  const written = async ({ key = privateKey, sub = subject, aud = audience, seconds = 600 } = {}) => {
    const claims = new SignJWT({ iss: issuer, sub, aud }).setProtectedHeader({ alg: 'RS256', kid: 'k' });
    writeFileSync(tokenFile, `${await claims.setExpirationTime(Math.floor(Date.now() / 1000) + seconds).sign(key)}\n`);
  };
  beforeEach(async () => {
    const key = await crypto.subtle.importKey(
      'spki',
      publicKey.export({ type: 'spki', format: 'der' }),
      { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
      true,
      ['verify'],
    );
    h.sim.trust.federations.splice(1, 9, { issuer, subject, audience, key });
  });

  it('exchanges it, and reads it anew when it was written anew', async () => {
    await written({ seconds: -400 });
    const adapter = await adapterWith({ tokenFile });
    await expect(adapter.check(never)).rejects.toMatchObject({ say: /AADSTS700024/ });
    await written();
    await adapter.check(never);
    await posts({ tokenFile });
  });

  it.each([
    ['of somebody else', { sub: 'system:serviceaccount:other:other' }, 'AADSTS70021'],
    ['for another service', { aud: 'api://other' }, 'AADSTS700212'],
    ['with a false signature', { key: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey }, 'AADSTS700027'],
  ])('is refused with a token %s', async (_, token, number) => {
    await written(token);
    expect(await refusedWith({ tokenFile })).toContain(number);
  });

  it('that is not there is no answer of Entra', async () => {
    const [fault] = await (await adapterWith({ tokenFile: join(folder, 'absent') })).examine([], never);
    expect(fault).toMatchObject({ verdict: 'fault', what: 'sign-in with the token of a file' });
  });
});

describe('the way to sign in', () => {
  it('is one', () => {
    const both = { ...h.settings, credential: { managedIdentity: true } as const };
    expect(refusal(() => complete(both)).hint).toContain('both set');
    const two = settingsWith(h.settings, { managedIdentity: true, tokenFile: '/t' });
    expect(refusal(() => complete(two)).hint).toContain('exactly one way');
    expect(refusal(() => complete(settingsWith(h.settings, {}))).hint).toContain('exactly one way');
  });
});

it('a client secret that was rotated is signed in with anew, and until then nobody signs in again', async () => {
  const first = h.sim.appPassword;
  let password = first;
  onTestFinished(() => h.sim.rotate(first));
  const { settings } = h;
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const adapter = await teamsAdapter(
    { ...settings, appPassword: () => password },
    { log, journal: memoryJournal(Date.now), entraIdOf: () => undefined },
  );
  await adapter.check(never);
  h.sim.rotate('rotated');
  await adapter.check(never);
  password = 'not this one';
  await expect(adapter.check(never)).rejects.toMatchObject({ say: expect.stringContaining('AADSTS7000215') });
  password = 'rotated';
  await adapter.check(never);
});

it('a token is used until five minutes before its end, and then another one is asked for', async () => {
  const first = h.sim.appPassword;
  onTestFinished(() => {
    vi.useRealTimers();
    h.sim.rotate(first);
  });
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const adapter = await teamsAdapter(h.settings, { log, journal: memoryJournal(Date.now), entraIdOf: () => undefined });
  await adapter.check(never);
  const signedIn = Date.now();
  // Whoever asks now is refused.
  h.sim.rotate('rotated');
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(signedIn + 54 * MINUTE_MS);
  await adapter.check(never);
  vi.setSystemTime(signedIn + 56 * MINUTE_MS);
  await expect(adapter.check(never)).rejects.toMatchObject({ say: expect.stringContaining('AADSTS7000215') });
});
