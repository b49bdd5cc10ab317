import { readFileSync } from 'node:fs';
import { fetchSecrets } from './config/fetch-secrets.ts';
import { type Checked, checkedConfig as checkedHere, type Read, readConfig } from './config/load.ts';
import { storedSecrets } from './config/references.ts';
import type { Config } from './config/schema.ts';
import { readReference } from './config/secret-reference.ts';
import { keepFetched, secretFault } from './config/secrets.ts';
import { secretStores } from './secret-stores.ts';

/** All secrets together may take so long: a start waits for them. */
const LIMIT_MS = 10_000;
/** What a file has that names a secret of a store: without it nothing is called, and nothing read twice. */
const STORED = /\b(?:keyVault|secretsManager):/;

/** The checked configuration of a file, whose secrets are there: those of secret stores too. `badConfig` with every fault and its path. */
export async function loadConfig(file: string): Promise<Config> {
  return (await checkedConfig(file)).config;
}

/** The same, with what may not be meant so. When `offline`, secrets and files are not looked for, and nothing is called. */
export async function checkedConfig(
  file: string,
  { offline = false }: { readonly offline?: boolean } = {},
): Promise<Checked> {
  if (!offline && namesStored(file)) await fetchFor(checkedHere(file, { offline: true }).config);
  return checkedHere(file, { offline });
}

/** The same for a text that was read already. `fetch`: all secrets once more, or those alone that nobody has read yet. */
export async function readAgain(text: string, fetch: 'all' | 'missing' = 'all'): Promise<Read> {
  if (STORED.test(text)) {
    const read = readConfig(text);
    if ('faults' in read) return read;
    await fetchFor(read.config, fetch);
  }
  return readConfig(text, { resolve: true });
}

/** Fetches the secrets that are in stores. Gives why some could not be read, by reference. */
export async function fetchFor(
  config: Config,
  which: 'all' | 'missing' = 'all',
): Promise<Readonly<Record<string, string>>> {
  const all = storedSecrets(config)
    .map(({ reference }) => reference)
    .filter((reference) => which === 'all' || secretFault(reference) !== undefined);
  const isManager = (reference: string) => readReference(reference)?.kind === 'secretsManager';
  const until = performance.now() + LIMIT_MS;
  const faults: Record<string, string> = {};
  // What Key Vault is signed in to with may be in Secrets Manager.
  for (const group of [all.filter(isManager), all.filter((one) => !isManager(one))]) {
    if (group.length === 0) continue;
    const found = await fetchSecrets(group, secretStores(config), Math.max(0, Math.round(until - performance.now())));
    for (const [reference, read] of found) {
      keepFetched(reference, read);
      if ('fault' in read) faults[reference] = read.fault;
    }
  }
  return faults;
}

/** What cannot be read is told where it is checked. */
function namesStored(file: string): boolean {
  try {
    return STORED.test(readFileSync(file, 'utf8'));
  } catch {
    return false;
  }
}
