import { describe, expect, it } from 'vitest';
import { faultsOf, SMALL } from './files.ts';

const withTeams = (how: string) =>
  `${SMALL}teams: { appId: 0b1c2d3e-4f50-4617-8a9b-0c1d2e3f4a5b, tenantId: 7f3c1f0e-52a1-4d34-9d0b-6f3a9a1b2c3d${how} }\n`;

describe('a bot of Teams signs in', () => {
  it.each([
    ['a secret', ', appPassword: env:P'],
    ['a certificate', ', credential: { certificate: file:/run/bot.pem }'],
    ['its managed identity', ', credential: { managedIdentity: true }'],
    ['a token of a file', ', credential: { tokenFile: /run/token }'],
    ['another managed identity', ', credential: { federatedIdentity: 5d0e1f2a-3b4c-4d5e-8f60-718293a4b5c6 }'],
  ])('with %s', (_, how) => {
    expect(faultsOf(withTeams(how))).toEqual([]);
  });

  it.each([
    ['nothing', '', 'teams.appPassword: is required without credential'],
    [
      'both',
      ', appPassword: env:P, credential: { managedIdentity: true }',
      'teams.appPassword: cannot be set beside credential; keep one of them',
    ],
    [
      'two',
      ', credential: { managedIdentity: true, tokenFile: /t }',
      'teams.credential: must have exactly one of certificate, managedIdentity, tokenFile, and federatedIdentity',
    ],
    [
      'none of them',
      ', credential: {}',
      'teams.credential: must have exactly one of certificate, managedIdentity, tokenFile, and federatedIdentity',
    ],
  ])('not with %s', (_, how, says) => {
    expect(faultsOf(withTeams(how)).map((fault) => fault.replace(/ \(line \d+\)$/, ''))).toEqual([says]);
  });

  it('and a certificate is a reference, as every secret', () => {
    const [fault] = faultsOf(withTeams(', credential: { certificate: "-----BEGIN" }'));
    expect(fault).toContain('secrets do not belong in this file');
    expect(faultsOf(withTeams(', credential: { certificate: "-----BEGIN" }'))).toHaveLength(1);
  });
});
