import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sealer } from '../../src/core/rule/seal.ts';
import { ruleFile } from '../../src/redis/rule-file.ts';
import { redisRuleRecords } from '../../src/redis/rule-records.ts';
import { memoryRuleRecords } from '../memory/rule-records.ts';
import { keptLog, testRedis } from './server.ts';

const SEALS = sealer('test', 'rules', [{ id: 'k1', secret: 'a secret' }]);
const ADA = { id: 'ada', name: 'Ada' };
const SAM = { id: 'sam', name: 'Sam' };
const rules = (code: string) => ({ code, text: `${code}: 1`, at: 1 });

describe.each(['Redis', 'memory'] as const)('rules kept in %s', (kind) => {
  it('are the approved ones, and those that wait', async ({ onTestFinished }) => {
    const server = kind === 'Redis' ? await testRedis() : undefined;
    onTestFinished(async () => server?.stop());
    const records = server
      ? redisRuleRecords({ redis: server.client(), prefix: 'test', installation: 'test', seals: SEALS, log: keptLog() })
      : memoryRuleRecords();
    expect(await records.approved()).toBeUndefined();
    expect(await records.keepFirst({ ...rules('a'), by: [] })).toBe(true);
    expect(await records.keepFirst({ ...rules('b'), by: [] })).toBe(false);
    expect(await records.approved()).toEqual({ ...rules('a'), by: [] });

    await records.propose({ ...rules('b'), differences: ['policies: new b'] });
    expect(await records.agree('b', ADA)).toEqual([ADA]);
    expect(await records.agree('b', ADA)).toEqual([ADA]);
    expect(await records.proposed()).toEqual({ ...rules('b'), differences: ['policies: new b'], approvedBy: [ADA] });
    // A newer one takes its place, without its approvals.
    await records.propose({ ...rules('c'), differences: [] });
    expect(await records.proposed()).toMatchObject({ code: 'c', approvedBy: [] });
    expect(await records.take({ ...rules('b'), by: [ADA, SAM] })).toBe(false);
    expect(await records.drop('b')).toBe(false);
    expect(await records.agree('c', SAM)).toEqual([SAM]);
    expect(await records.take({ ...rules('c'), by: [ADA, SAM] })).toBe(true);
    expect(await records.approved()).toEqual({ ...rules('c'), by: [ADA, SAM] });
    expect(await records.proposed()).toBeUndefined();

    await records.propose({ ...rules('d'), differences: [] });
    expect(await records.drop('d')).toBe(true);
    expect(await records.proposed()).toBeUndefined();
    expect(await records.take({ ...rules('d'), by: [] })).toBe(false);
  });
});

describe('rules that somebody else wrote to Redis', () => {
  it('count for nothing: whether they say what is approved, what waits, or who approved it', async ({
    onTestFinished,
  }) => {
    const server = await testRedis();
    onTestFinished(() => server.stop());
    const [redis, log] = [server.client(), keptLog()];
    const records = redisRuleRecords({ redis, prefix: 'test', installation: 'test', seals: SEALS, log });
    await records.propose({ ...rules('b'), differences: [] });
    await records.agree('b', ADA);
    const votes = '{test}:rule-approvals';
    await redis.hset(votes, 'b kim', JSON.stringify({ id: 'kim', name: 'Kim' }));
    // A vote of their own for another person, or another change, is none either.
    await redis.hset(votes, 'b sam', (await redis.hget(votes, 'b ada')) ?? '');
    expect((await records.proposed())?.approvedBy).toEqual([ADA]);
    const proposed = (await redis.hget('{test}:rules', 'proposed')) ?? '';
    for (const forged of [JSON.stringify({ ...rules('x'), by: [ADA, SAM] }), proposed, 'nothing', '{}']) {
      await redis.hset('{test}:rules', 'approved', forged);
      await expect(records.approved()).rejects.toMatchObject({ code: 'rulesUnknown' });
    }
    await redis.hset('{test}:rules', 'proposed', JSON.stringify({ ...rules('x'), differences: [] }));
    expect(await records.proposed()).toBeUndefined();
    expect(log.errors.length).toBeGreaterThan(0);
  });
});

it('is known under every prefix of a Redis where the rules of an installation are approved', async ({
  onTestFinished,
}) => {
  const server = await testRedis();
  onTestFinished(() => server.stop());
  const redis = server.client();
  const under = (prefix: string, installation = 'test') =>
    redisRuleRecords({ redis, prefix, installation, seals: SEALS, log: keptLog() });
  expect(await under('a').elsewhere()).toBeUndefined();
  await under('a').keepFirst({ ...rules('a'), by: [] });
  expect(await under('a').elsewhere()).toBeUndefined();
  expect(await under('b').elsewhere()).toBe('a');
  expect(await under('b', 'other').elsewhere()).toBeUndefined();
  await redis.hset('drawbridge-rules', 'test', '{"prefix":"b"}');
  await expect(under('b').elsewhere()).rejects.toMatchObject({ code: 'rulesUnknown' });
});

it('are kept in a file of this computer too, where nobody else’s counts', async ({ onTestFinished }) => {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-rules-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'new', 'rules.json');
  const memory = ruleFile(file, SEALS);
  expect(await memory.recall()).toBeUndefined();
  await memory.keep({ ...rules('a'), by: [] });
  expect(await ruleFile(file, SEALS).recall()).toEqual({ ...rules('a'), by: [] });
  writeFileSync(file, readFileSync(file, 'utf8').replace('a: 1', 'b: 1'));
  expect(await memory.recall()).toBeUndefined();
});
