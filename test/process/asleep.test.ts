import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, type TestContext, vi } from 'vitest';
import { rulesLeft } from '../../simulators/demo/once.ts';
import { Stage } from '../../simulators/demo/stage.ts';
import { type Demo, startDemo } from '../../simulators/demo/start.ts';

/** One in each cloud, both without an end of the cloud's own. */
const MACHINES = ['api-1', 'web-1'];
const LEASE_S = 25;
/** What a computer that just woke may need. */
const SOON = { timeout: 60_000, interval: 100 };

async function start({ onTestFinished }: TestContext): Promise<{ readonly demo: Demo; readonly people: Stage }> {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-asleep-'));
  const demo = await startDemo({ folder, shortest: '3s', azureMinimum: 0, appendfsync: 'always', azureBackend: 'nsg' });
  onTestFinished(() => demo.stop());
  const people = new Stage(demo.services, () => {});
  onTestFinished(() => people.stop());
  for (const machine of MACHINES) await people.slack('security', `/jit protect ${machine} usual`);
  return { demo, people };
}

const asked = async (people: Stage, machine: string) =>
  /`([2-9a-z]{7})`/.exec(
    await people.slack('requester', `/jit request ${machine} ssh for ${LEASE_S}s because of a test`),
  )?.[1] ?? '';

/** A laptop's lid, a paused virtual machine: the whole process stops, and its clock is another one when it goes on. */
describe.concurrent('the real program, asleep', () => {
  it('across the end of what is open closes it as it wakes', { timeout: 300_000 }, async (context) => {
    const { demo, people } = await start(context);
    for (const machine of MACHINES) await people.approveInTeams('manager', await asked(people, machine));
    for (const machine of MACHINES) await people.told('is open', machine);
    const lastEnd = Date.now() + LEASE_S * 1_000;
    process.kill(demo.program().pid, 'SIGSTOP');
    context.onTestFinished(() => void process.kill(demo.program().pid, 'SIGCONT'));
    await wait(lastEnd + 5_000 - Date.now());
    expect(rulesLeft(demo).length).toBeGreaterThanOrEqual(MACHINES.length);
    process.kill(demo.program().pid, 'SIGCONT');
    const wokeAt = Date.now();
    await vi.waitFor(() => expect(rulesLeft(demo)).toEqual([]), SOON);
    expect(Date.now() - wokeAt).toBeLessThan(20_000);
    for (const machine of MACHINES) await people.told('closed, proven', machine);
    expect(demo.ended()).toBeUndefined();
  });

  it.for(MACHINES)(
    'from the approval of %s to its end opens nothing afterwards',
    { timeout: 300_000 },
    async (machine, context) => {
      const { demo, people } = await start(context);
      const request = await asked(people, machine);
      // Each call takes a while, so that the opening has not come when it falls asleep.
      for (const cloud of [demo.services.aws, demo.services.azure])
        cloud.faults.add(/./, { kind: 'slow', ms: 400 }, Number.POSITIVE_INFINITY);
      expect(await people.slack('manager', `/jit approve ${request}`)).toContain('approved');
      const end = Date.now() + LEASE_S * 1_000;
      process.kill(demo.program().pid, 'SIGSTOP');
      context.onTestFinished(() => void process.kill(demo.program().pid, 'SIGCONT'));
      for (const cloud of [demo.services.aws, demo.services.azure]) cloud.faults.clear();
      await wait(end + 5_000 - Date.now());
      expect(rulesLeft(demo)).toEqual([]);
      const opened: string[] = [];
      context.onTestFinished(demo.services.onChange(() => void opened.push(...rulesLeft(demo))));
      process.kill(demo.program().pid, 'SIGCONT');
      await people.told('ended', machine);
      expect([opened, rulesLeft(demo)]).toEqual([[], []]);
      expect(demo.ended()).toBeUndefined();
    },
  );
});
