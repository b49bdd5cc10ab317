import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../config/schema.ts';

/**
 * The configuration for a command that keeps nothing: where Drawbridge has no data on this computer yet, it gets a folder of its own,
 * which `end` removes. Data that are there are used where they are.
 */
export function passingBy(config: Config): { readonly config: Config; end(): void } {
  const hasRedis = existsSync(config.redis.dataDir);
  const hasKey = config.marks.keys !== undefined || existsSync(config.marks.keyFile);
  if (hasRedis && hasKey) return { config, end: () => {} };
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-'));
  return {
    config: {
      ...config,
      ...(hasRedis ? {} : { redis: { ...config.redis, dataDir: join(folder, 'redis') } }),
      ...(hasKey ? {} : { marks: { ...config.marks, keyFile: join(folder, 'mark-key') } }),
    },
    end: () => rmSync(folder, { recursive: true, force: true }),
  };
}
