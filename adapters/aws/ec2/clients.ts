import { EC2Client, type EC2ClientConfig } from '@aws-sdk/client-ec2';
import type { IAMClient, IAMClientConfig } from '@aws-sdk/client-iam';
import type { ServiceQuotasClientConfig } from '@aws-sdk/client-service-quotas';
import type { SQSClientConfig } from '@aws-sdk/client-sqs';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import type { Instant } from '../../../src/core/language/instant.ts';
import type { Allowed, CallOptions } from '../../../src/kit/call.ts';
import { callWithin, ENDLESS } from '../../../src/kit/time-limit.ts';
import { asJitError } from '../errors.ts';
import type { Strategy } from './context.ts';
import type { Where } from './ids.ts';
import type { Quotas } from './throttle.ts';

export interface AwsSettings {
  readonly accounts: readonly AwsAccount[];
  /** All accounts of an organization besides, each with these roles. */
  readonly organization?: OrganizationSettings;
  /** EC2 and STS somewhere else; without it the SDK's own `AWS_ENDPOINT_URL` or AWS itself. */
  readonly endpoint?: string;
  /** Without it the SDK's default chain: environment, profile, container or instance role. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** The action that IAM is asked about in place of asking for access; without it IAM is not asked. */
  readonly entitlement?: string;
  /** Where the roles of people are found who have none of their own. */
  readonly identityCenter?: IdentityCenterSettings;
  /** URL of an SQS queue that tells what somebody changed. */
  readonly drift?: string;
  /** How leases are opened; `dedicated` unless told. */
  readonly strategy?: Strategy;
  /** Name the request in the session and the source identity of the role that opens for it. */
  readonly trace?: boolean;
  /** Keep to EC2's published rates. An account whose rates AWS has raised may do without. */
  readonly paced?: boolean;
  /** The longest that one call may take with its retries, in milliseconds. */
  readonly callMs?: number;
}

export interface AwsAccount {
  /** Twelve digits. */
  readonly id: string;
  readonly regions: readonly string[];
  /** The role to assume there; without it the program's own credentials are used as they are. */
  readonly role?: Role;
  /** The role for protecting machines and ending that; `role` unless told. */
  readonly onboarder?: Role;
}

export interface IdentityCenterSettings {
  readonly instanceArn: string;
  readonly identityStoreId: string;
  readonly region: string;
  /** The account that manages it. */
  readonly account: string;
}

/** IAM of an account; throws `cloudRefused` for one that is not configured. */
export type IamOf = (account: string) => IAMClient;

/** What CloudTrail shows of a role that is assumed: 2 to 64 of `\w+=,.@-` each (STS API reference, AssumeRole). */
export interface Session {
  readonly name: string;
  readonly identity?: string;
}

export function sessionFor(request: string, requester: string): Session {
  const tidied = (text: string) => text.replace(/[^\w+=,.@-]/g, '-').slice(0, 64);
  return { name: tidied(`drawbridge-${request}`), identity: tidied(`${requester}.${request}`) };
}

interface OrganizationSettings {
  readonly regions: readonly string[];
  /** Names of the roles that are in every account, as in `AwsAccount`. */
  readonly role: string;
  readonly onboarder?: string;
  readonly externalId?: string;
  /** `aws`, `aws-us-gov`, `aws-cn`. */
  readonly partition?: string;
  /** The role that may list the accounts; without it the program's own credentials must. */
  readonly lister?: Role;
}

interface Role {
  readonly arn: string;
  readonly externalId?: string;
}

/** EC2 of one account in one region. */
export interface Client extends Where {
  /** Makes one call within its time; errors are JitErrors whose cause is the SDK's error. */
  call<T>(signal: AbortSignal, send: (ec2: EC2Client, options: CallOptions) => Promise<T>): Promise<T>;
  /** The same for a call that changes something: `beforeCall` is asked before every attempt to send this input. */
  change<T>(
    input: object,
    { signal, beforeCall }: Allowed,
    send: (ec2: EC2Client, options: CallOptions) => Promise<T>,
  ): Promise<T>;
  /** The `Date` header of the newest reply, UTC. */
  cloudNow(): Instant | undefined;
}

/** One try again at once for a cut connection; what lasts longer is for converge, which lets go of its locks between tries. */
const MAX_ATTEMPTS = 2;
const CONNECT_MS = 3_000;
/** How long a role is assumed for: the most that a role assumed by a role may have (IAM, role chaining). */
const SESSION_S = 3_600;

/** The client of an account in a region; it connects when it is first needed. `callMs` is the longest a call may take with its retries. */
export function clientFor(
  account: AwsAccount,
  region: string,
  settings: AwsSettings,
  callMs: number,
  quotas?: Quotas,
  session: Session = { name: 'drawbridge' },
): Client {
  let client: EC2Client | undefined;
  let cloudNow: Instant | undefined;
  const checks = new WeakMap<object, () => void>();
  const connect = () => {
    const ec2 = new EC2Client(sdkConfig(account, region, settings, callMs, session));
    ec2.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        cloudNow = dateOf(result.response) ?? cloudNow;
        return result;
      },
      { step: 'deserialize', name: 'cloudClock' },
    );
    // NB. Behind the SDK's own retries, so that it is asked before each of them.
    ec2.middlewareStack.add(
      (next, { commandName = '' }) =>
        async (args) => {
          const action = commandName.replace(/Command$/, '');
          // A wait for a quota is short.
          await quotas?.pass(action, ENDLESS);
          checks.get(args.input)?.();
          try {
            return await next(args);
          } catch (error) {
            if (error instanceof Error && error.name === 'RequestLimitExceeded') quotas?.exhausted(action);
            throw error;
          }
        },
      { step: 'finalizeRequest', name: 'beforeCall', priority: 'low' },
    );
    return ec2;
  };
  const call: Client['call'] = (signal, send) =>
    callWithin({ signal, limitMs: callMs, asError: asJitError }, (abortSignal) => {
      client ??= connect();
      return send(client, { abortSignal });
    });
  return {
    account: account.id,
    region,
    cloudNow: () => cloudNow,
    call,
    change(input, { signal, beforeCall }, send) {
      checks.set(input, beforeCall);
      return call(signal, send);
    },
  };
}

/** What every client of the SDK is made with: region, credentials, time limits. */
export function sdkConfig(
  account: AwsAccount,
  region: string,
  settings: AwsSettings,
  callMs: number,
  { name, identity }: Session = { name: 'drawbridge' },
): EC2ClientConfig & IAMClientConfig & ServiceQuotasClientConfig & SQSClientConfig {
  const { endpoint, credentials: own } = settings;
  const requestHandler = { connectionTimeout: CONNECT_MS, requestTimeout: callMs, throwOnRequestTimeout: true };
  const common = { region, requestHandler, maxAttempts: MAX_ATTEMPTS, ...(endpoint ? { endpoint } : {}) };
  const { role } = account;
  const credentials = role
    ? fromTemporaryCredentials({
        ...(own ? { masterCredentials: own } : {}),
        clientConfig: common,
        params: {
          RoleArn: role.arn,
          RoleSessionName: name,
          ...(identity === undefined ? {} : { SourceIdentity: identity }),
          DurationSeconds: SESSION_S,
          ...(role.externalId ? { ExternalId: role.externalId } : {}),
        },
      })
    : own;
  return { ...common, retryMode: 'standard', userAgentAppId: 'drawbridge', ...(credentials ? { credentials } : {}) };
}

function dateOf(response: unknown): Instant | undefined {
  const { headers } = response as { readonly headers?: Readonly<Record<string, string>> };
  const at = Date.parse(headers?.date ?? '');
  return Number.isNaN(at) ? undefined : at;
}
