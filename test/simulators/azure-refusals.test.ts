import { ClientSecretCredential } from '@azure/identity';
import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { type Azure, call, raw, startAzure } from './azure-clients.ts';

describe('Entra', () => {
  const cases: readonly (readonly [string, (a: Azure) => [string, string, string], string])[] = [
    ['another tenant', ({ azure: a }) => ['other', a.clientId, a.clientSecret], '90002'],
    ['another application', ({ azure: a }) => [a.tenantId, 'nobody', a.clientSecret], '700016'],
    ['a wrong secret', ({ azure: a }) => [a.tenantId, a.clientId, 'guess'], '7000215'],
  ];
  it.each(cases)('refuses %s', async (_, choose, code) => {
    const all = await startAzure();
    const { azure } = all;
    const credential = new ClientSecretCredential(...choose(all), {
      authorityHost: azure.authority,
      disableInstanceDiscovery: true,
      tlsOptions: { ca: azure.ca },
      retryOptions: { maxRetries: 0 },
    });
    await expect(credential.getToken('https://management.azure.com/.default')).rejects.toThrow(
      code === '90002' ? /openid|endpoints|tenant/i : new RegExp(`AADSTS${code}`),
    );
  });

  it.each([
    ['a scope that is no resource', 'https://management.azure.com/user_impersonation', 'AADSTS1002012'],
    ['a resource of somebody else', 'https://storage.azure.com/.default', 'AADSTS500011'],
  ])('refuses %s', async (_, scope, code) => {
    const { credential } = await startAzure();
    await expect(credential.getToken(scope)).rejects.toThrow(new RegExp(code));
  });

  it.each([
    ['no grant type', '', 'invalid_request'],
    ['another grant', 'grant_type=password', 'unsupported_grant_type'],
    ['an unknown parameter', 'grant_type=client_credentials&audience=x', 'invalid_request'],
  ])('refuses %s', async (_, body, error) => {
    const { azure } = await startAzure();
    const path = `/${azure.tenantId}/oauth2/v2.0/token`;
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const reply = await raw(azure, { method: 'POST', path, headers, body: body || 'x-client-SKU=test' });
    expect(reply).toMatchObject({ status: 400, body: { error } });
  });

  it('is not trusted without its authority', async () => {
    const { azure } = await startAzure();
    const credential = new ClientSecretCredential(azure.tenantId, azure.clientId, azure.clientSecret, {
      authorityHost: azure.authority,
      disableInstanceDiscovery: true,
      retryOptions: { maxRetries: 0 },
    });
    await expect(credential.getToken('https://management.azure.com/.default')).rejects.toThrow();
    expect(azure.log()).toEqual([]);
  });
});

describe('Resource Manager', () => {
  const path = (azure: Azure['azure']) =>
    `/subscriptions/${azure.subscriptionId}/providers/Microsoft.Compute/virtualMachines?api-version=2026-04-01`;

  it('refuses a call without a token, with a forged one, and with one for another audience', async () => {
    const { azure, credential } = await startAzure();
    const forged = await new SignJWT({ tid: azure.tenantId })
      .setProtectedHeader({ alg: 'HS256' })
      .setAudience('https://management.azure.com')
      .sign(new Uint8Array(32));
    const graph = await credential.getToken('https://graph.microsoft.com/.default');
    const codes = [];
    for (const authorization of ['', `Bearer ${forged}`, `Bearer ${graph.token}`]) {
      const { status, body } = await raw(azure, { path: path(azure), headers: { authorization } });
      codes.push([status, (body as { error: { code: string } }).error.code]);
    }
    expect(codes).toEqual([
      [401, 'AuthenticationFailed'],
      [401, 'InvalidAuthenticationToken'],
      [401, 'InvalidAuthenticationTokenAudience'],
    ]);
  });

  const vms = '/providers/Microsoft.Compute/virtualMachines';
  const compute = 'api-version=2026-04-01';
  it.each([
    ['no api-version', 'GET', vms, '400 MissingApiVersionParameter'],
    ['another api-version', 'GET', `${vms}?api-version=2023-03-01`, '400 InvalidApiVersionParameter'],
    ['an unknown parameter', 'GET', `${vms}?${compute}&colour=red`, '400 InvalidQueryParameter'],
    ['an unknown path', 'GET', `/providers/Microsoft.Storage/storageAccounts?${compute}`, '404 InvalidResourceType'],
    ['an unknown method', 'PATCH', `${vms}?${compute}`, '405 MethodNotAllowed'],
    ['an unknown group', 'GET', `/resourceGroups/none${vms}?${compute}`, '404 ResourceGroupNotFound'],
    ['an unknown machine', 'GET', `/resourceGroups/rg-prod${vms}/none?${compute}`, '404 ResourceNotFound'],
    [
      'an unknown plan',
      'GET',
      '/providers/Microsoft.Security/pricings/x?api-version=2022-03-01',
      '404 ResourceNotFound',
    ],
  ])('refuses %s', async (_, method, where, expected) => {
    const { status, code } = await call(await startAzure(), method, where);
    expect(`${status} ${code}`).toBe(expected);
  });

  it('refuses another subscription', async () => {
    const { azure, credential } = await startAzure();
    const { token } = await credential.getToken('https://management.azure.com/.default');
    const other = path(azure).replace(azure.subscriptionId, '00000000-0000-0000-0000-000000000000');
    const reply = await raw(azure, { path: other, headers: { authorization: `Bearer ${token}` } });
    expect(reply).toMatchObject({ status: 404, body: { error: { code: 'SubscriptionNotFound' } } });
  });
});
