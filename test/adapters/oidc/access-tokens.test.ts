import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { accessTokens, scopeOf } from '../../../adapters/oidc/index.ts';
import { type OidcSimulator, startOidcSimulator } from '../../../simulators/oidc/index.ts';
import type { AccessFlaw } from '../../../simulators/oidc/model.ts';
import { people, TENANT_ID } from '../../../simulators/world.ts';

const ADA = people.requester.entraId;
let oidc: OidcSimulator;

beforeAll(async () => {
  oidc = await startOidcSimulator();
});
afterAll(() => oidc.stop());
afterEach(() => {
  Object.assign(oidc.behaviour, { accessFlaw: undefined, skewMs: 0, down: undefined });
});

interface More {
  readonly tenantId?: string;
  readonly now?: () => number;
  readonly services?: readonly { readonly id: string; readonly clientId: string }[];
}

const tokens = (more: More = {}) =>
  accessTokens(
    {
      ...(more.services ? { services: more.services } : {}),
      ...{ issuer: oidc.issuer, tenantId: more.tenantId ?? TENANT_ID, audience: oidc.api.audience },
      ...{ clientId: oidc.cli.clientId, deviceClientId: oidc.device.clientId },
    },
    more.now,
  );

/** As a service gets its token: with its secret. */
async function serviceToken(more: Readonly<Record<string, string>> = {}) {
  const { clientId: client_id, clientSecret: client_secret } = oidc.service;
  const form = { grant_type: 'client_credentials', client_id, client_secret, scope: `${oidc.api.audience}/.default` };
  const url = `${oidc.issuer.replace(/\/v2\.0$/, '')}/oauth2/v2.0/token`;
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams({ ...form, ...more }) });
  return (await response.json()) as { readonly access_token: string; readonly error?: string };
}

describe('the token of a service', () => {
  const own = (clientId = oidc.service.clientId.toUpperCase()) => tokens({ services: [{ id: 'deploy', clientId }] });

  it('says which one calls, and that of a person is still one of theirs', async () => {
    const { access_token } = await serviceToken();
    const caller = await own().caller(access_token);
    expect(caller).toEqual({ service: 'deploy', until: expect.any(Number) });
    expect(await own().caller(await oidc.accessToken(ADA))).toMatchObject({ entra: ADA });
    expect(await serviceToken({ client_secret: 'guessed' })).toMatchObject({ error: 'invalid_client' });
  });

  it.each<readonly [AccessFlaw, string]>([
    ['wrongKey', 'it is none, or not signed by your organization'],
    ['wrongAudience', 'it is not for this (claim aud)'],
    ['expired', 'it is over'],
    ['otherTenant', 'that account belongs to another tenant'],
    ['otherClient', 'it was given to an application that is no service'],
    ['otherSubject', 'it is neither one of a person nor one of a service, of version 2.0'],
    ['public', 'it is neither one of a person nor one of a service, of version 2.0'],
  ])('does not count: %s', async (accessFlaw, why) => {
    oidc.behaviour.accessFlaw = accessFlaw;
    const { access_token } = await serviceToken();
    await expect(own().caller(access_token)).rejects.toMatchObject({ code: 'tokenRefused', words: { why } });
  });

  it('does not count where no service has its application', async () => {
    const { access_token } = await serviceToken();
    await expect(tokens().caller(access_token)).rejects.toMatchObject({ code: 'tokenRefused' });
    await expect(own(oidc.cli.clientId).caller(access_token)).rejects.toMatchObject({ code: 'tokenRefused' });
  });
});

describe('the token of a call', () => {
  it('says who calls, and through which of the two clients they signed in', async () => {
    const own = tokens();
    expect(await own.caller(await oidc.accessToken(ADA))).toMatchObject({ entra: ADA, isLimited: false });
    const device = await own.caller(await oidc.accessToken(ADA, 'device'));
    expect(device).toMatchObject({ entra: ADA, isLimited: true });
    expect(device.until).toBeGreaterThan(Date.now() + 60_000);
    expect(scopeOf(oidc.api)).toBe(oidc.api.scope);
  });

  it.each<readonly [AccessFlaw, string]>([
    ['wrongKey', 'it is none, or not signed by your organization'],
    ['unsigned', 'it is none, or not signed by your organization'],
    ['wrongIssuer', 'it is not for this (claim iss)'],
    ['wrongAudience', 'it is not for this (claim aud)'],
    ['expired', 'it is over'],
    ['otherTenant', 'that account belongs to another tenant'],
    ['noObjectId', 'it is not one of a person, of version 2.0'],
    ['noScope', 'it is not one of a person, of version 2.0'],
    ['versionOne', 'it is not one of a person, of version 2.0'],
    ['otherScope', 'it lacks the scope jit'],
    ['otherClient', 'it was given through another application'],
    ['ofApplication', 'it is one of an application'],
  ])('does not count: %s', async (accessFlaw, why) => {
    oidc.behaviour.accessFlaw = accessFlaw;
    const token = await oidc.accessToken(ADA);
    await expect(tokens().caller(token)).rejects.toMatchObject({ code: 'tokenRefused', words: { why } });
  });

  it('does not count as an ID token of the same application, nor as anything else', async () => {
    await expect(tokens().caller('a.b.c')).rejects.toMatchObject({ code: 'tokenRefused' });
    await expect(
      tokens({ tenantId: '99999999-0000-4000-8000-000000000099' }).caller(await oidc.accessToken(ADA)),
    ).rejects.toMatchObject({ code: 'tokenRefused' });
  });

  it('counts until a minute after its end, as clocks differ, and no longer', async () => {
    const token = await oidc.accessToken(ADA);
    const { until = 0 } = await tokens().caller(token);
    expect(await tokens({ now: () => until + 55_000 }).caller(token)).toMatchObject({ entra: ADA });
    await expect(tokens({ now: () => until + 65_000 }).caller(token)).rejects.toMatchObject({ code: 'tokenRefused' });
  });

  it('is not judged while the provider cannot be asked: nobody can tell', async () => {
    const token = await oidc.accessToken(ADA);
    oidc.behaviour.down = 503;
    await expect(tokens().caller(token)).rejects.toMatchObject({ code: 'signInAway', kind: 'unjudged' });
  });

  it('under a key that is new counts once the keys are read again, and under one that is gone does not', async () => {
    const own = tokens();
    const old = await oidc.accessToken(ADA);
    await oidc.rotate();
    expect(await own.caller(await oidc.accessToken(ADA))).toMatchObject({ entra: ADA });
    await expect(own.caller(old)).rejects.toMatchObject({ code: 'tokenRefused' });
  });
});
