import type { EC2ClientConfig } from '@aws-sdk/client-ec2';
import type { IAMClientConfig } from '@aws-sdk/client-iam';
import type { ServiceQuotasClientConfig } from '@aws-sdk/client-service-quotas';
import type { SQSClientConfig } from '@aws-sdk/client-sqs';
import type { SSMClientConfig } from '@aws-sdk/client-ssm';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import type { AwsAccount, FullSettings } from '../settings.ts';
import { pluginsFor } from './watch.ts';

/** One try again at once for a cut connection; what lasts longer is for converge, which lets go of its locks between tries. */
const MAX_ATTEMPTS = 2;
const CONNECT_MS = 3_000;
/** How long a role is assumed for: the most that a role assumed by a role may have (IAM, role chaining). */
const SESSION_S = 3_600;

/** What CloudTrail shows of a role that is assumed: 2 to 64 of `\w+=,.@-` each (STS API reference, AssumeRole). */
export interface Session {
  readonly name: string;
  readonly identity?: string;
}

export function sessionFor(request: string, requester: string): Session {
  const tidied = (text: string) => text.replace(/[^\w+=,.@-]/g, '-').slice(0, 64);
  return { name: tidied(`drawbridge-${request}`), identity: tidied(`${requester}.${request}`) };
}

/** Who calls, and where. */
export interface AwsCaller {
  readonly account: AwsAccount;
  readonly region: string;
  readonly session?: Session;
}

const USUAL: Session = { name: 'drawbridge' };

/** What every client of the SDK is made with: region, credentials, time limits. */
export function sdkConfig(
  { account, region, session: { name, identity } = USUAL }: AwsCaller,
  settings: FullSettings,
): EC2ClientConfig & IAMClientConfig & ServiceQuotasClientConfig & SQSClientConfig & SSMClientConfig {
  const { endpoint, credentials: own, callMs, called } = settings;
  const requestHandler = { connectionTimeout: CONNECT_MS, requestTimeout: callMs, throwOnRequestTimeout: true };
  const common = { region, requestHandler, maxAttempts: MAX_ATTEMPTS, ...(endpoint ? { endpoint } : {}) };
  const { role } = account;
  const credentials = role
    ? fromTemporaryCredentials({
        ...(own ? { masterCredentials: own } : {}),
        clientConfig: common,
        clientPlugins: pluginsFor(account.id, called),
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
