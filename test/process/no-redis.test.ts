import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, type TestContext, vi } from 'vitest';
import { rulesLeft } from '../../simulators/demo/once.ts';
import { Stage } from '../../simulators/demo/stage.ts';
import { type Demo, startDemo } from '../../simulators/demo/start.ts';
import { channels } from '../../simulators/world.ts';
import { freePort } from '../redis/free-port.ts';
import { ownRedis } from '../redis/own-redis.ts';

/** One in each cloud. */
const MACHINES = ['api-1', 'web-1'];
const LEASE_S = 40;
/** Ten seconds until Redis counts as away are over by then; a round comes every five, and calls take their time. */
const TOLERANCE_MS = 20_000;
const SOON = { timeout: 90_000, interval: 100 };

/** The real program with a Redis of somebody else, and leases that are open on `nsg` and AWS. */
async function start({ onTestFinished }: TestContext) {
  const redis = await ownRedis({ port: await freePort() });
  onTestFinished(() => redis.stop());
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-no-redis-'));
  const demo = await startDemo({
    folder,
    shortest: '3s',
    azureMinimum: 0,
    appendfsync: 'always',
    azureBackend: 'nsg',
    redisUrl: redis.tcp,
  });
  onTestFinished(() => demo.stop());
  const people = new Stage(demo.services, () => {});
  onTestFinished(() => people.stop());
  for (const machine of MACHINES) await people.slack('security', `/jit protect ${machine} usual`);
  const open = async (): Promise<readonly string[]> => {
    const requests: string[] = [];
    for (const machine of MACHINES) {
      const answer = await people.slack('requester', `/jit request ${machine} ssh for ${LEASE_S}s because of a test`);
      requests.push(/`([2-9a-z]{7})`/.exec(answer)?.[1] ?? '');
    }
    for (const request of requests) await people.approveInTeams('manager', request);
    for (const machine of MACHINES) await people.told('is open', machine);
    return requests;
  };
  return { redis, demo, people, open };
}

/** What Slack's channel holds, as one text. */
function said({ services }: Demo): string {
  return JSON.stringify(services.slack.state().channels.find(({ id }) => id === channels.slack.id)?.messages ?? []);
}

const told = (demo: Demo, words: string) => vi.waitFor(() => expect(said(demo)).toContain(words), SOON);

/** When the last rule went. */
async function gone(demo: Demo): Promise<number> {
  await vi.waitFor(() => expect(rulesLeft(demo)).toEqual([]), SOON);
  return Date.now();
}

describe.concurrent('the real program, without Redis', () => {
  it('closes what ends meanwhile, tells it, and settles the records afterwards', {
    timeout: 600_000,
  }, async (context) => {
    const { redis, demo, people, open } = await start(context);
    await open();
    // No lease ends later: all were approved by now.
    const lastEnd = Date.now() + LEASE_S * 1_000;
    const count = rulesLeft(demo).length;
    expect(count).toBeGreaterThanOrEqual(MACHINES.length);
    await redis.kill();
    await told(demo, 'Redis cannot be written');
    expect(rulesLeft(demo)).toHaveLength(count);
    expect((await gone(demo)) - lastEnd).toBeLessThan(TOLERANCE_MS);
    const reopened: string[] = [];
    context.onTestFinished(demo.services.onChange(() => void reopened.push(...rulesLeft(demo))));
    await redis.start();
    await told(demo, 'Redis can be written again');
    for (const machine of MACHINES) await people.told('closed, proven', machine);
    expect(await people.slack('requester', '/jit list')).toContain('no open or pending');
    expect(reopened).toEqual([]);
  });

  it('started while it is away: is not ready, closes what is over, and goes on', {
    timeout: 600_000,
  }, async (context) => {
    const { redis, demo, people, open } = await start(context);
    await open();
    await demo.kill();
    await redis.kill();
    await demo.restart();
    const ready = () => fetch(`${demo.program().url}/readyz`).then(({ status }) => status);
    expect(await ready()).toBe(503);
    await told(demo, 'Redis cannot be written');
    await gone(demo);
    expect(await ready()).toBe(503);
    await redis.start();
    await vi.waitFor(async () => expect(await ready()).toBe(200), SOON);
    for (const machine of MACHINES) await people.told('closed, proven', machine);
    expect(rulesLeft(demo)).toEqual([]);
  });
});
