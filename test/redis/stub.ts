import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Puts a program of the test's own into this folder, for a PATH that names it. */
export function writeStub(folder: string, name: string, script: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), script, { mode: 0o755 });
}
