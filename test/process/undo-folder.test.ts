import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { rulesLeft } from '../../simulators/demo/once.ts';
import { Stage } from '../../simulators/demo/stage.ts';
import { startDemo } from '../../simulators/demo/start.ts';
import { freePort } from '../redis/free-port.ts';
import { ownRedis } from '../redis/own-redis.ts';

const MACHINE = 'api-1';
const SOON = { timeout: 90_000, interval: 100 };

it('started without the undo folder of the others: is not ready, opens nothing, closes what is over, and goes on when it is back', {
  timeout: 600_000,
}, async () => {
  const redis = await ownRedis({ port: await freePort() });
  onTestFinished(() => redis.stop());
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-undo-folder-'));
  const demo = await startDemo({ folder, shortest: '3s', azureMinimum: 0, appendfsync: 'always', redisUrl: redis.tcp });
  onTestFinished(() => demo.stop());
  const people = new Stage(demo.services, () => {});
  onTestFinished(() => people.stop());
  await people.slack('security', `/jit protect ${MACHINE} usual`);
  const ask = async (source: string) => {
    const answer = await people.slack(
      'requester',
      `/jit request ${MACHINE} ssh for 40s from ${source} because of a test`,
    );
    return /`([2-9a-z]{7})`/.exec(answer)?.[1] ?? '';
  };
  await people.approveInTeams('manager', await ask('203.0.113.7'));
  await people.told('is open', MACHINE);

  // The mount is missing: the program makes an empty folder in its place.
  await demo.kill();
  const [there, lost] = [join(folder, 'undo'), join(folder, 'undo-elsewhere')];
  renameSync(there, lost);
  await demo.restart();
  const ready = async () => {
    const answer = await fetch(`${demo.program().url}/readyz`);
    return [answer.status, (await answer.text()).trim()];
  };
  expect(await ready()).toEqual([503, 'not ready: undo folder']);
  const opened = () =>
    demo.services.aws.log().filter(({ action }) => action === 'AuthorizeSecurityGroupIngress').length;
  expect(opened()).toBe(1);
  await people.approveInTeams('manager', await ask('203.0.113.8'));
  // Its own end comes meanwhile, and is proven: Redis has its record.
  await people.told('closed, proven', MACHINE);
  expect([opened(), rulesLeft(demo)]).toEqual([1, []]);
  expect(await people.slack('security', `/jit protect ${MACHINE} 22`)).toContain('protected');
  expect(await ready()).toEqual([503, 'not ready: undo folder']);

  rmSync(there, { recursive: true });
  renameSync(lost, there);
  await vi.waitFor(async () => expect((await ready())[0]).toBe(200), SOON);
  await people.approveInTeams('manager', await ask('203.0.113.9'));
  await vi.waitFor(() => expect(opened()).toBeGreaterThan(1), SOON);
});
