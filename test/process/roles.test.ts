import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { demoSecrets } from '../../simulators/demo/config.ts';
import { rulesLeft } from '../../simulators/demo/once.ts';
import { startProgram } from '../../simulators/demo/program.ts';
import { Stage } from '../../simulators/demo/stage.ts';
import { startDemo } from '../../simulators/demo/start.ts';

const MACHINE = 'api-1';

it('one process serves the chats, others do the work, and each is replaced when it is killed', {
  timeout: 300_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-roles-'));
  const demo = await startDemo({
    folder,
    shortest: '3s',
    azureMinimum: 0,
    appendfsync: 'always',
    words: ['--web'],
  });
  onTestFinished(() => demo.stop());
  const stage = new Stage(demo.services, () => {});
  onTestFinished(() => stage.stop());
  const logFile = join(folder, 'work.log');
  const another = async (...words: readonly string[]) => {
    const secrets = demoSecrets(demo.services);
    const program = await startProgram({ configFile: join(folder, 'drawbridge.yaml'), logFile, secrets, words });
    onTestFinished(() => program.stop());
    return program;
  };
  await stage.slack('security', `/jit protect ${MACHINE} usual`);
  const first = await another('--work');
  // It takes no deliveries.
  expect(first.url).toBe('');
  const answer = await stage.slack('requester', `/jit request ${MACHINE} ssh for 30s because of a test`);
  await stage.approveInSlack('manager', /`([2-9a-z]{7})`/.exec(answer)?.[1] ?? '');
  await stage.told('is open', MACHINE);
  await first.kill();
  // One that does both takes the place of each.
  const both = await another();
  await demo.kill();
  demo.services.setTarget(both.url);
  await stage.told('closed, proven', MACHINE);
  expect(rulesLeft(demo)).toEqual([]);
  expect(await stage.slack('requester', '/jit list')).toContain('no open or pending requests');
  const versions = [demo.logFile, logFile].flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/"config":"(\w+)"/g)].map(([, version]) => version),
  );
  expect(versions).toHaveLength(3);
  expect(new Set(versions).size).toBe(1);
});
