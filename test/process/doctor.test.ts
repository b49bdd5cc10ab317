import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoSecrets } from '../../simulators/demo/config.ts';
import { JIT } from '../../simulators/demo/jit.ts';
import { type Demo, startDemo } from '../../simulators/demo/start.ts';

let demo: Demo;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'drawbridge-doctor-'));
  demo = await startDemo({ folder, shortest: '3s', azureMinimum: 0, appendfsync: 'everysec' });
});
afterAll(() => demo.stop());

function doctor(): Promise<{ code: number; out: string }> {
  const env = { PATH: process.env.PATH, ...demoSecrets(demo.services) };
  const args = [JIT, '-c', join(folder, 'drawbridge.yaml'), 'doctor'];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { env, cwd: folder, timeout: 150_000 }, (error, out, told) => {
      resolve({ code: Number(error?.code ?? 0), out: `${out}${told}` });
    });
  });
}

describe('jit doctor', () => {
  it('looks through a program that runs, and ends with 1 only for a fault', { timeout: 300_000 }, async () => {
    const fine = await doctor();
    if (process.env.SHOW) console.log(fine.out);
    expect(fine.code).toBe(0);
    expect(fine.out).toMatch(/^No faults found; \d+ fine, \d+ cannot be told\n/);
    for (const of of ['Redis', 'Disk', 'Slack', 'Teams', 'AWS', 'Azure']) expect(fine.out).toContain(`\n${of}`);
    demo.services.teams.setTeamInstalled(false);
    const wrong = await doctor();
    expect(wrong.code).toBe(1);
    expect(wrong.out).toMatch(/^1 fault found;.*\n\nFaults\nTeams, channel .*: The app is not in its team\. Check/);
  });
});
