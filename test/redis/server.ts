import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll } from 'vitest';
import { sealer } from '../../src/core/rule/seal.ts';
import type { Log } from '../../src/ports/log.ts';
import { startEmbeddedRedis } from '../../src/redis/embedded.ts';

export const SEALS = sealer('test', 'a use', [{ id: 'k1', secret: 'a secret' }]);

export const QUIET: Log = { info: () => {}, warn: () => {}, error: () => {} };

/** A log that keeps its lines, for tests that look at them. */
export function keptLog(): Log & { readonly errors: string[] } {
  const errors: string[] = [];
  return { ...QUIET, errors, error: (_, message) => void errors.push(message) };
}

/** A real Redis of the test's own, and connections to it that end with it. */
export async function testRedis() {
  const dataDir = mkdtempSync(join(tmpdir(), 'drawbridge-'));
  const server = await startEmbeddedRedis({ dataDir });
  const clients: Redis[] = [];
  return {
    url: server.url,
    client(): Redis {
      const client = new Redis(server.url, { retryStrategy: () => 20 });
      client.on('error', () => {});
      clients.push(client);
      return client;
    },
    async stop(): Promise<void> {
      for (const client of clients) client.disconnect();
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** One real Redis for all tests of a file: started before the first, stopped after the last. */
export function redisOfFile() {
  let server: Awaited<ReturnType<typeof testRedis>>;
  let prefixes = 0;
  beforeAll(async () => {
    server = await testRedis();
  });
  afterAll(() => server.stop());
  return {
    client: () => server.client(),
    url: () => server.url,
    /** A prefix that nobody had before: each test has a store of its own. */
    prefix(): string {
      prefixes += 1;
      return `test-${prefixes}`;
    },
  };
}
