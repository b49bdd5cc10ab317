import { randomBytes } from 'node:crypto';
import type { Pulse } from '../ports/pulse.ts';
import type { RedisClient } from './client.ts';
import { baseKey } from './keys.ts';
import { scriptsOn } from './scripts.ts';

/** Who says nothing for so long is taken to be gone. One that only sleeps loses nothing by it but its turn (lua/lock.lua). */
export const SILENT_MS = 2_000;
/** Longer than any lock lasts: until then it is known who had it. */
const FORGOTTEN_MS = 600_000;

interface PulseOptions {
  readonly redis: RedisClient;
  readonly prefix?: string;
}

/** Where it is kept when each process said last that it lives, by Redis's clock. */
export function beatsKey(prefix: string): string {
  return `${baseKey(prefix)}:beats`;
}

/** A process among those that work on this Redis. */
export function redisPulse({ redis, prefix = 'drawbridge' }: PulseOptions): Pulse {
  const run = scriptsOn(redis);
  const key = beatsKey(prefix);
  const process = randomBytes(9).toString('base64url');
  return {
    process,
    beat: async () => (await run('beat', [key], [process, SILENT_MS, FORGOTTEN_MS])) as string[],
    async leave() {
      await redis.zrem(key, process);
    },
  };
}
