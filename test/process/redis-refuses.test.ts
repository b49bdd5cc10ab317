import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { rulesLeft } from '../../simulators/demo/once.ts';
import { Stage } from '../../simulators/demo/stage.ts';
import { startDemo } from '../../simulators/demo/start.ts';
import { channels } from '../../simulators/world.ts';
import type { RedisClient } from '../../src/redis/client.ts';
import { freePort } from '../redis/free-port.ts';
import { ownRedis } from '../redis/own-redis.ts';

const MACHINES = ['api-1', 'web-1'];
const LEASE_S = 40;
const TOLERANCE_MS = 20_000;
const SOON = { timeout: 90_000, interval: 100 };

interface Refusal {
  /** What happens to a Redis that goes on to answer, and to let itself be read for the most part. */
  readonly begin: (operator: RedisClient, folder: string) => Promise<unknown>;
  readonly end: (operator: RedisClient) => Promise<unknown>;
  /** What operators are told of it. */
  readonly remedy: string;
}

/** What else Redis may say is in test/redis/trouble.test.ts and rights.test.ts. */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  'its snapshots fail, so that it takes no writes': {
    async begin(operator, folder) {
      // Nothing can be renamed to it.
      mkdirSync(join(folder, 'dump.rdb'));
      await operator.config('SET', 'save', '3600 1');
      await operator.bgsave();
      await vi.waitFor(() => expect(operator.set('x', 1)).rejects.toMatchObject({ code: 'storeAway' }), SOON);
    },
    end: (operator) => operator.config('SET', 'stop-writes-on-bgsave-error', 'no'),
    remedy: 'free its disk',
  },
  'a right is taken from the user of the program': {
    begin: (operator) => operator.call('ACL', 'SETUSER', 'default', '-get'),
    end: (operator) => operator.call('ACL', 'SETUSER', 'default', '+get'),
    remedy: 'Give the user the rights',
  },
  'the password is another one': {
    async begin(operator) {
      await operator.call('ACL', 'SETUSER', 'default', 'resetpass', '>another');
      await operator.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    },
    end: (operator) => operator.call('ACL', 'SETUSER', 'default', 'nopass'),
    remedy: 'Put `redis.username`',
  },
};

describe.each(Object.entries(REFUSALS))('the real program on a Redis of which %s', (_, { begin, end, remedy }) => {
  it('opens nothing, closes what is over in time, tells operators the remedy, and goes on afterwards', {
    timeout: 600_000,
  }, async ({ onTestFinished }) => {
    const redis = await ownRedis({ port: await freePort() });
    onTestFinished(() => redis.stop());
    const operator = redis.client();
    // Rights are taken from the user of the program alone.
    await operator.call('ACL', 'SETUSER', 'operator', 'on', '>operator', '~*', '&*', '+@all');
    await operator.call('AUTH', 'operator', 'operator');
    const folder = mkdtempSync(join(tmpdir(), 'drawbridge-refuses-'));
    const settings = { shortest: '3s', azureMinimum: 0, appendfsync: 'always', azureBackend: 'nsg' } as const;
    const demo = await startDemo({ folder, ...settings, redisUrl: redis.tcp });
    onTestFinished(() => demo.stop());
    const people = new Stage(demo.services, () => {});
    onTestFinished(() => people.stop());
    const said = () =>
      JSON.stringify(demo.services.slack.state().channels.find(({ id }) => id === channels.slack.id)?.messages ?? []);
    const ready = () => fetch(`${demo.program().url}/readyz`).then(({ status }) => status);
    // As a person would, who is told to try again on a busy computer.
    const until = async (who: 'requester' | 'manager' | 'security', text: string, says: RegExp) => {
      for (;;) {
        const found = says.exec(await people.slack(who, text));
        if (found) return found[1] ?? '';
      }
    };
    const ask = (machine: string, from: string) =>
      until(
        'requester',
        `/jit request ${machine} ssh for ${LEASE_S}s from ${from} because of a test`,
        /`([2-9a-z]{7})`/,
      );
    const approve = (id: string) => until('manager', `/jit approve ${id}`, /approved/);
    for (const machine of MACHINES) await until('security', `/jit protect ${machine} usual`, /is protected on/);
    const waiting = await ask('api-1', '203.0.113.8');
    for (const machine of MACHINES) await approve(await ask(machine, '203.0.113.7'));
    for (const machine of MACHINES) await people.told('is open', machine);
    // No lease ends later: all were approved by now.
    const lastEnd = Date.now() + LEASE_S * 1_000;
    const open = rulesLeft(demo);
    expect(open.length).toBeGreaterThanOrEqual(MACHINES.length);
    const opened: string[] = [];
    onTestFinished(
      demo.services.onChange(() => void opened.push(...rulesLeft(demo).filter((one) => !open.includes(one)))),
    );

    await begin(operator, redis.folder);
    expect(await people.slack('manager', `/jit approve ${waiting}`)).toContain('cannot write to Redis');
    await vi.waitFor(() => expect(said()).toContain(remedy), SOON);
    expect(await ready()).toBe(503);
    await vi.waitFor(() => expect(rulesLeft(demo)).toEqual([]), SOON);
    expect(Date.now() - lastEnd).toBeLessThan(TOLERANCE_MS);
    expect(opened).toEqual([]);

    await end(operator);
    await vi.waitFor(() => expect(said()).toContain('Redis can be written again'), SOON);
    for (const machine of MACHINES) await people.told('closed, proven', machine);
    await vi.waitFor(async () => expect(await ready()).toBe(200), SOON);
    expect(opened).toEqual([]);
    expect(said()).not.toContain('Something went wrong inside');
    expect(demo.ended()).toBeUndefined();
  });
});
