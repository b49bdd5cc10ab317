import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { fillQuarter } from '../../simulators/demo/fill.ts';
import { markKeys } from '../../src/config/secrets.ts';
import { commitMemory } from '../../src/redis/commit-file.ts';
import { connectRedis } from '../../src/redis/connect.ts';
import { startEmbeddedRedis } from '../../src/redis/embedded.ts';
import { redisStore } from '../../src/redis/store.ts';
import { QUIET } from '../redis/server.ts';

it('the past of the demo waits for a program that is slow, which would take its Redis for a restored one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-fill-'));
  const server = await startEmbeddedRedis({ dataDir: join(folder, 'redis') });
  const redis = connectRedis(server.url, { log: QUIET });
  onTestFinished(async () => {
    redis.disconnect();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const keyFile = join(folder, 'mark-key');
  markKeys({ keyFile });
  const prefix = 'drawbridge';
  const commits = commitMemory({ marks: { keyFile }, redis: { prefix } }, QUIET, true);
  const program = redisStore({ redis, prefix, log: QUIET, commits });
  let looks = 0;
  const filled = await fillQuarter(folder, async () => {
    looks += 1;
    if (looks < 3) return;
    await program.now();
    await vi.waitFor(() => expect(existsSync(join(folder, `commits-${prefix}.json`))).toBe(true), { timeout: 60_000 });
  });
  expect(looks).toBe(3);
  expect(filled).toBeGreaterThan(2_500);
  expect(await program.now()).not.toMatchObject({ wentBack: true });
});
