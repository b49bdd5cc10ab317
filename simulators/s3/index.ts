import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AwsError } from '../aws/errors.ts';
import { Verifier } from '../aws/signature.ts';
import { leaf, node } from '../aws/xml.ts';
import type { Clock } from '../shared/clock.ts';
import { Faults } from '../shared/faults.ts';
import { type Asked, answer, type Stored } from './answer.ts';

export interface S3SimulatorOptions {
  /** The SDK signs by real time: real time unless told. */
  readonly clock?: Clock;
  readonly bucket?: string;
  /** Whether the bucket keeps versions, and can lock objects: it does both unless told. */
  readonly isVersioned?: boolean;
  readonly canLock?: boolean;
}

/** One bucket of S3 on loopback, with the bucket in the path. */
export interface S3Simulator {
  readonly url: string;
  readonly bucket: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** By operation: `PutObject`. Taken by calls whose signature was found right. */
  readonly faults: Faults;
  /** What is there, in the order of the keys. */
  objects(): readonly Stored[];
  /** Somebody else puts something there. */
  put(key: string, bytes: Buffer): void;
  /** Is no more, as after a lifecycle rule, once its lock is over. */
  expire(key: string): void;
  /** The operations that were asked for, in their order. */
  readonly asked: readonly string[];
  stop(): Promise<void>;
}

const MAX_BODY = 16 * 1024 * 1024;
const OWNER = { accessKeyId: 'AKIASIMULATEDS3000001', secretAccessKey: 'simulated/secret/of/the/bucket/owner0000' };
const OPERATIONS = new Map([
  ['GET versioning', 'GetBucketVersioning'],
  ['GET object-lock', 'GetObjectLockConfiguration'],
  ['GET list-type', 'ListObjectsV2'],
]);

export async function startS3Simulator(options: S3SimulatorOptions = {}): Promise<S3Simulator> {
  const { clock = Date.now, bucket = 'audit-bucket', isVersioned = true, canLock = true } = options;
  const caller = { account: '111122223333', arn: 'arn:aws:iam::111122223333:user/s3', userId: 's3', assumed: false };
  const verifier = new Verifier(clock, 15 * 60_000, (id) =>
    id === OWNER.accessKeyId ? { ...OWNER, caller } : undefined,
  );
  const faults = new Faults();
  const objects = new Map<string, Stored>();
  const asked: string[] = [];
  const world = { bucket, isVersioned, canLock, objects, now: clock };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    // Half of a body, and then nothing: S3 keeps none of it.
    if (body === undefined) return void response.destroy();
    try {
      const call = askedOf(request, body);
      const { method, headers } = call;
      const target = `${call.path}?${call.canonicalQuery}`;
      verifier.verify({ method, target, headers, body: body.toString('utf8') }, 's3');
      const operation = operationOf(call);
      asked.push(operation);
      const fault = faults.take(operation);
      if (fault?.kind === 'reset') return void response.destroy();
      if (fault?.kind === 'strange')
        return void response.writeHead(200, { 'content-type': 'text/html', ...fault.headers }).end(fault.body);
      if (fault?.kind === 'throttle') throw new AwsError('SlowDown', 'Please reduce your request rate.', 503);
      if (fault?.kind === 'error') throw new AwsError(fault.code, fault.message ?? fault.code, fault.status);
      const { status = 200, headers: told = {}, text = '' } = answer(world, operation, call);
      if (fault?.kind === 'lostReply') return void response.destroy();
      response.writeHead(status, { 'x-amz-request-id': 'SIMULATED', ...told }).end(text);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const text = `<?xml version="1.0" encoding="UTF-8"?>\n${node('Error', leaf('Code', error.code) + leaf('Message', error.message))}`;
      response
        .writeHead(error.status, { 'content-type': 'application/xml', 'x-amz-request-id': 'SIMULATED' })
        .end(text);
    }
  };
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      console.error(error);
      response.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    bucket,
    region: 'eu-central-1',
    ...OWNER,
    faults,
    objects: () => [...objects.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    put: (key, bytes) => objects.set(key, { key, bytes }),
    expire: (key) => objects.delete(key),
    asked,
    async stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of request as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > MAX_BODY) return undefined;
      parts.push(part);
    }
  } catch {
    return undefined;
  }
  return request.complete ? Buffer.concat(parts) : undefined;
}

function askedOf(request: IncomingMessage, body: Buffer): Asked {
  const { method = '', url = '/', headers } = request;
  const [path = '/', query = ''] = url.split('?', 2);
  const canonicalQuery = query
    .split('&')
    .filter(Boolean)
    .map((pair) => (pair.includes('=') ? pair : `${pair}=`))
    .join('&');
  const [, bucket = '', ...rest] = path.split('/');
  const key = decodeURIComponent(rest.join('/'));
  return { method, path, canonicalQuery, query: new URLSearchParams(query), bucket, key, headers, body };
}

function operationOf({ method, key, query }: Asked): string {
  if (key !== '' && method === 'PUT') return 'PutObject';
  if (key !== '' && method === 'GET') return 'GetObject';
  const found =
    key === '' ? [...query.keys()].flatMap((one) => OPERATIONS.get(`${method} ${one}`) ?? [])[0] : undefined;
  if (found === undefined)
    throw new AwsError('NotImplemented', 'A header or query you provided requests a function that is not here.', 501);
  return found;
}
