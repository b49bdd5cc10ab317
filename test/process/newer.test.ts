import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { rulesLeft } from '../../simulators/demo/once.ts';
import { Stage } from '../../simulators/demo/stage.ts';
import { startDemo } from '../../simulators/demo/start.ts';
import { freePort } from '../redis/free-port.ts';
import { ownRedis } from '../redis/own-redis.ts';

const MACHINE = 'api-1';
const WAIT = { timeout: 90_000, interval: 200 };

it('a record of a newer version is left alone, named, and closed by its mark; the newer version goes on with it', {
  timeout: 300_000,
}, async () => {
  const redis = await ownRedis({ port: await freePort() });
  onTestFinished(() => redis.stop());
  const demo = await startDemo({
    folder: mkdtempSync(join(tmpdir(), 'drawbridge-newer-')),
    shortest: '3s',
    azureMinimum: 0,
    appendfsync: 'always',
    redisUrl: redis.tcp,
  });
  onTestFinished(() => demo.stop());
  const stage = new Stage(demo.services, () => {});
  onTestFinished(() => stage.stop());
  await stage.slack('security', `/jit protect ${MACHINE} usual`);
  const answer = await stage.slack('requester', `/jit request ${MACHINE} ssh for 30s because of a test`);
  const id = /`([2-9a-z]{7})`/.exec(answer)?.[1] ?? '';
  await stage.approveInSlack('manager', id);
  await stage.told('is open', MACHINE);

  const client = redis.client();
  const [key = ''] = await client.keys(`*:request:${id}`);
  const record = (await client.get(key)) ?? '';
  const newer = record.replace('"status":"active"', '"status":"ajar","colour":"green"');
  expect(newer).not.toBe(record);
  await client.set(key, newer, 'KEEPTTL');
  // A start looks through the clouds at once.
  await demo.killAndRestart();
  await vi.waitFor(async () => {
    expect(await stage.slack('security', '/jit list all')).toContain(
      `the record of \`${id}\` cannot be read by this version`,
    );
  }, WAIT);
  await vi.waitFor(() => expect(rulesLeft(demo)).toEqual([]), WAIT);
  expect(await client.get(key)).toBe(newer);

  // Whoever can read it is back.
  await client.set(key, record, 'KEEPTTL');
  await stage.told('closed, proven', MACHINE);
  expect(rulesLeft(demo)).toEqual([]);
});
