import { SECOND_MS } from '../../src/core/language/instant.ts';
import type { CallWatch } from '../../src/ports/meter.ts';

/** `dedicated`: a rule for each lease in the machine's own group. `perRequest`: a group for each lease. */
export type StrategyName = 'dedicated' | 'perRequest';

export interface AwsSettings {
  readonly accounts: readonly AwsAccount[];
  /** All accounts of an organization besides, each with these roles. */
  readonly organization?: OrganizationSettings;
  /** Read the organizational units above accounts; without it they are not known. */
  readonly units?: { readonly role?: Role };
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
  readonly strategy?: StrategyName;
  /** Name the request in the session and the source identity of the role that opens for it. */
  readonly trace?: boolean;
  /** What becomes of a group of ours on an interface that is not its machine's: nothing is opened, or it is taken off there. */
  readonly foreignInterfaces?: 'refuse' | 'detach';
  /** Name of the Systems Manager document that cuts sessions at the end; without it they go on. */
  readonly cutSessions?: string;
  /** Read flow logs, to tell whether anybody connected; without it nobody can tell. */
  readonly flowLogs?: boolean;
  /** Keep to EC2's published rates. An account whose rates AWS has raised may do without. */
  readonly paced?: boolean;
  /** The longest that one call may take with its retries, in milliseconds. */
  readonly callMs?: number;
}

/** The settings with what is usual in them. */
export interface FullSettings extends AwsSettings {
  readonly strategy: StrategyName;
  readonly callMs: number;
  /** Sees every call. */
  readonly called?: CallWatch | undefined;
}

const CALL_MS = 5 * SECOND_MS;

export function fullSettings({ strategy = 'dedicated', callMs = CALL_MS, ...settings }: AwsSettings): FullSettings {
  return { ...settings, strategy, callMs };
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

export interface Role {
  readonly arn: string;
  readonly externalId?: string;
}
