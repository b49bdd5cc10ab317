import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';

const MAIN = fileURLToPath(new URL('../../simulators/demo/main.ts', import.meta.url));

it('`npm run demo -- --once` closes what it opened, prints where the audit is kept, and that it verifies', {
  timeout: 600_000,
}, async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'drawbridge-once-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  const { code, out } = await new Promise<{ readonly code: number; readonly out: string }>((resolve) => {
    const options = { cwd, env: { PATH: process.env.PATH }, timeout: 500_000, maxBuffer: 50_000_000 };
    execFile(process.execPath, [MAIN, '--once'], options, (error, text, told) =>
      resolve({ code: Number(error?.code ?? 0), out: `${text}${told}` }),
    );
  });
  // Lines are broken to fit a terminal.
  const said = out.replace(/\s+/g, ' ');
  expect([code, said]).toEqual([0, expect.stringContaining('Every rule of Drawbridge is closed')]);
  const [, records] = /\.data\/demo-audit: \d+ files?, (\d+) records \(1 to \d+\), signed up to \d+/.exec(said) ?? [];
  expect(Number(records)).toBeGreaterThan(10);
  expect(said).toContain(`Every record from 1 to ${records} is there, in its order, and as it was written.`);
  expect(readdirSync(join(cwd, '.data', 'demo-audit')).filter((name) => name.endsWith('.jsonl'))).not.toEqual([]);
});
