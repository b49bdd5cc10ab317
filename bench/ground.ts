import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { Log } from '../src/ports/log.ts';
import { startEmbeddedRedis } from '../src/redis/embedded.ts';
import { whenStopped } from './endings.ts';

/** Warnings and worse only: what goes wrong must not look like a slow run. */
export const LOUD: Log = {
  info: () => {},
  warn: (fields, message) => console.error(message, fields),
  error: (fields, message) => console.error(message, fields),
};

/** For what is meant to fail. */
export const QUIET: Log = { info: () => {}, warn: () => {}, error: () => {} };

/** A folder and a Redis as the program itself runs one. */
export interface Ground {
  readonly folder: string;
  readonly url: string;
  readonly redis: Redis;
  /** A number of INFO. */
  info(name: string): Promise<number>;
  /** Redis's version. */
  version(): Promise<string>;
}

/** Lends a fresh ground to `work`, and leaves nothing of it. */
export async function onGround<T>(work: (ground: Ground) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-bench-'));
  const starting = startEmbeddedRedis({ dataDir: join(folder, 'redis') });
  const leave = async () => {
    await (await starting).stop();
    rmSync(folder, { recursive: true, force: true });
  };
  const forget = whenStopped(leave);
  const server = await starting;
  const redis = new Redis(server.url);
  const field = async (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(await redis.info())?.[1] ?? '';
  try {
    return await work({
      folder,
      url: server.url,
      redis,
      info: async (name) => Number(await field(name)),
      version: () => field('redis_version'),
    });
  } finally {
    forget();
    redis.disconnect();
    await leave();
  }
}
