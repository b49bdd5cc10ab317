import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const COMPILE = fileURLToPath(new URL('../../pack/compile.ts', import.meta.url));

/** Packs the program before the slow tests: those that start it start what users get, and in half the time. */
export async function setup(): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-packed-'));
  await promisify(execFile)(process.execPath, [COMPILE, join(folder, 'dist')]);
  process.env.PACKED_JIT = join(folder, 'dist/src/cli/jit.js');
  return () => rmSync(folder, { recursive: true, force: true });
}
