import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, type TestContext, vi } from 'vitest';
import { rulesLeft } from '../../simulators/demo/once.ts';
import { Stage } from '../../simulators/demo/stage.ts';
import { startDemo } from '../../simulators/demo/start.ts';
import { people as all, channels } from '../../simulators/world.ts';

const MACHINE = 'api-1';
/** In src/cli/start.ts. */
const LIMIT_MS = 20_000;
/** On a machine that does other work; a stop that waits for its work takes more. */
const AT_ONCE_MS = 3_000;

/** The real program in the middle of a closing: the rule is gone, and the cloud's answer to that does not come for so long. */
async function closing({ onTestFinished }: TestContext, answerMs: number) {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-stop-'));
  const demo = await startDemo({ folder, shortest: '3s', azureMinimum: 0, appendfsync: 'always' });
  onTestFinished(() => demo.stop());
  const people = new Stage(demo.services, () => {});
  onTestFinished(() => people.stop());
  const { aws } = demo.services;
  await people.slack('security', `/jit protect ${MACHINE} usual`);
  const answer = await people.slack('requester', `/jit request ${MACHINE} ssh for 5s because of a test`);
  aws.faults.add('RevokeSecurityGroupIngress', { kind: 'slow', ms: answerMs });
  await people.approveInTeams('manager', /`([2-9a-z]{7})`/.exec(answer)?.[1] ?? '');
  await people.told('is open', MACHINE);
  await vi.waitFor(() => expect(rulesLeft(demo)).toEqual([]), { interval: 20 });
  const { pid, url, ended } = demo.program();
  const began = performance.now();
  return {
    demo,
    people,
    tell: () => process.kill(pid, 'SIGTERM'),
    get: (path: string) => fetch(`${url}${path}`).then(({ status }) => status),
    ended: async () => ({ how: await ended, ms: performance.now() - began }),
  };
}

describe.concurrent('a program that is told to stop', { timeout: 300_000 }, () => {
  it('takes on nothing more, and ends what is under way, within its limit', async (context) => {
    const { demo, people, tell, get, ended } = await closing(context, 3_000);
    const { slack } = demo.services;
    tell();
    await vi.waitFor(async () => expect(await get('/readyz')).toBe(503), { interval: 20 });
    expect(await get('/healthz')).toBe(200);
    const refused = await slack.command(all.requester.slackId, channels.slack.id, '/jit list');
    expect(refused).toMatchObject({ ok: false, status: 503 });
    const { how, ms } = await ended();
    expect(how).toBe('exit code 0');
    expect(ms).toBeLessThan(LIMIT_MS);
    // Whether it ended the closing itself, or left it: the next one does not do it again, and tells it.
    await demo.restart();
    await people.told('closed, proven', MACHINE);
    const revoked = demo.services.aws.log().filter(({ action }) => action === 'RevokeSecurityGroupIngress');
    expect(revoked).toHaveLength(1);
  });

  it('a second time ends at once, and leaves the rest to the next one', async (context) => {
    const { demo, people, tell, get, ended } = await closing(context, LIMIT_MS);
    tell();
    await vi.waitFor(async () => expect(await get('/readyz')).toBe(503), { interval: 20 });
    const toldAt = performance.now();
    tell();
    expect((await ended()).how).toMatch(/^exit code 1/);
    expect(performance.now() - toldAt).toBeLessThan(AT_ONCE_MS);
    // Its Redis has ended as well, and nothing is half written: the next one starts from it.
    await demo.restart();
    await people.told('closed, proven', MACHINE);
    expect(rulesLeft(demo)).toEqual([]);
  });
});
