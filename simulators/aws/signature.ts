import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Credential } from './credentials.ts';
import { AwsError, authFailure } from './errors.ts';

export type Service =
  | 'ec2'
  | 'sts'
  | 'iam'
  | 'sqs'
  | 'organizations'
  | 'identitystore'
  | 'sso'
  | 'servicequotas'
  | 'secretsmanager'
  | 'ssm'
  | 's3'
  | 'cloudtrail'
  | 'logs';

/** What is signed. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Signer {
  readonly credential: Credential;
  readonly region: string;
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/, ]+)\/(\d{8})\/([a-z0-9-]+)\/[a-z0-9-]+\/aws4_request, *SignedHeaders=([a-z0-9;-]+), *Signature=([0-9a-f]{64})$/;

const AMZ_DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** Each service words a refusal of its own. */
const refusals = {
  unknownKey: {
    ec2: authFailure,
    sts: () => new AwsError('InvalidClientTokenId', 'The security token included in the request is invalid.', 403),
  },
  signature: {
    ec2: authFailure,
    sts: () =>
      new AwsError(
        'SignatureDoesNotMatch',
        'The request signature we calculated does not match the signature you provided.',
        403,
      ),
  },
  skew: {
    ec2: () => new AwsError('RequestExpired', 'Request has expired.'),
    sts: () => new AwsError('SignatureDoesNotMatch', 'Signature expired or not yet current.', 403),
  },
  expired: {
    ec2: () => new AwsError('RequestExpired', 'Request has expired.'),
    sts: () => new AwsError('ExpiredToken', 'The security token included in the request is expired', 403),
  },
} satisfies Record<string, Record<'ec2' | 'sts', () => AwsError>>;

/** S3 has a code of its own ("Error responses"). */
const tooSkewed = (): AwsError =>
  new AwsError(
    'RequestTimeTooSkewed',
    'The difference between the request time and the current time is too large.',
    403,
  );

const incomplete = (message: string): AwsError => new AwsError('IncompleteSignature', message);

/**
 * Verifies Signature Version 4 (IAM user guide, "Create a signed AWS API request") and says who signed. Rules:
 * 1. The Authorization header is whole and for AWS4-HMAC-SHA256; no part of it may be left out.
 * 2. `x-amz-date` is of the scope's day and within `maxSkewMs` of the service's clock, both ways.
 * 3. `host` and every `x-amz-*` header sent are signed.
 * 4. The access key is known, its session token is the one given with it, and it has not expired.
 * 5. The signature is the one that the known secret gives for this service and for the request and body that came.
 */
export class Verifier {
  readonly #now: () => number;
  readonly #maxSkewMs: number;
  readonly #find: (accessKeyId: string) => Credential | undefined;
  /** Signing keys by access key, day, region and service: they are the same for a day. */
  readonly #keys = new Map<string, Buffer>();

  constructor(now: () => number, maxSkewMs: number, find: (accessKeyId: string) => Credential | undefined) {
    this.#now = now;
    this.#maxSkewMs = maxSkewMs;
    this.#find = find;
  }

  verify(request: SignedRequest, service: Service): Signer {
    const { headers } = request;
    const authorization = headers.authorization;
    if (!authorization)
      throw new AwsError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403);
    const match = AUTHORIZATION.exec(authorization);
    if (!match) throw incomplete('Authorization header is not a whole AWS4-HMAC-SHA256 one.');
    const [, accessKeyId = '', day = '', region = '', signedList = '', signature = ''] = match;
    const signed = signedList.split(';');

    const amzDate = text(headers['x-amz-date']);
    const atMs = parseAmzDate(amzDate);
    if (atMs === undefined) throw incomplete('Date must be in ISO-8601 basic format.');
    if (!amzDate.startsWith(day)) throw refusals.signature[service === 'ec2' ? 'ec2' : 'sts']();
    if (Math.abs(atMs - this.#now()) > this.#maxSkewMs)
      throw (service === 's3' ? tooSkewed : refusals.skew[service === 'ec2' ? 'ec2' : 'sts'])();

    const mustSign = ['host', ...Object.keys(headers).filter((name) => name.startsWith('x-amz-'))];
    if (mustSign.some((name) => !signed.includes(name))) throw refusals.signature[service === 'ec2' ? 'ec2' : 'sts']();

    const credential = this.#find(accessKeyId);
    if (!credential || text(headers['x-amz-security-token']) !== (credential.sessionToken ?? ''))
      throw refusals.unknownKey[service === 'ec2' ? 'ec2' : 'sts']();
    if (credential.expiresMs !== undefined && credential.expiresMs <= this.#now())
      throw refusals.expired[service === 'ec2' ? 'ec2' : 'sts']();

    const bodyHash = sha256(request.body);
    const scope = `${day}/${region}/${service}/aws4_request`;
    const toSign = ['AWS4-HMAC-SHA256', amzDate, scope, sha256(canonical(request, signed, bodyHash))].join('\n');
    const expected = hmac(this.#signingKey(credential, day, region, service), toSign);
    if (!timingSafeEqual(expected, Buffer.from(signature, 'hex')))
      throw refusals.signature[service === 'ec2' ? 'ec2' : 'sts']();
    return { credential, region };
  }

  #signingKey(credential: Credential, day: string, region: string, service: Service): Buffer {
    const name = `${credential.accessKeyId}/${day}/${region}/${service}`;
    let key = this.#keys.get(name);
    if (!key) {
      key = [region, service, 'aws4_request'].reduce(hmac, hmac(`AWS4${credential.secretAccessKey}`, day));
      this.#keys.set(name, key);
    }
    return key;
  }
}

/** One header's text; a header sent several times is one text with commas. */
function text(value: string | string[] | undefined): string {
  return Array.isArray(value) ? value.join(',') : (value ?? '');
}

function parseAmzDate(value: string): number | undefined {
  const match = AMZ_DATE.exec(value);
  if (!match) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function canonical(request: SignedRequest, signed: readonly string[], bodyHash: string): string {
  const [path = '/', query = ''] = request.target.split('?', 2);
  const headers = signed.map((name) => `${name}:${text(request.headers[name]).trim().replace(/ +/g, ' ')}\n`).join('');
  return [request.method, path, query.split('&').sort().join('&'), headers, signed.join(';'), bodyHash].join('\n');
}
