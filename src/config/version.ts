import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Config } from './schema.ts';

/**
 * Tells configurations apart, as they were read: a short hash. Secrets are references in it, and what they stand for is not looked
 * at. In which order its sections stand is no part of it: one that was taken up while the program ran has another order.
 */
export function configVersion(config: Config): string {
  const sections = Object.entries(config)
    .filter(([, section]) => section !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sections)).digest('hex').slice(0, 8);
}

/** The version of the program that runs, of its package.json. */
export function programVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    readonly version: string;
  };
  return version;
}
