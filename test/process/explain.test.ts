import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { JIT } from '../../simulators/demo/jit.ts';
import { SMALL } from '../config/files.ts';

const folder = mkdtempSync(join(tmpdir(), 'drawbridge-explain-'));
const temporary = mkdtempSync(join(tmpdir(), 'drawbridge-explain-tmp-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  rmSync(temporary, { recursive: true, force: true });
});
writeFileSync(join(folder, 'drawbridge.yaml'), SMALL);

it('keeps nothing where Drawbridge never ran', async () => {
  const env = { PATH: process.env.PATH, A: 'x', B: 'x', TMPDIR: temporary };
  const said = await new Promise<string>((resolve) => {
    const words = [JIT, 'policy', 'explain', 'nemo', 'web-1', '22'];
    execFile(process.execPath, words, { cwd: folder, env, timeout: 60_000 }, (_, out, told) => resolve(out + told));
  });
  expect(said).toContain('Nobody is known as “nemo”. `npx jit people find`');
  expect(readdirSync(folder)).toEqual(['drawbridge.yaml']);
  expect(readdirSync(temporary)).toEqual([]);
});
