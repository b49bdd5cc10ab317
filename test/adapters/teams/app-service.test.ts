import { afterEach, expect, it, vi } from 'vitest';
import { teamsAdapter } from '../../../adapters/teams/index.ts';
import { memoryJournal } from '../../memory/journal.ts';
import { teamsHarness } from './harness.ts';

/** In a file of its own: Microsoft's client looks once in a process what it runs on. */
const h = teamsHarness();
const never = new AbortController().signal;
afterEach(() => vi.unstubAllEnvs());

it.each([
  ['its managed identity', { managedIdentity: true }],
  ['a managed identity that the app trusts', { federatedIdentity: '5b1d0c7e-6a42-4c0f-9d3e-2f8a7b6c5d4e' }],
] as const)('on App Service a bot signs in with %s', async (way, credential) => {
  vi.stubEnv('IDENTITY_ENDPOINT', h.sim.identity.appService);
  vi.stubEnv('IDENTITY_HEADER', h.sim.identity.header);
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const deps = { log, journal: memoryJournal(Date.now), entraIdOf: () => undefined };
  const { appPassword: _, ...settings } = h.settings;
  const adapter = teamsAdapter({ ...settings, credential }, deps);
  await adapter.check(never);
  expect(await adapter.examine([], never)).toContainEqual({
    of: 'Teams',
    what: `sign-in with ${way}`,
    verdict: 'fine',
  });
});
