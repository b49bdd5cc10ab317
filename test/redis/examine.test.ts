import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderExaminer } from '../../adapters/undo/examine.ts';
import { claimStore } from '../../src/redis/claim.ts';
import { redisExaminer } from '../../src/redis/examine.ts';
import { testRedis } from './server.ts';

const never = new AbortController().signal;
const [OLD, NEW] = [
  { id: 'k1', secret: 'a secret of the tests' },
  { id: 'k2', secret: 'another secret of them' },
] as const;
const keeping = { losingDataIsFine: false, providerKeepsData: false };

describe('Redis is looked through', () => {
  let server: Awaited<ReturnType<typeof testRedis>>;
  beforeAll(async () => {
    server = await testRedis();
  });
  afterAll(() => server.stop());

  async function verdicts(options: Partial<Parameters<typeof redisExaminer>[0]> = {}) {
    const redis = server.client();
    const examiner = redisExaminer({ redis, prefix: 'x', keeping, keys: [OLD], now: Date.now, ...options });
    const found = await examiner.examine([], never);
    return Object.fromEntries(
      found.map((one) => [
        one.what.replace(/since \d{4}-\d\d-\d\d/, 'since then'),
        one.verdict === 'fine' ? 'fine' : one.means,
      ]),
    );
  }

  it('for its mark key: none, this one, an older one, a foreign one', async () => {
    const redis = server.client();
    const first = 'mark key k1 (signs, age not known)';
    // As before the first start, where it is no fault.
    const examiner = redisExaminer({ redis, prefix: 'x', keeping, keys: [OLD], now: Date.now });
    const ofFirst = async () => (await examiner.examine([], never)).find(({ what }) => what === first)?.verdict;
    expect((await verdicts())[first]).toBe('Redis knows no mark key yet.');
    expect(await ofFirst()).toBe('unknown');
    await redis.hset('{x}:claim', 'installation', 'test');
    expect((await verdicts())[first]).toBe('Redis knows no mark key.');
    expect(await ofFirst()).toBe('fault');
    await claimStore(redis, { prefix: 'x', installation: 'test', keys: [OLD] });
    expect((await verdicts())['mark key k1 (signs, since then)']).toBe('fine');
    expect(await verdicts({ keys: [NEW, OLD] })).toMatchObject({
      'mark key k2 (signs, age not known)': 'Redis still knows the older key k1.',
      'mark key k1 (kept for old marks, since then)': 'fine',
    });
    expect((await verdicts({ keys: [NEW] }))['mark key k2 (signs, age not known)']).toContain('not configured here');
  });

  it('for its clock, which is compared with this computer', async () => {
    expect((await verdicts()).clock).toBe('fine');
    const ahead = await verdicts({ now: () => Date.now() - 60_000 });
    expect(ahead.clock).toBe("It is 60 s ahead of this computer's; ends of access go by Redis.");
    expect((await verdicts({ now: () => Date.now() + 60_000 })).clock).toContain('60 s behind');
  });

  it('for settings that lose data, and for memory', async () => {
    const redis = server.client();
    expect((await verdicts()).settings).toBe('fine');
    await redis.config('SET', 'maxmemory', '0');
    expect((await verdicts()).memory).toContain('no `maxmemory`');
    await redis.config('SET', 'maxmemory', '1');
    expect((await verdicts()).memory).toContain('100 % is used');
    await redis.config('SET', 'maxmemory', '1gb');
    expect((await verdicts()).memory).toBe('fine');
    await redis.config('SET', 'appendonly', 'no');
    expect((await verdicts()).settings).toContain('appendonly is off');
  });

  it('and says one thing where it is away', async () => {
    const redis = server.client();
    redis.disconnect();
    expect(await verdicts({ redis })).toEqual({ connection: 'It cannot be reached.' });
  });
});

describe('folders are looked at', () => {
  it('and nothing is made there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'drawbridge-doctor-'));
    writeFileSync(join(folder, 'file'), '');
    const examine = (path: string) => folderExaminer([{ setting: 'undo.folder', path }]).examine([], never);
    expect(await examine(join(folder, 'not', 'yet'))).toMatchObject([{ verdict: 'fine' }]);
    expect(await examine(join(folder, 'file'))).toMatchObject([
      { verdict: 'fault', means: 'It cannot be written (ENOTDIR).' },
    ]);
    rmSync(folder, { recursive: true });
  });
});
