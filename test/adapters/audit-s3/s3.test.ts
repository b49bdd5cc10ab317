import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { type S3SinkSettings, s3Sink } from '../../../adapters/audit-s3/index.ts';
import { peopleKeys } from '../../../adapters/people-keys/index.ts';
import { type S3SimulatorOptions, startS3Simulator } from '../../../simulators/s3/index.ts';
import { evidenceExaminer } from '../../../src/app/evidence/examine.ts';
import { forSink } from '../../../src/app/evidence/for-sink.ts';
import { verified } from '../../../src/cli/audit.ts';
import { readLine } from '../../../src/core/evidence/line.ts';
import { DAY_MS } from '../../../src/core/language/instant.ts';
import { erasedId } from '../../../src/core/people/erased-id.ts';
import type { SinkBatch } from '../../../src/ports/sink.ts';
import { batches, sinkConformance } from '../../conformance/sink.ts';
import { EPOCH, signerOf } from '../../core/evidence/chain.ts';

const signer = signerOf();
const never = new AbortController().signal;
const [one, two, three] = batches(3) as [SinkBatch, SinkBatch, SinkBatch];

async function start(options: S3SimulatorOptions = {}) {
  const simulator = await startS3Simulator(options);
  vi.stubEnv('AWS_ACCESS_KEY_ID', simulator.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', simulator.secretAccessKey);
  const { url: endpoint, bucket, region, faults } = simulator;
  const settings = {
    name: 's3',
    installation: 'demo',
    bucket,
    region,
    endpoint,
    prefix: 'drawbridge/',
    mode: 'compliance' as const,
  };
  const records = () => simulator.objects().filter(({ key }) => basename(key).startsWith('audit-'));
  return {
    simulator,
    isOnce: true,
    records,
    make: (more: Partial<S3SinkSettings> = {}) =>
      s3Sink({ ...settings, days: 400, vkeys: [signer.vkey], ...more }, Date.now),
    kept: async () =>
      records().flatMap(({ bytes }) =>
        bytes
          .toString('utf8')
          .split('\n')
          .flatMap((line) => {
            const read = readLine(Buffer.from(line));
            return read && 'head' in read ? [read] : [];
          }),
      ),
    fail: async (isAway: boolean) => {
      faults.clear();
      if (isAway) faults.add(/./, { kind: 'error', status: 503, code: 'ServiceUnavailable' }, Number.POSITIVE_INFINITY);
    },
    cutShort: async () => faults.add('PutObject', { kind: 'reset' }, 2),
    stop: simulator.stop,
  };
}

afterEach(() => vi.unstubAllEnvs());

sinkConformance('a bucket of S3', start);

describe('the audit in a bucket of S3', () => {
  let test: Awaited<ReturnType<typeof start>>;
  beforeEach(async () => {
    test = await start();
  });
  afterEach(() => test.stop());

  it('locks one object a batch, under keys that sort as the chain goes', async () => {
    for (const batch of [one, two, three]) await test.make().write(batch, never);
    expect(test.records().map(({ key }) => key.slice(0, 29))).toEqual([
      'drawbridge/audit-000000000001',
      'drawbridge/audit-000000000011',
      'drawbridge/audit-000000000021',
    ]);
    for (const { lock } of test.simulator.objects()) {
      expect(lock?.mode).toBe('COMPLIANCE');
      expect(Math.abs((lock?.until ?? 0) - Date.now() - 400 * DAY_MS)).toBeLessThan(600_000);
    }
  });

  it('takes a put whose answer was lost for done, and overwrites nothing', async () => {
    test.simulator.faults.add('PutObject', { kind: 'lostReply' });
    await test.make({ vkeys: [] }).write(one, never);
    await test.make().write(two, never);
    expect((await test.kept()).map(({ index }) => index)).toHaveLength(20);
    // The same once more after the store went back: nothing is put again.
    const before = test.simulator.objects();
    await test.make().write(one, never);
    expect(test.simulator.objects()).toEqual(before);
  });

  it.each(['', '<html><body>Ask IT.</body></html>', '{}'])(
    'takes what answers 200 in its place for no bucket: %o',
    async (body) => {
      await test.make().write(one, never);
      test.simulator.faults.add(/./, { kind: 'strange', body }, Number.POSITIVE_INFINITY);
      await expect(test.make().write(two, never)).rejects.toMatchObject({ kind: 'busy' });
      await expect(test.make().end?.()).rejects.toMatchObject({ kind: 'busy' });
      test.simulator.faults.clear();
      await test.make().write(two, never);
      expect(await test.kept()).toHaveLength(20);
    },
  );

  it('tells where it ends among many objects, with few questions', async () => {
    expect(await test.make().end?.()).toBeUndefined();
    const all = batches(40);
    const sink = test.make();
    for (const batch of all) await sink.write(batch, never);
    const asked = test.simulator.asked.length;
    expect(await test.make().end?.()).toMatchObject({ index: 400, head: all.at(-1)?.links.at(-1)?.head });
    expect(test.simulator.asked.length - asked).toBeLessThan(25);
  });

  it('writes nothing behind another chain', async () => {
    await test.make().write(one, never);
    const other = { ...one, links: one.links.map((link) => ({ ...link, head: 'B'.repeat(43) })) };
    await expect(test.make().write(other, never)).rejects.toThrow('holds another chain');
    expect(test.records()).toHaveLength(1);
  });

  it.each([
    ['in the middle', 1],
    ['at the beginning', 0],
  ])(
    'a batch whose object a lifecycle rule deleted is none of another chain, where what comes behind is signed: %s',
    async (_, n) => {
      const all = [one, two, three];
      const [batch] = all.slice(n);
      if (!batch) throw new Error('none');
      for (const each of all) await test.make().write(each, never);
      test.simulator.expire(test.records()[n]?.key ?? '');
      const before = test.records();
      await test.make().write(batch, never);
      expect(test.records()).toEqual(before);
      // Without the key nobody can tell whose it is.
      await expect(test.make({ vkeys: [] }).write(batch, never)).rejects.toThrow('no key of this installation signed');
    },
  );

  it('keeps nothing under the prefix of another installation, whose chain is longer or shorter, and the doctor names it', async () => {
    const shorter = { ...one, links: one.links.slice(0, 5) };
    const prod = (batch: SinkBatch) => ({ ...batch, installation: 'prod' });
    for (const [there, batch] of [
      [two, shorter],
      [one, three],
    ] as const) {
      const other = await start();
      await other.make().write(there === two ? one : there, never);
      if (there === two) await other.make().write(two, never);
      const before = other.simulator.objects();
      const sink = other.make({ installation: 'prod', vkeys: [] });
      await expect(sink.write(prod(batch), never)).rejects.toThrow('holds another chain');
      // Nothing of it is anything to go on behind.
      await expect(sink.end?.(never)).rejects.toThrow('holds another chain');
      expect(other.simulator.objects()).toEqual(before);
      expect(await sink.examine?.(never)).toBe(
        'The installation “demo” keeps its audit under drawbridge/audit- of the bucket: each needs its own prefix.',
      );
      expect(await other.make().examine?.(never)).toBeUndefined();
      await other.stop();
    }
  });

  it.each([
    [{ isVersioned: false }, 'The bucket audit-bucket has no versioning: what is put there could be changed.'],
    [{ canLock: false }, 'The bucket audit-bucket has no Object Lock: what is put there could be changed.'],
  ] as const)('puts nothing where %o, and says so', async (options, says) => {
    const other = await start(options);
    await expect(other.make().write(one, never)).rejects.toThrow(says);
    expect(await other.make().examine?.(never)).toBe(says);
    expect(other.simulator.objects()).toEqual([]);
    await other.stop();
    vi.stubEnv('AWS_ACCESS_KEY_ID', test.simulator.accessKeyId);
    expect(await test.make().examine?.(never)).toBeUndefined();
  });

  it.each([
    ['clear', { erased: 0, sealed: 0 }],
    ['sealed', { erased: 0, sealed: 30 }],
    ['none', { erased: 30, sealed: 0 }],
  ] as const)('a copy of it verifies, and shows what was taken out of it (people: %s)', async (people, parts) => {
    const folder = await mkdtemp(join(tmpdir(), 'copy-'));
    await mkdir(join(folder, 'keys'));
    const keys = peopleKeys(join(folder, 'keys'));
    for (const batch of [one, two, three]) await forSink(test.make(), people, keys).write(batch, never);
    const stored = test.records().map(({ bytes }) => bytes.toString('utf8'));
    expect(stored.join('').includes('Ada')).toBe(people === 'clear');
    expect(stored.join('')).toContain('"by":"ada"');
    for (const { key, bytes } of test.simulator.objects()) await writeFile(join(folder, basename(key)), bytes);
    const { verdict, files } = await verified(folder, {});
    expect([files, verdict.records, verdict.signed, verdict.faults]).toEqual([3, 30, 30, []]);
    expect([...verdict.keys]).toEqual([signer.vkey]);
    expect(verdict).toMatchObject(parts);
    const opened = await verified(folder, { people: join(folder, 'keys') });
    expect(opened.verdict).toMatchObject({ faults: [], sealed: 0 });
    await keys.destroy(erasedId('ada'), EPOCH + 99);
    const erased = await verified(folder, { people: join(folder, 'keys') });
    expect(erased.verdict).toMatchObject({ faults: [], ...parts });
    const [, middle, last] = test.records();
    if (!middle || !last) throw new Error('too few');
    await rm(join(folder, basename(middle.key)));
    const cut = await verified(folder, {});
    expect(cut.verdict.faults).toMatchObject([
      { what: 'missing', index: 11 },
      // Nothing proves the first one behind it.
      { what: 'missing', index: 21 },
    ]);
    // The last object alone has a head that proves the end of the files.
    const anchor = join(folder, basename(last.key));
    const cutOff = await mkdtemp(join(tmpdir(), 'copy-'));
    for (const { key, bytes } of test.simulator.objects().filter(({ key }) => !key.endsWith(basename(anchor))))
      await writeFile(join(cutOff, basename(key)), bytes);
    await writeFile(join(cutOff, basename(middle.key)), middle.bytes);
    expect((await verified(cutOff, {})).verdict.faults).toEqual([]);
    expect((await verified(cutOff, { anchor: [anchor] })).verdict.faults).toMatchObject([
      { what: 'missing', index: 30 },
    ]);
  });

  it('the doctor looks at the bucket', async () => {
    const chain = { last: async () => undefined, sinks: async () => [] };
    const room = { chain, keyNames: ['k1'], sinks: [test.make(), test.make({ name: 'other', bucket: 'none' })] };
    const store = { now: async () => ({ at: 0 }) };
    const found = await evidenceExaminer({ store } as never, room as never).examine([], never);
    expect(found).toMatchObject([
      { what: 'keys of heads and receipts (k1)', verdict: 'fine' },
      { what: 'place of the sink s3', verdict: 'fine' },
      { what: 'place of the sink other', verdict: 'unknown' },
    ]);
  });

  it('takes what manifests/aws/audit.yaml grants, and nothing else', async () => {
    const text = readFileSync(new URL('../../../manifests/aws/audit.yaml', import.meta.url), 'utf8');
    const { Resources } = parse(text) as {
      Resources: { Role: { Properties: { Policies: { PolicyDocument: { Statement: { Action: string[] }[] } }[] } } };
    };
    await test.make().write(one, never);
    await test.make().end?.();
    // "Actions, resources, and condition keys for Amazon S3": listing is a right to the bucket, locking one of its own.
    const rights: Readonly<Record<string, readonly string[]>> = {
      PutObject: ['s3:PutObject', 's3:PutObjectRetention'],
      ListObjectsV2: ['s3:ListBucket'],
      GetObjectLockConfiguration: ['s3:GetBucketObjectLockConfiguration'],
    };
    const used = test.simulator.asked.flatMap((asked) => rights[asked] ?? [`s3:${asked}`]);
    const [policy] = Resources.Role.Properties.Policies;
    const granted = policy?.PolicyDocument.Statement.flatMap(({ Action }) => Action) ?? [];
    expect([...new Set(used)].toSorted()).toEqual(granted.toSorted());
  });
});
