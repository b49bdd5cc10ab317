import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { demoSecrets } from '../../simulators/demo/config.ts';
import { rulesLeft } from '../../simulators/demo/once.ts';
import { startProgram } from '../../simulators/demo/program.ts';
import { Stage } from '../../simulators/demo/stage.ts';
import { startDemo } from '../../simulators/demo/start.ts';
import { channels } from '../../simulators/world.ts';

const MACHINE = 'api-1';

it('one process serves the chats, others do the work; what is killed is replaced, and the rest goes on', {
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
  const answer = await stage.slack('requester', `/jit request ${MACHINE} ssh for 30s because of a test`);
  // What nobody works on waits in Redis: the request, and then the decision.
  const first = await another('--work');
  // It takes no deliveries.
  expect(first.url).toBe('');
  // The one that is pressed later: cards in other places may come before it.
  const channel = () => demo.services.slack.state().channels.find(({ id }) => id === channels.slack.id);
  await stage.until('a card', () => JSON.stringify(channel()).includes('jit_approve') || undefined);
  await first.kill();
  await stage.approveInSlack('manager', /`([2-9a-z]{7})`/.exec(answer)?.[1] ?? '');
  expect(rulesLeft(demo)).toEqual([]);
  await another('--work');
  await stage.told('is open', MACHINE);
  // Where nobody serves the chats, closing goes on, and they are told.
  await demo.kill();
  await stage.told('closed, proven', MACHINE);
  expect(rulesLeft(demo)).toEqual([]);
  // One that does both takes the place of each.
  demo.services.setTarget((await another()).url);
  expect(await stage.slack('requester', '/jit list')).toContain('no open or pending requests');
  const versions = [demo.logFile, logFile].flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/"config":"(\w+)"/g)].map(([, version]) => version),
  );
  expect(versions).toHaveLength(4);
  expect(new Set(versions).size).toBe(1);
});
