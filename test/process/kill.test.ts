import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { rulesLeft } from '../../simulators/demo/once.ts';
import { Stage } from '../../simulators/demo/stage.ts';
import { type Demo, startDemo } from '../../simulators/demo/start.ts';

/** One in each cloud: a program that dies has both to go on with. */
const MACHINES = ['api-1', 'web-1'];

async function start({ onTestFinished }: TestContext): Promise<{ readonly demo: Demo; readonly stage: Stage }> {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-kill-'));
  const demo = await startDemo({ folder, shortest: '3s', azureMinimum: 0, appendfsync: 'always' });
  onTestFinished(() => demo.stop());
  const stage = new Stage(demo.services, () => {});
  onTestFinished(() => stage.stop());
  return { demo, stage };
}

/**
 * `kill -9` of the real program at some point of a request's life, under real Redis: the request goes on. Each has a program
 * of its own, and mostly waits for the end of a lease: so they run side by side.
 */
describe.concurrent('a program killed with -9', () => {
  it.for(['when it was asked', 'when it was approved', 'when it was opened', 'at every step'] as const)(
    '%s goes on with the request',
    { timeout: 600_000 },
    async (point, context) => {
      const { demo, stage: people } = await start(context);
      const dies = async (now: typeof point) => {
        if (point === now || point === 'at every step') await demo.killAndRestart();
      };
      const requests: string[] = [];
      for (const machine of MACHINES) {
        await people.slack('security', `/jit protect ${machine} usual`);
        const answer = await people.slack('requester', `/jit request ${machine} ssh for 30s because of a test`);
        requests.push(/`([2-9a-z]{7})`/.exec(answer)?.[1] ?? '');
      }
      await dies('when it was asked');
      for (const request of requests) await people.approveInTeams('manager', request);
      await dies('when it was approved');
      // A program that comes back after the end has nothing to say of the opening any more.
      for (const machine of MACHINES) await people.told('is open', machine, 'has ended');
      await dies('when it was opened');
      for (const machine of MACHINES) await people.told('closed, proven', machine);
      expect(rulesLeft(demo)).toEqual([]);
    },
  );
});
