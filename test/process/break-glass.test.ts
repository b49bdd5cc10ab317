import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { demoSecrets } from '../../simulators/demo/config.ts';
import { JIT } from '../../simulators/demo/jit.ts';
import { rulesLeft } from '../../simulators/demo/once.ts';
import { Stage } from '../../simulators/demo/stage.ts';
import { type Demo, startDemo } from '../../simulators/demo/start.ts';
import { softKey, type Token } from '../adapters/ssh-key/signing.ts';

const KEY = softKey();
const STRANGE = softKey();
const WAIT = { timeout: 60_000, interval: 100 };
const RULE = {
  name: 'incidents',
  who: ['person:ada'],
  machines: { names: ['*'] },
  ports: ['ssh'],
  review: { by: ['person:sam'] },
};

let demo: Demo;
let folder: string;
let people: Stage;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'drawbridge-glass-'));
  demo = await startDemo({ folder, shortest: '3s', azureMinimum: 0, appendfsync: 'everysec' });
  people = new Stage(demo.services, () => {});
  expect(await people.slack('security', '/jit protect api-1 usual')).toContain('is protected');
  const file = join(folder, 'drawbridge.yaml');
  const config = parse(readFileSync(file, 'utf8'));
  const own = config.people.map((one: { id: string }) =>
    one.id === 'ada' ? { ...one, breakGlassKeys: [KEY.line] } : one,
  );
  const owners = { owners: ['person:sam', 'person:grace'], approvals: 2 };
  const text = stringify({ ...config, people: own, breakGlass: [RULE], policyChanges: owners }, { lineWidth: 0 });
  writeFileSync(file, text);
  await vi.waitFor(() => expect(readFileSync(demo.logFile, 'utf8')).toContain('was read again'), WAIT);
  // Whoever has a shell here adds a key of their own to the file, which nobody approved.
  const changed = text.replace(KEY.line, STRANGE.line);
  expect(changed).not.toBe(text);
  writeFileSync(file, changed);
  // No chat is served any more, and nothing does the work.
  await demo.kill();
});
afterAll(async () => {
  people.stop();
  await demo.stop();
});

/** Runs the command, and signs what it prints. */
function broken(key: Token, as = 'ada'): Promise<{ code: number; out: string; error: string }> {
  const env = { PATH: process.env.PATH, ...demoSecrets(demo.services) };
  const words = [
    'api-1',
    'ssh',
    '--as',
    as,
    '--from',
    '203.0.113.7',
    '--for',
    '30m',
    '--because',
    'both chats are down',
  ];
  const running = spawn(process.execPath, [JIT, '-c', join(folder, 'drawbridge.yaml'), 'break-glass', ...words], {
    env,
    cwd: folder,
  });
  const said = { out: '', error: '' };
  let isSigned = false;
  running.stdout.on('data', (part) => {
    said.out += String(part);
    const [, text] = /-{60}\n([\s\S]*?)\n-{60}\n/.exec(said.out) ?? [];
    const [, namespace = ''] = /-n (\S+)/.exec(said.out) ?? [];
    if (text === undefined || isSigned) return;
    isSigned = true;
    running.stdin.write(key.signature(text, namespace));
  });
  running.stderr.on('data', (part) => {
    said.error += String(part);
  });
  return new Promise((resolve) => running.on('close', (code) => resolve({ code: code ?? -1, ...said })));
}

describe('breaking glass on the command line, while no chat is served', () => {
  it('opens with an enrolled key, and with nothing else, whatever stands in a file that nobody approved', {
    timeout: 600_000,
  }, async () => {
    const shell = await broken(STRANGE);
    expect(shell.code).toBe(1);
    expect(shell.error).toContain('The key that signed this is not enrolled for Ada Okafor.');
    const other = await broken(KEY, 'grace');
    expect(other).toMatchObject({
      code: 1,
      error: expect.stringContaining('No break-glass key is enrolled for “grace”.'),
    });
    expect(rulesLeft(demo)).toEqual([]);
    // Nor with a file that says that the rules are kept elsewhere.
    const file = join(folder, 'drawbridge.yaml');
    const { policyChanges: _, redis, ...rest } = parse(readFileSync(file, 'utf8'));
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, stringify({ ...rest, redis: { ...redis, prefix: 'elsewhere' } }, { lineWidth: 0 }));
    const elsewhere = await broken(STRANGE);
    expect(elsewhere).toMatchObject({ code: 1, error: expect.stringContaining('are approved under `redis.prefix:') });
    writeFileSync(file, before);
    expect(rulesLeft(demo)).toEqual([]);
    const opened = await broken(KEY);
    expect(opened).toMatchObject({ code: 0, error: expect.stringContaining('the approved rules were taken up') });
    expect(opened.out).toMatch(/Break-glass access to api-1: open until/);
    expect(rulesLeft(demo)).toHaveLength(1);
  });
});
