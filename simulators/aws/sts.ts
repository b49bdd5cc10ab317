import type { Caller, Credentials } from './credentials.ts';
import { AwsError } from './errors.ts';
import type { Query } from './query.ts';
import { instant, leaf, node } from './xml.ts';

/** The one version of the STS API. */
export const STS_VERSION = '2011-06-15';

interface StsCall {
  readonly query: Query;
  readonly caller: Caller;
  readonly credentials: Credentials;
}

const NAME = /^[\w+=,.@-]{2,64}$/;
const EXTERNAL_ID = /^[\w+=,.@:/-]{2,1224}$/;
const ROLE_ARN = /^arn:aws(?:-us-gov|-cn)?:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/;
const HOUR_S = 3600;

const invalid = (message: string): AwsError => new AwsError('ValidationError', message);

function constrained(query: Query, name: string, pattern: RegExp): string | undefined {
  const value = query.text(name);
  if (value !== undefined && !pattern.test(value))
    throw invalid(
      `1 validation error detected: Value '${value}' at '${name}' failed to satisfy constraint: ${pattern}`,
    );
  return value;
}

function needed(value: string | undefined, name: string): string {
  if (value === undefined)
    throw invalid(`1 validation error detected: Value null at '${name}' failed: must not be null`);
  return value;
}

/** Unknown parameters are refused here too, under the one code that STS has for what it cannot read. */
function end(query: Query): void {
  try {
    query.end();
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : 'Unknown parameter');
  }
}

function checkTags(query: Query): void {
  const tags = query.struct('Tags')?.structs('member') ?? [];
  if (tags.length > 50) throw invalid('At most 50 session tags');
  const keys = tags.map((tag) => {
    const key = needed(constrained(tag, 'Key', /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u), 'Tags.Key');
    needed(constrained(tag, 'Value', /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u), 'Tags.Value');
    return key.toLowerCase();
  });
  if (new Set(keys).size < keys.length)
    throw new AwsError(
      'InvalidParameterValue',
      'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
    );
}

/** AssumeRole: the role must exist and trust whoever knows its external id. */
function assumeRole({ query, caller, credentials }: StsCall): string {
  const arn = needed(constrained(query, 'RoleArn', ROLE_ARN), 'RoleArn');
  const session = needed(constrained(query, 'RoleSessionName', NAME), 'RoleSessionName');
  const externalId = constrained(query, 'ExternalId', EXTERNAL_ID);
  const sourceIdentity = constrained(query, 'SourceIdentity', NAME);
  const seconds = Number(constrained(query, 'DurationSeconds', /^\d{1,6}$/) ?? HOUR_S);
  checkTags(query);
  end(query);
  if (seconds < 900 || seconds > 12 * HOUR_S)
    throw invalid(`1 validation error detected: Value '${seconds}' at 'durationSeconds' must be from 900 to 43200`);

  const role = credentials.role(arn);
  const changesIdentity =
    caller.sourceIdentity !== undefined && (sourceIdentity ?? caller.sourceIdentity) !== caller.sourceIdentity;
  // Without `sts:SetSourceIdentity` in the trust policy (IAM user guide, "Permissions required to set source identity").
  const isRefused = sourceIdentity !== undefined && role?.refusesIdentity === true;
  if (!role || role.externalId !== externalId || changesIdentity || isRefused)
    throw new AwsError(
      'AccessDenied',
      `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${arn}`,
      403,
    );
  if (seconds > role.maxSessionSeconds)
    throw invalid('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  if (caller.assumed && seconds > HOUR_S)
    throw invalid('The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining');

  const identity = sourceIdentity ?? caller.sourceIdentity;
  const given = credentials.addSession(role, session, seconds, identity);
  return (
    node(
      'Credentials',
      leaf('AccessKeyId', given.accessKeyId) +
        leaf('SecretAccessKey', given.secretAccessKey) +
        leaf('SessionToken', given.sessionToken) +
        leaf('Expiration', instant(given.expiresMs ?? 0)),
    ) +
    node('AssumedRoleUser', leaf('AssumedRoleId', given.caller.userId) + leaf('Arn', given.caller.arn)) +
    leaf('SourceIdentity', identity)
  );
}

/**
 * AssumeRoleWithWebIdentity, which nobody signs: the token says who calls. It has neither SourceIdentity nor ExternalId. The
 * token's signature is not checked here, only what it says.
 */
export function assumeRoleWithWebIdentity(query: Query, credentials: Credentials, nowMs: number): string {
  const arn = needed(constrained(query, 'RoleArn', ROLE_ARN), 'RoleArn');
  const session = needed(constrained(query, 'RoleSessionName', NAME), 'RoleSessionName');
  const token = needed(query.text('WebIdentityToken'), 'WebIdentityToken');
  const seconds = Number(constrained(query, 'DurationSeconds', /^\d{1,6}$/) ?? HOUR_S);
  query.text('Action');
  query.text('Version');
  end(query);
  const [, payload = ''] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString() || '{}') as Readonly<Record<string, unknown>>;
  const known = credentials.webRole(arn);
  if (!known || Object.entries(known.trusts).some(([claim, value]) => claims[claim] !== value))
    throw new AwsError('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity', 403);
  if (!(Number(claims.exp) * 1000 > nowMs)) throw new AwsError('ExpiredTokenException', 'Token expired.', 400);
  const given = credentials.addSession(known.role, session, seconds, undefined);
  return node(
    'Credentials',
    leaf('AccessKeyId', given.accessKeyId) +
      leaf('SecretAccessKey', given.secretAccessKey) +
      leaf('SessionToken', given.sessionToken) +
      leaf('Expiration', instant(given.expiresMs ?? 0)),
  );
}

function getCallerIdentity({ query, caller }: StsCall): string {
  end(query);
  return leaf('Arn', caller.arn) + leaf('UserId', caller.userId) + leaf('Account', caller.account);
}

/** Security Token Service, as far as the simulator knows it: each action gives the inside of its result element. */
export const stsActions: ReadonlyMap<string, (call: StsCall) => string> = new Map([
  ['AssumeRole', assumeRole],
  ['GetCallerIdentity', getCallerIdentity],
]);
