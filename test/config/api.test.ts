import { expect, it } from 'vitest';
import { faultsOf, SMALL } from './files.ts';

const TENANT = '7f3c1f0e-52a1-4d34-9d0b-6f3a9a1b2c3d';
const [API, CLI, DEVICE] = ['a0', 'b0', 'c0'].map((one) => `${one}a1a2a3-52a1-4d34-9d0b-6f3a9a1b2c3d`);
const SIGN_IN = `web: { url: 'https://jit.example.com' }
directory: { entra: { tenantId: ${TENANT}, clientId: ${TENANT}, clientSecret: env:X } }
signIn: { issuer: 'https://login.microsoftonline.com/${TENANT}/v2.0', clientId: ${TENANT}, clientSecret: env:Y }
`;

const faults = (more: string) =>
  faultsOf(SMALL + more)
    .map((one) => one.replace(/ \(line \d+\)/, ''))
    .filter((one) => one.startsWith('api'));

it('the API needs pages and a sign-in, and clients that are told apart', () => {
  expect(faults(`${SIGN_IN}api: { audience: ${API}, clientId: ${CLI}, deviceClientId: ${DEVICE} }\n`)).toEqual([]);
  expect(faults(`${SIGN_IN}api: { audience: ${API}, clientId: ${API} }\n`)).toEqual([]);
  expect(faults(`api: { audience: ${API}, clientId: ${CLI} }\n`)).toEqual([
    'api: needs web.url, where it is served',
    'api: needs signIn, whose provider it is',
  ]);
  const own = 'must be an app registration of its own';
  expect(faults(`${SIGN_IN}api: { audience: ${API}, clientId: ${CLI}, deviceClientId: ${CLI} }\n`)).toEqual([
    `api.clientId: ${own}`,
    `api.deviceClientId: ${own}`,
  ]);
  expect(faults(`${SIGN_IN}api: { audience: ${API}, clientId: ${TENANT.toUpperCase()} }\n`)).toEqual([
    `api.clientId: ${own}`,
  ]);
});
