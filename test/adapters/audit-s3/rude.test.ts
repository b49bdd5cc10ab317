import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type S3SinkSettings, s3Sink } from '../../../adapters/audit-s3/index.ts';
import { type S3Simulator, startS3Simulator } from '../../../simulators/s3/index.ts';
import type { Fault } from '../../../simulators/shared/faults.ts';
import { readLine } from '../../../src/core/evidence/line.ts';
import { DAY_MS } from '../../../src/core/language/instant.ts';
import type { SinkBatch } from '../../../src/ports/sink.ts';
import { batches } from '../../conformance/sink.ts';

const never = new AbortController().signal;
const [one, two] = batches(2) as [SinkBatch, SinkBatch];
const ALWAYS = Number.POSITIVE_INFINITY;
const ERROR =
  '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>InternalError</Code><Message>We encountered an internal error.</Message></Error>';

const OWN_ERROR: Fault = {
  kind: 'strange',
  body: ERROR,
  headers: { 'content-type': 'application/xml', 'x-amz-request-id': 'X' },
};

let simulator: S3Simulator;
beforeEach(async () => {
  simulator = await startS3Simulator();
  vi.stubEnv('AWS_ACCESS_KEY_ID', simulator.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', simulator.secretAccessKey);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
  await simulator.stop();
});

const make = (more: Partial<S3SinkSettings> = {}, now = Date.now) => {
  const { url: endpoint, bucket, region } = simulator;
  const fixed = { name: 's3', installation: 'demo', mode: 'compliance', prefix: '', days: 400, vkeys: [] } as const;
  return s3Sink({ ...fixed, bucket, region, endpoint, ...more }, now);
};
const kept = () =>
  simulator.objects().flatMap(({ bytes }) =>
    bytes
      .toString('utf8')
      .split('\n')
      .flatMap((line) => {
        const read = readLine(Buffer.from(line));
        return read && 'head' in read ? [read.index] : [];
      }),
  );

/** What S3 is documented to answer ("Error responses"), and what stands in its place. */
const RUDE: readonly (readonly [what: string, operation: string, fault: Fault])[] = [
  ['200 with an error in its body, to a put', 'PutObject', OWN_ERROR],
  ['200 with an error in its body, to a list', 'ListObjectsV2', OWN_ERROR],
  ['200 with an error in its body, to versioning', 'GetBucketVersioning', OWN_ERROR],
  ['SlowDown', 'PutObject', { kind: 'throttle' }],
  ['a redirect for a moment', 'PutObject', { kind: 'error', status: 307, code: 'TemporaryRedirect' }],
  ['another region', 'PutObject', { kind: 'error', status: 301, code: 'PermanentRedirect' }],
  ['another region, to a list', 'ListObjectsV2', { kind: 'error', status: 301, code: 'PermanentRedirect' }],
  ['a key of KMS that is disabled', 'PutObject', { kind: 'error', status: 400, code: 'KMS.DisabledException' }],
  ['no right', 'PutObject', { kind: 'error', status: 403, code: 'AccessDenied' }],
  ['a race for the same key', 'PutObject', { kind: 'error', status: 409, code: 'ConditionalRequestConflict' }],
  ['a key that is there, though none is', 'PutObject', { kind: 'error', status: 412, code: 'PreconditionFailed' }],
  ['a checksum that is not that of the body', 'PutObject', { kind: 'error', status: 400, code: 'BadDigest' }],
  ['a connection that is cut', 'PutObject', { kind: 'reset' }],
];

describe('what answers for the bucket', () => {
  it.each(RUDE)('%s: nothing counts as kept, and it goes on without a gap', async (_, operation, fault) => {
    const sink = make();
    simulator.faults.add(operation, fault, ALWAYS);
    await expect(sink.write(one, never)).rejects.toThrow();
    expect(kept()).toEqual([]);
    simulator.faults.clear();
    for (const batch of [one, two]) await sink.write(batch, never);
    expect(kept()).toEqual(Array.from({ length: 20 }, (_one, i) => i + 1));
  });

  it('another object than was put is not what was put', async () => {
    const headers = {
      'x-amz-request-id': 'X',
      etag: '"another"',
      'x-amz-checksum-sha256': Buffer.alloc(32).toString('base64'),
    };
    simulator.faults.add('PutObject', { kind: 'strange', body: '', headers }, ALWAYS);
    await expect(make().write(one, never)).rejects.toMatchObject({ code: 'outgoingSilent' });
  });

  it('an object that holds a part of a batch does not pass for it: the rest comes behind it', async () => {
    const sink = make();
    await sink.write(one, never);
    const [real] = simulator.objects();
    const less = real?.bytes.toString('utf8').split('\n').slice(0, 3).join('\n') ?? '';
    simulator.put(real?.key ?? '', Buffer.from(less));
    for (const batch of [one, two]) await make().write(batch, never);
    expect(kept()).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  });
});

describe('clocks that differ', () => {
  it.each([
    ['fast', 3 * 3_600_000],
    ['slow', -3 * 3_600_000],
  ])(
    'one here that is %s by hours is what S3 refuses (RequestTimeTooSkewed); the call is signed again by its time',
    async (_, byMs) => {
      const real = Date.now();
      vi.useFakeTimers({ now: real + byMs, toFake: ['Date'] });
      await simulator.stop();
      simulator = await startS3Simulator({ clock: () => Date.now() - byMs });
      await make().write(one, never);
      expect(kept()).toHaveLength(10);
    },
  );

  it('one here that is years behind locks nothing for shorter', async () => {
    await make({}, () => Date.now() - 900 * DAY_MS).write(one, never);
    const newest = one.links.at(-1)?.at ?? 0;
    for (const { lock } of simulator.objects())
      expect(lock?.until).toBeGreaterThanOrEqual(newest + 400 * DAY_MS - 1_000);
  });
});
