import { execFile } from 'node:child_process';
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { JIT } from './jit.ts';

/** The files are seconds behind; on a busy machine a little more. */
const WAIT_MS = 30_000;
const POLL_MS = 250;

/**
 * Waits until the audit files of a demo have what Redis has, copies them to `to`, which stays, and checks them there as an
 * auditor would. Gives what that said, a line each.
 */
export async function keepAudit(folder: string, to: string): Promise<readonly string[]> {
  const files = join(folder, 'audit', 'drawbridge');
  const redis = new Redis(readFileSync(join(folder, 'redis', 'address'), 'utf8'));
  try {
    const until = performance.now() + WAIT_MS;
    let said = await verify(files);
    while (performance.now() < until && recordsIn(said) < (await redis.xlen('{drawbridge}:audit'))) {
      await pause(POLL_MS);
      said = await verify(files);
    }
  } finally {
    redis.disconnect();
  }
  rmSync(to, { recursive: true, force: true });
  if (existsSync(files)) cpSync(files, to, { recursive: true });
  return verify(to);
}

function recordsIn(said: readonly string[]): number {
  return Number(/, (\d+) records/.exec(said[0] ?? '')?.[1] ?? 0);
}

/** The demo ran the program itself: the keys beside the files are those that it was given. */
function verify(folder: string): Promise<readonly string[]> {
  const keys = existsSync(join(folder, 'keys.txt'))
    ? readFileSync(join(folder, 'keys.txt'), 'utf8')
        .split('\n')
        .filter((key) => key.trim() !== '')
    : [];
  const believed = keys.flatMap((key) => ['--key', key]);
  return new Promise((resolve) => {
    execFile(process.execPath, [JIT, 'audit', 'verify', folder, ...believed], (_, out, told) => {
      resolve(`${out}${told}`.trim().split('\n'));
    });
  });
}
