import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../../bench/main.ts', import.meta.url));
const MOST_MS = 120_000;

/** Of a measurement that has its Redis, and its PostgreSQL where there is one. */
it('a bench that is stopped in the middle leaves no server and no folder', { timeout: MOST_MS }, async ({
  onTestFinished,
}) => {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-stopped-'));
  const env = { ...process.env, TMPDIR: folder };
  const bench = spawn(process.execPath, [MAIN, '--quick', '--only', 'burst'], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(() => void bench.kill('SIGKILL'));
  const ended = once(bench, 'exit');
  let said = '';
  for await (const line of bench.stderr.setEncoding('utf8')) {
    said += line;
    if (said.includes('measuring: burst')) break;
  }
  await new Promise<void>((resolve) => {
    // NB. what else the program makes there may be gone again.
    const look = () => readdirSync(folder).some((one) => existsSync(join(folder, one, 'redis'))) && resolve();
    const watching = watch(folder, { recursive: true }, look);
    onTestFinished(() => watching.close());
    look();
  });
  bench.kill('SIGTERM');
  expect(await ended).toEqual([143, null]);
  expect(readdirSync(folder)).toEqual([]);
});
