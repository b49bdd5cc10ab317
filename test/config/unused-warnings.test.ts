import { expect, it } from 'vitest';
import { unusedWarnings } from '../../src/config/unused-warnings.ts';
import { configOf } from './files.ts';

it.each([
  ['aws: { accounts: [{ id: "123456789012", regions: [eu-west-1] }], flowLogs: true }', undefined],
  ['aws: { accounts: [{ id: "123456789012", regions: [eu-west-1] }] }', /^set `aws.flowLogs`/],
  ['gcp: { projects: [prod-1234] }', /outside of AWS/],
])('%s', (clouds, message) => {
  const config = configOf(`installation: test
slack: { botToken: env:A, signingSecret: env:B, teamId: T1, appId: A1 }
${clouds}
people: [{ id: ada, name: Ada, manager: grace }, { id: grace, name: Grace }]
groups: { engineers: [ada] }
policies:
  - { name: p, who: [group:engineers], machines: { names: ["*"] }, ports: [ssh], approvers: [manager], endUnused: 30m }
`);
  const path = ['policies', 0, 'endUnused'];
  expect(unusedWarnings(config)).toEqual(message ? [{ path, message: expect.stringMatching(message) }] : []);
});
