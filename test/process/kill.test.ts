import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { rulesLeft } from '../../simulators/demo/once.ts';
import { Stage } from '../../simulators/demo/stage.ts';
import { type Demo, startDemo } from '../../simulators/demo/start.ts';

let demo: Demo | undefined;
let stage: Stage | undefined;

afterEach(async () => {
  stage?.stop();
  await demo?.stop();
});

async function start(): Promise<{ readonly demo: Demo; readonly stage: Stage; readonly lines: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-kill-'));
  const lines: string[] = [];
  demo = await startDemo({ folder, shortest: '3s', azureMinimum: 0, appendfsync: 'always' });
  stage = new Stage(demo.services, (line) => lines.push(line));
  return { demo, stage, lines };
}

/** `kill -9` of the real program at some point of a request's life, under real Redis: the request goes on. */
describe.each([
  { machine: 'api-1', cloud: 'AWS' },
  { machine: 'web-1', cloud: 'Azure' },
])('a program killed with -9 ($cloud)', ({ machine }) => {
  it.each(['when it was asked', 'when it was approved', 'when it was opened', 'at every step'] as const)(
    '%s goes on with the request',
    async (point) => {
      const { demo: here, stage: people } = await start();
      const dies = async (now: typeof point) => {
        if (point === now || point === 'at every step') await here.killAndRestart();
      };
      await people.slack('security', `/jit protect ${machine} usual`);
      const answer = await people.slack('requester', `/jit request ${machine} ssh for 8s because of a test`);
      const request = /`([2-9a-z]{7})`/.exec(answer)?.[1] ?? '';
      await dies('when it was asked');
      await people.approveInTeams('manager', request);
      await dies('when it was approved');
      await people.told('is open', machine);
      await dies('when it was opened');
      await people.told('closed, proven', machine);
      expect(rulesLeft(here)).toEqual([]);
    },
    90_000,
  );
});
