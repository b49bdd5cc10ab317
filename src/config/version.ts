import { createHash } from 'node:crypto';
import type { Config } from './schema.ts';

/** Tells configurations apart, as they were read: a short hash. Secrets are references in it, and what they stand for is not looked at. */
export function configVersion(config: Config): string {
  return createHash('sha256').update(JSON.stringify(config)).digest('hex').slice(0, 8);
}
