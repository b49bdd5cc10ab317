import { type IAMClient, ListRolesCommand } from '@aws-sdk/client-iam';
import { GetUserIdCommand, IdentitystoreClient } from '@aws-sdk/client-identitystore';
import {
  DescribePermissionSetCommand,
  ListAccountAssignmentsForPrincipalCommand,
  SSOAdminClient,
} from '@aws-sdk/client-sso-admin';
import { JitError } from '../../../src/core/errors/errors.ts';
import { within } from '../../../src/kit/time-limit.ts';
import type { Aws } from '../ec2/context.ts';
import { ownAnswers } from '../ec2/own-answers.ts';
import { sdkConfig } from '../ec2/sdk-config.ts';
import { CLOUD } from '../errors.ts';
import type { IdentityCenterSettings } from '../settings.ts';

/** Where the roles of permission sets are in each account ("Permission set role", IAM Identity Center user guide). */
const PATH = '/aws-reserved/sso.amazonaws.com/';
/** More than anybody has in one account. */
const MOST_SETS = 100;

/** IAM of an account; throws `cloudRefused` for one that is not configured. */
export type IamOf = (account: string) => IAMClient;

/** Gives the ARNs of the roles that a user of Identity Center may take in an account, by own assignment or a group's. */
export type RolesOf = (user: string, account: string, signal: AbortSignal) => Promise<readonly string[]>;

export function identityCenterOf(
  aws: Aws,
  { instanceArn, identityStoreId, region, account: home }: IdentityCenterSettings,
  iamOf: IamOf,
): RolesOf {
  const managing = aws.sites.organization.account(home);
  if (!managing) throw new JitError('cloudRefused', { cloud: CLOUD, code: 'IdentityCenterOfNoConfiguredAccount' });
  const { callMs } = aws.settings;
  const config = sdkConfig({ account: managing, region }, aws.settings);
  const store = ownAnswers(new IdentitystoreClient(config));
  const admin = ownAnswers(new SSOAdminClient(config));
  return async (user, account, signal) => {
    const options = () => ({ abortSignal: within(signal, callMs) });
    const UniqueAttribute = { AttributePath: 'userName', AttributeValue: user };
    const named = { IdentityStoreId: identityStoreId, AlternateIdentifier: { UniqueAttribute } };
    const { UserId } = await store.send(new GetUserIdCommand(named), options());
    const sets = new Set<string>();
    let token: { NextToken?: string } = {};
    do {
      const ask = {
        InstanceArn: instanceArn,
        PrincipalId: UserId,
        PrincipalType: 'USER' as const,
        Filter: { AccountId: account },
        ...token,
      };
      const page = await admin.send(new ListAccountAssignmentsForPrincipalCommand(ask), options());
      for (const one of page.AccountAssignments ?? [])
        if (one.AccountId === account && one.PermissionSetArn) sets.add(one.PermissionSetArn);
      token = page.NextToken ? { NextToken: page.NextToken } : {};
    } while (token.NextToken && sets.size < MOST_SETS);
    if (sets.size === 0) return [];
    const names = await Promise.all(
      [...sets].map(async (PermissionSetArn) => {
        const input = { InstanceArn: instanceArn, PermissionSetArn };
        return (await admin.send(new DescribePermissionSetCommand(input), options())).PermissionSet?.Name ?? '';
      }),
    );
    return rolesNamed(iamOf(account), names, options);
  };
}

/** `AWSReservedSSO_<permission set>_<sixteen digits>` in the account. */
async function rolesNamed(
  iam: ReturnType<IamOf>,
  names: readonly string[],
  options: () => { abortSignal: AbortSignal },
): Promise<readonly string[]> {
  const found: string[] = [];
  let marker: { Marker?: string } = {};
  do {
    const { Roles = [], Marker } = await iam.send(new ListRolesCommand({ PathPrefix: PATH, ...marker }), options());
    for (const { RoleName = '', Arn } of Roles) {
      const [, name] = /^AWSReservedSSO_(.+)_[0-9a-f]{16}$/.exec(RoleName) ?? [];
      if (Arn && name !== undefined && names.includes(name)) found.push(Arn);
    }
    marker = Marker ? { Marker } : {};
  } while (marker.Marker);
  return found;
}
