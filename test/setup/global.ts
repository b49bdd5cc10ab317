import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRedisProgram } from '../../src/redis/find-program.ts';

/**
 * Before all tests: finds (or fetches) Redis once, then lets no Node process of the run reach anything but loopback.
 * After them: fails when one tried.
 */
export async function setup(): Promise<() => void> {
  await findRedisProgram();
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-test-'));
  const denied = join(folder, 'denied');
  process.env.DENIED_CONNECTIONS = denied;
  process.env.NODE_OPTIONS =
    `${process.env.NODE_OPTIONS ?? ''} --import ${new URL('./loopback-only.ts', import.meta.url).href}`.trim();
  return () => {
    const lines = existsSync(denied) ? readFileSync(denied, 'utf8') : '';
    rmSync(folder, { recursive: true, force: true });
    if (lines !== '') throw new Error(`Something tried to leave loopback:\n${lines}`);
  };
}
