import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openRedis } from '../../src/redis/client.ts';
import { freePort } from '../redis/free-port.ts';
import { ownRedis } from '../redis/own-redis.ts';
import type { Servers } from './servers.ts';

/** One server, at one address, whatever becomes of it. */
export async function oneRedis(snapshot: string, commandMs: number): Promise<Servers> {
  const redis = await ownRedis({ port: await freePort() });
  const operator = openRedis(redis.tcp, { retries: 1, commandMs });
  operator.on('error', () => {});
  if ('nodes' in operator) throw new Error('this is no Cluster');
  const data = join(redis.folder, 'appendonlydir');
  return {
    settings: { url: redis.tcp },
    operator,
    kill: redis.kill,
    start: redis.start,
    pause: async () => void redis.pause(),
    resume: async () => void redis.resume(),
    async fill(isFull) {
      await operator.config('SET', 'maxmemory', isFull ? '1' : '0');
    },
    async demote() {
      await operator.replicaof('127.0.0.1', '1');
    },
    async promote() {
      await operator.replicaof('NO', 'ONE');
    },
    async snapshot() {
      rmSync(snapshot, { recursive: true, force: true });
      cpSync(data, snapshot, { recursive: true });
    },
    async rollBack() {
      await redis.kill();
      rmSync(data, { recursive: true, force: true });
      cpSync(snapshot, data, { recursive: true });
      await redis.start();
    },
    async stop() {
      redis.resume();
      operator.disconnect();
      await redis.stop();
    },
  };
}
