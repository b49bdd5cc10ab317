import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { AwsError } from '../aws/errors.ts';
import { leaf, node } from '../aws/xml.ts';
import type { Clock } from '../shared/clock.ts';

export interface Stored {
  readonly key: string;
  readonly bytes: Buffer;
  readonly lock?: { readonly mode: string; readonly until: number };
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly canonicalQuery: string;
  readonly query: URLSearchParams;
  readonly bucket: string;
  readonly key: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

interface World {
  readonly bucket: string;
  readonly isVersioned: boolean;
  readonly canLock: boolean;
  readonly objects: Map<string, Stored>;
  readonly now: Clock;
}

interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text?: string | Buffer;
}

const XMLNS = 'http://s3.amazonaws.com/doc/2006-03-01/';
/** Headers of a PUT that are understood here. What else begins with `x-amz-` is refused. */
const KNOWN = [
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-security-token',
  'x-amz-user-agent',
  'x-amz-sdk-checksum-algorithm',
  'x-amz-checksum-sha256',
  'x-amz-checksum-mode',
  'x-amz-object-lock-mode',
  'x-amz-object-lock-retain-until-date',
];
const LIST_KEYS = ['list-type', 'prefix', 'start-after', 'max-keys', 'x-id'];

/**
 * S3 as its API reference has it (PutObject, GetObject, ListObjectsV2, GetBucketVersioning, GetObjectLockConfiguration), and the user
 * guide ("Using S3 Object Lock", "How to prevent object overwrites with conditional writes"):
 * 1. The signature covers the SHA-256 of the body in `x-amz-content-sha256`; a checksum that is sent must be that of the body.
 * 2. Retention wants both its mode and its date, a date in the future, a bucket that can lock, and a checksum or Content-MD5.
 * 3. `If-None-Match: *` refuses a key that is there with 412, and takes no other value.
 * 4. Keys are listed in the order of their bytes; a put is seen by every call after it.
 */
export function answer(world: World, operation: string, asked: Asked): Answer {
  if (asked.bucket !== world.bucket) throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404);
  const payload = asked.headers['x-amz-content-sha256'];
  if (payload !== createHash('sha256').update(asked.body).digest('hex'))
    throw new AwsError('XAmzContentSHA256Mismatch', 'The provided x-amz-content-sha256 does not match the body.');
  const unknown = Object.keys(asked.headers).find((name) => name.startsWith('x-amz-') && !KNOWN.includes(name));
  if (unknown !== undefined) throw new AwsError('NotImplemented', `${unknown} is not known here`, 501);
  if (operation === 'PutObject') return put(world, asked);
  if (operation === 'GetObject') return get(world, asked);
  if (operation === 'ListObjectsV2') return list(world, asked);
  if (operation === 'GetBucketVersioning')
    return xml('VersioningConfiguration', world.isVersioned ? leaf('Status', 'Enabled') : '');
  if (!world.canLock)
    throw new AwsError(
      'ObjectLockConfigurationNotFoundError',
      'Object Lock configuration does not exist for this bucket',
      404,
    );
  return xml('ObjectLockConfiguration', leaf('ObjectLockEnabled', 'Enabled'));
}

function put(world: World, { headers, key, body }: Asked): Answer {
  const checksum = headers['x-amz-checksum-sha256'];
  const sha256 = createHash('sha256').update(body).digest('base64');
  if (checksum !== undefined && checksum !== sha256)
    throw new AwsError('BadDigest', 'The SHA256 you specified did not match the calculated checksum.');
  const lock = lockOf(world, headers);
  if (lock && checksum === undefined && headers['content-md5'] === undefined)
    throw new AwsError(
      'InvalidRequest',
      'Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters',
    );
  const condition = headers['if-none-match'];
  if (condition !== undefined && condition !== '*')
    throw new AwsError('NotImplemented', 'If-None-Match takes * alone', 501);
  if (condition === '*' && world.objects.has(key))
    throw new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);
  world.objects.set(key, { key, bytes: body, ...(lock && { lock }) });
  return { headers: { etag: '"simulated"', ...(checksum === undefined ? {} : { 'x-amz-checksum-sha256': sha256 }) } };
}

function lockOf(world: World, headers: IncomingHttpHeaders): Stored['lock'] {
  const mode = headers['x-amz-object-lock-mode'];
  const date = headers['x-amz-object-lock-retain-until-date'];
  if (mode === undefined && date === undefined) return undefined;
  if (typeof mode !== 'string' || typeof date !== 'string')
    throw new AwsError(
      'InvalidArgument',
      'x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied',
    );
  if (!['GOVERNANCE', 'COMPLIANCE'].includes(mode))
    throw new AwsError('InvalidArgument', 'Unknown wormMode directive.');
  if (!world.canLock) throw new AwsError('InvalidRequest', 'Bucket is missing Object Lock Configuration');
  const until = Date.parse(date);
  if (!(until > world.now())) throw new AwsError('InvalidArgument', 'The retain until date must be in the future!');
  return { mode, until };
}

function get(world: World, { key }: Asked): Answer {
  const stored = world.objects.get(key);
  if (!stored) throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
  return { headers: { 'content-length': String(stored.bytes.length), etag: '"simulated"' }, text: stored.bytes };
}

function list(world: World, { query }: Asked): Answer {
  const unknown = [...query.keys()].find((name) => !LIST_KEYS.includes(name));
  if (unknown !== undefined) throw new AwsError('NotImplemented', `${unknown} is not known here`, 501);
  const [prefix, after] = [query.get('prefix') ?? '', query.get('start-after') ?? ''];
  const most = Number(query.get('max-keys') ?? 1_000);
  const keys = [...world.objects.keys()].filter((key) => key.startsWith(prefix) && key > after).toSorted();
  const contents = keys
    .slice(0, most)
    .map((key) => node('Contents', leaf('Key', key) + leaf('Size', world.objects.get(key)?.bytes.length)))
    .join('');
  const told = leaf('Name', world.bucket) + leaf('Prefix', prefix) + leaf('KeyCount', Math.min(keys.length, most));
  return xml('ListBucketResult', `${told}${leaf('IsTruncated', keys.length > most)}${contents}`);
}

function xml(name: string, content: string): Answer {
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n<${name} xmlns="${XMLNS}">${content}</${name}>`;
  return { headers: { 'content-type': 'application/xml' }, text };
}
