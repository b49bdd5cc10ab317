import { describe, expect, it } from 'vitest';
import { redisRuleRecords } from '../../src/redis/rule-records.ts';
import { memoryRuleRecords } from '../memory/rule-records.ts';
import { keptLog, testRedis } from './server.ts';

const ADA = { id: 'ada', name: 'Ada' };
const SAM = { id: 'sam', name: 'Sam' };
const rules = (code: string) => ({ code, text: `${code}: 1`, at: 1 });

describe.each(['Redis', 'memory'] as const)('rules kept in %s', (kind) => {
  it('are the approved ones, and those that wait', async ({ onTestFinished }) => {
    const server = kind === 'Redis' ? await testRedis() : undefined;
    onTestFinished(async () => server?.stop());
    const records = server
      ? redisRuleRecords({ redis: server.client(), prefix: 'test', log: keptLog() })
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
