import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Stage } from '../../simulators/demo/stage.ts';
import { AWS_ACCOUNT_ID, people } from '../../simulators/world.ts';
import { type House, type Replica, startHouse } from '../chaos/house.ts';
import { scraped } from '../observe/scraped.ts';

const MACHINE = 'api-1';
const WAIT = { timeout: 90_000, interval: 200 };
const TOKEN = 'a-token-of-the-operators';
const SOURCE = '203.0.113.77';
const REASON = 'a-reason-that-nobody-else-may-read';

let house: House;
let stage: Stage;
let one: Replica;
beforeAll(async () => {
  process.env.ADMIN_TOKEN = TOKEN;
  house = await startHouse(false, {
    http: { host: '127.0.0.1', port: 0, admin: { port: 0, token: 'env:ADMIN_TOKEN', metrics: true } },
  });
  stage = new Stage(house.services, () => {});
  one = house.replicas[0] as Replica;
  const other = house.replicas[1] as Replica;
  await house.end(other, 'stop');
  house.services.setTarget(one.program?.url ?? '');
  // On a machine that does other work, a Redis that does not answer in time counts as away for a while.
  await vi.waitFor(async () => {
    expect((await read()).value('drawbridge_lifeboat')).toBe(0);
    expect(await stage.slack('security', `/jit protect ${MACHINE} usual leaving`)).toMatch(/api-1.*is protected/s);
  }, WAIT);
}, 240_000);
afterAll(async () => {
  stage.stop();
  delete process.env.ADMIN_TOKEN;
  await house.stop();
});

async function scrape(): Promise<string> {
  const url = [...readFileSync(one.logFile, 'utf8').matchAll(/"url":"([^"]+)"[^}]*operators are served/g)].at(-1)?.[1];
  const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } });
  expect(answer.status).toBe(200);
  return answer.text();
}

const read = async () => scraped(await scrape());

describe('the metrics of the real program', () => {
  it('follow one access from the request to its end, and hold nothing that anybody wrote', {
    timeout: 240_000,
  }, async () => {
    await stage.slack('requester', `/jit request ${MACHINE} 4711 for 10s from ${SOURCE} because ${REASON}`);
    const refused = await read();
    expect(refused.value('drawbridge_refusals_total')).toBeGreaterThan(0);
    expect(refused.value('drawbridge_leases_open')).toBe(0);

    const answer = await stage.slack(
      'requester',
      `/jit request ${MACHINE} ssh for 12s from ${SOURCE} because ${REASON}`,
    );
    await stage.approveInSlack('manager', /`([2-9a-z]{7})`/.exec(answer)?.[1] ?? '');
    await vi.waitFor(async () => expect((await read()).value('drawbridge_leases_open')).toBe(1), WAIT);
    await vi.waitFor(
      async () => expect((await read()).value('drawbridge_closing_lateness_seconds_count')).toBe(1),
      WAIT,
    );
    const text = await scrape();
    const { value, names } = scraped(text);
    expect(value('drawbridge_leases_open')).toBe(0);
    expect(value('drawbridge_closings_overdue')).toBe(0);
    expect(value('drawbridge_decision_seconds_count', { verdict: 'approved', by: 'person' })).toBe(1);
    const aws = { cloud: 'aws', account: AWS_ACCOUNT_ID };
    expect(value('drawbridge_cloud_calls_total', { ...aws, outcome: 'done' })).toBeGreaterThan(3);
    for (const reading of ['store', 'queues', 'sinks']) expect(value('drawbridge_reading_up', { reading })).toBe(1);
    expect(value('drawbridge_part_up', { part: 'redis' })).toBe(1);
    // Whether these work was looked at once, while the program started.
    for (const part of ['slack', 'teams', 'azure', 'aws'])
      expect(value('drawbridge_part_up', { part })).toBeGreaterThanOrEqual(0);
    expect(value('drawbridge_sink_lag_records', { sink: 'files' })).toBeGreaterThanOrEqual(0);
    expect(value('drawbridge_redis_memory_used_bytes')).toBeGreaterThan(1_000_000);
    await vi.waitFor(async () => {
      const settled = await read();
      expect(settled.value('drawbridge_lifeboat')).toBe(0);
      for (const queue of ['converge', 'notify', 'machines'])
        expect(settled.value('drawbridge_queue_jobs', { queue })).toBe(0);
    }, WAIT);
    expect(names).toContain('nodejs_eventloop_lag_p99_seconds');
    const { name, email, slackId, entraId } = people.requester;
    for (const planted of [TOKEN, SOURCE, REASON, MACHINE, name, email, slackId, entraId])
      expect(text).not.toContain(planted);
  });

  it('say that the store is away, and have no value of it', { timeout: 120_000 }, async () => {
    await house.redis.pause();
    try {
      await vi.waitFor(async () => {
        const { value } = await read();
        expect(value('drawbridge_reading_up', { reading: 'store' })).toBe(0);
        expect(value('drawbridge_leases_open')).toBeUndefined();
        expect(value('drawbridge_lifeboat')).toBe(1);
      }, WAIT);
    } finally {
      await house.redis.resume();
    }
  });
});
