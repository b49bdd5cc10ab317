import { hash } from 'node:crypto';
import {
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { JitError } from '../../src/core/errors/errors.ts';

export interface BucketSettings {
  readonly bucket: string;
  readonly region: string;
  /** Role to assume; the program's own credentials where there is none. */
  readonly role?: { readonly arn: string; readonly externalId?: string };
  /** Of a store that is like S3, with the bucket in the path. */
  readonly endpoint?: string;
}

/** What is locked, and until when. */
interface Lock {
  readonly mode: 'GOVERNANCE' | 'COMPLIANCE';
  readonly until: Date;
}

/** One bucket, as far as the audit needs it. Everything throws what the service answers. */
export interface LockedBucket {
  /** Puts a new object; false where there is one of this key. S3 takes all of it or nothing, and checks its SHA-256. */
  add(key: string, text: string, lock: Lock, signal?: AbortSignal): Promise<boolean>;
  read(key: string, signal?: AbortSignal): Promise<Buffer>;
  /** The first key of this prefix that sorts behind a text. */
  next(prefix: string, after: string, signal?: AbortSignal): Promise<string | undefined>;
  /** What is missing to lock objects; undefined where nothing is. */
  lacks(signal?: AbortSignal): Promise<string | undefined>;
}

const CONNECT_MS = 3_000;
const CALL_MS = 20_000;
const SESSION_S = 3_600;

/** S3 names each request (API reference, "Common response headers"); so does what speaks like it. */
const ID = 'x-amz-request-id';
/** Errors of S3 (API reference, "Error responses"): a precondition that does not hold, and no configuration of locks. */
const EXISTS = 'PreconditionFailed';
const NO_LOCK = 'ObjectLockConfigurationNotFoundError';

export function bucketOf(settings: BucketSettings): LockedBucket {
  const { bucket: Bucket } = settings;
  const client = clientOf(settings);
  return {
    async add(Key, Body, { mode, until }, abortSignal) {
      // `If-None-Match: *` is a put that overwrites nothing (user guide, "conditional writes").
      const lock = { ObjectLockMode: mode, ObjectLockRetainUntilDate: until, ChecksumAlgorithm: 'SHA256' } as const;
      const asked = { Bucket, Key, Body, ContentType: 'application/x-ndjson', IfNoneMatch: '*', ...lock };
      try {
        const { ETag, ChecksumSHA256 } = await client.send(new PutObjectCommand(asked), options(abortSignal));
        // Each put that was taken has an ETag (API reference); the checksum is what was stored, where the store tells it.
        if (!ETag || (ChecksumSHA256 ?? sha256(Body)) !== sha256(Body))
          throw notOwn(Bucket, 'did not store what was put');
        return true;
      } catch (error) {
        if (nameOf(error) === EXISTS) return false;
        throw error;
      }
    },
    async read(Key, abortSignal) {
      const { Body: body } = await client.send(new GetObjectCommand({ Bucket, Key }), options(abortSignal));
      return Buffer.from((await body?.transformToByteArray()) ?? []);
    },
    async next(Prefix, StartAfter, abortSignal) {
      const asked = new ListObjectsV2Command({ Bucket, Prefix, StartAfter, MaxKeys: 1 });
      const { Name, Contents = [] } = await client.send(asked, options(abortSignal));
      // An error in the body of a 200 reads like a bucket with nothing in it.
      if (Name !== Bucket) throw notOwn(Bucket, 'does not list what is there');
      return Contents[0]?.Key;
    },
    async lacks(abortSignal) {
      const { Status } = await client.send(new GetBucketVersioningCommand({ Bucket }), options(abortSignal));
      if (Status !== 'Enabled') return 'versioning';
      const locks = await client
        .send(new GetObjectLockConfigurationCommand({ Bucket }), options(abortSignal))
        .catch((error) => {
          if (nameOf(error) === NO_LOCK) return undefined;
          throw error;
        });
      return locks?.ObjectLockConfiguration?.ObjectLockEnabled === 'Enabled' ? undefined : 'Object Lock';
    },
  };
}

/** NB. Of a proxy that says 200 in its place the SDK reads that a record is kept, or that there is none. */
function clientOf({ bucket, region, role, endpoint }: BucketSettings): S3Client {
  const requestHandler = { connectionTimeout: CONNECT_MS, requestTimeout: CALL_MS, throwOnRequestTimeout: true };
  const common = { region, requestHandler, maxAttempts: 2 };
  const credentials =
    role &&
    fromTemporaryCredentials({
      clientConfig: common,
      params: {
        RoleArn: role.arn,
        RoleSessionName: 'drawbridge-audit',
        DurationSeconds: SESSION_S,
        ...(role.externalId ? { ExternalId: role.externalId } : {}),
      },
    });
  const client = new S3Client({
    ...common,
    userAgentAppId: 'drawbridge',
    ...(endpoint ? { endpoint, forcePathStyle: true } : {}),
    ...(credentials ? { credentials } : {}),
  });
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers = {} } = result.response as { readonly headers?: Readonly<Record<string, string>> };
      if (!headers[ID]) throw notOwn(bucket, 'is not what answered');
      return result;
    },
    { step: 'deserialize', name: 'ownAnswers' },
  );
  return client;
}

function options(abortSignal: AbortSignal | undefined) {
  return abortSignal ? { abortSignal } : {};
}

function sha256(text: string): string {
  return hash('sha256', text, 'base64');
}

function notOwn(bucket: string, why: string): JitError {
  return new JitError('outgoingSilent', { host: bucket, why });
}

function nameOf(error: unknown): string | undefined {
  return error instanceof Error ? error.name : undefined;
}
