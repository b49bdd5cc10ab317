import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { demoSecrets } from '../../simulators/demo/config.ts';
import { JIT } from '../../simulators/demo/jit.ts';
import { rulesLeft } from '../../simulators/demo/once.ts';
import { Stage } from '../../simulators/demo/stage.ts';
import { type Demo, startDemo } from '../../simulators/demo/start.ts';
import { people } from '../../simulators/world.ts';

const securityId = people.security.slackId;

function jit({ services }: Demo, folder: string, ...words: readonly string[]): Promise<{ code: number; out: string }> {
  const env = { PATH: process.env.PATH, ...demoSecrets(services) };
  const args = [JIT, '-c', join(folder, 'drawbridge.yaml'), ...words];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { env, cwd: folder, timeout: 150_000 }, (error, out, told) => {
      resolve({ code: Number(error?.code ?? 0), out: `${out}${told}` });
    });
  });
}

/** Real processes and a real Redis: the process that closes is killed with SIGKILL, and the rule goes all the same. */
describe('a drill', () => {
  it('is passed, and shown by the command line', { timeout: 300_000 }, async ({ onTestFinished }) => {
    const folder = mkdtempSync(join(tmpdir(), 'drawbridge-drill-'));
    const demo = await startDemo({
      folder,
      shortest: '5m',
      azureMinimum: 0,
      appendfsync: 'everysec',
      drillTeam: 'api',
    });
    onTestFinished(() => demo.stop());
    const stage = new Stage(demo.services, () => {});
    onTestFinished(() => stage.stop());
    await stage.slack('security', '/jit protect api-1 usual');
    expect(await jit(demo, folder, 'drill', '--last')).toMatchObject({ code: 1 });
    expect(await stage.slack('security', '/jit drill')).toContain('port 22 from 192.0.2.1 of api-1 is opened');
    expect(await stage.slack('security', '/jit drill')).toContain('A drill on api-1 is under way.');
    await stage.until('a rule that is open', () => rulesLeft(demo).length === 1 || undefined);
    const said = () => JSON.stringify(demo.services.slack.state(securityId));
    await stage.until('a report of the drill', () => /The drill on api-1 (?:passed|failed)/.exec(said())?.[0]);
    expect(rulesLeft(demo)).toEqual([]);
    expect(demo.ended()).toBeUndefined();
    const last = await jit(demo, folder, 'drill', '--last');
    if (process.env.SHOW) console.log(last.out);
    expect(last.out).toMatch(/^The drill on api-1 passed\n/);
    expect(last.out).toMatch(
      /was killed \(SIGKILL\) \d+ s .*\nProven closed \d+ s .*, by another worker.*\nRead again, and gone/,
    );
    expect(last.code).toBe(0);
  });
});
