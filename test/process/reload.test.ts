import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { Stage } from '../../simulators/demo/stage.ts';
import { startDemo } from '../../simulators/demo/start.ts';

const WAIT = { timeout: 60_000, interval: 100 };

it('a changed configuration is taken up without a restart, and a bad one is not', { timeout: 300_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-reload-'));
  const demo = await startDemo({ folder, shortest: '3s', azureMinimum: 0, appendfsync: 'always' });
  onTestFinished(() => demo.stop());
  const stage = new Stage(demo.services, () => {});
  onTestFinished(() => stage.stop());
  const file = join(folder, 'drawbridge.yaml');
  const good = readFileSync(file, 'utf8');
  const log = () => readFileSync(demo.logFile, 'utf8');
  const told = (message: string) => vi.waitFor(() => expect(log()).toContain(message), WAIT);
  const list = () => stage.slack('colleague', '/jit list');
  expect(await list()).toContain('no open or pending requests');

  // Lin leaves, and is still named in a group.
  const without = good.replace(/ {2}- id: lin\n(?: {4}.*\n)+/, '');
  expect(without).not.toBe(good);
  writeFileSync(file, without);
  await told('drawbridge.yaml was read again');
  expect(await list()).toContain('You are not registered with Drawbridge.');

  writeFileSync(file, good.replace('installation: demo', 'installation: demo\ncolour: red'));
  await told('has errors, and is not taken up');
  expect(log()).toContain('colour: is not a setting here');
  expect(await list()).toContain('You are not registered with Drawbridge.');

  writeFileSync(file, good);
  process.kill(demo.program().pid, 'SIGHUP');
  await vi.waitFor(async () => expect(await list()).toContain('no open or pending requests'), WAIT);
});
