import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { rulesLeft } from '../../simulators/demo/once.ts';
import { Stage } from '../../simulators/demo/stage.ts';
import { startDemo } from '../../simulators/demo/start.ts';
import { freePort } from '../redis/free-port.ts';
import { ownRedis } from '../redis/own-redis.ts';

const MACHINE = 'api-1';

it('whoever writes to Redis opens nothing, not even as if the glass had been broken, and operators are told', {
  timeout: 300_000,
}, async () => {
  const redis = await ownRedis({ port: await freePort() });
  onTestFinished(() => redis.stop());
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-forged-'));
  const demo = await startDemo({ folder, shortest: '3s', azureMinimum: 0, appendfsync: 'always', redisUrl: redis.tcp });
  onTestFinished(() => demo.stop());
  const stage = new Stage(demo.services, () => {});
  onTestFinished(() => stage.stop());
  await stage.slack('security', `/jit protect ${MACHINE} usual`);
  const answer = await stage.slack('requester', `/jit request ${MACHINE} ssh for 30s because of a test`);
  const id = /`([2-9a-z]{7})`/.exec(answer)?.[1] ?? '';

  const said = () => JSON.stringify(demo.services.slack.state());
  const client = redis.client();
  const [key = ''] = await client.keys(`*:request:${id}`);
  const [base = ''] = key.split(':');
  const record = (await client.get(key)) ?? '';
  const { seal, answerBy: _, ...asked } = JSON.parse(record.slice(record.indexOf(' ') + 1));
  expect(seal).toMatch(/^ds1\./);
  // As if the requester had broken the glass, and everybody had been told.
  const lease = { from: asked.askedAt, until: asked.askedAt + asked.forMs, placements: [] };
  const glass = { reviewBy: 8e15, alarmed: ['pager'] };
  const forged = { ...asked, seal, status: 'activating', lease, breakGlass: glass, places: [], lookAt: 1 };
  await client.set(key, `${asked.version} ${JSON.stringify(forged)}`);
  await client.zadd(`${base}:on:${asked.machine}`, 1, id);
  await client.zrem(`${base}:waits:${asked.machine}`, id);
  await client.zadd(`${base}:due`, 1, asked.machine);
  await stage.until('the alarm', () => said().includes('Somebody else wrote a request to Redis') || undefined);
  expect(rulesLeft(demo)).toEqual([]);
  expect(await stage.slack('requester', `/jit show ${id}`)).not.toContain('is open');
});
