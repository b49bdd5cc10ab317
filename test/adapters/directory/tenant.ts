import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DirectorySettings, directoryOf } from '../../../adapters/directory/index.ts';
import { type AzureSimulator, startAzureSimulator } from '../../../simulators/azure/index.ts';
import { ManualClock } from '../../../simulators/shared/clock.ts';
import type { Accounts } from '../../../src/ports/accounts.ts';
import type { IdentityStore } from '../../../src/ports/identity-store.ts';

type Entra = NonNullable<DirectorySettings['entra']>;
type More = Partial<Omit<DirectorySettings, 'entra'>> & { readonly entra?: Partial<Entra> };

/** A tenant of the Graph simulator, with the directory that asks it. */
export interface Tenant {
  readonly azure: AzureSimulator;
  readonly clock: ManualClock;
  directory(more?: More, slack?: Accounts, store?: IdentityStore): ReturnType<typeof directoryOf>;
  /** The calls of Graph since this was asked last, by name. */
  calls(): readonly string[];
}

export async function tenant(): Promise<Tenant> {
  const clock = new ManualClock(Date.UTC(2026, 10, 23, 12));
  let fresh: string[] = [];
  const azure = await startAzureSimulator({
    clock: clock.now,
    onExchange: ({ operation }) => /^(?:Users|Groups)_/.test(operation) && fresh.push(operation),
  });
  const caFile = join(mkdtempSync(join(tmpdir(), 'drawbridge-people-')), 'ca.pem');
  writeFileSync(caFile, azure.ca);
  const { tenantId, clientId, clientSecret, authority, url } = azure;
  const entra = {
    ...{ tenantId, clientId, clientSecret, authority, caFile },
    graph: `${url}/graph`,
    disableInstanceDiscovery: true,
  };
  return {
    azure,
    clock,
    directory: (more = {}, slack = undefined, store = undefined) =>
      directoryOf(
        {
          people: [],
          groups: new Map(),
          asked: [],
          map: new Map(),
          mailDomains: [],
          chats: ['slack', 'teams'],
          keptMs: 300_000,
          ...more,
          entra: { ...entra, ...more.entra },
        },
        { slack, store },
        { now: clock.now, pause: async (ms) => clock.advance(ms) },
      ),
    calls() {
      const all = fresh;
      fresh = [];
      return all;
    },
  };
}
