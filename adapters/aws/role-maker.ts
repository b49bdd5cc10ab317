import {
  CreateRoleCommand,
  DeleteRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  ListRoleTagsCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { JitError } from '../../src/core/errors/errors.ts';
import { SECOND_MS } from '../../src/core/language/instant.ts';
import { callWithin } from '../../src/kit/time-limit.ts';
import type { FoundRole, PolicyDocument, RoleChange, TrustedRoleMaker } from '../../src/ports/role-maker.ts';
import { asJitError, CLOUD, codeOf, refused } from './errors.ts';

const LIMIT_MS = 20 * SECOND_MS;
/** Which installation of Drawbridge a role was made for. */
const TAG = 'drawbridge:installation';
/** What a list of a role may have at most here ("IAM and AWS STS quotas"): more pages are not read. */
const MAX_ITEMS = 1_000;

type Within = <T>(signal: AbortSignal, work: (abortSignal: AbortSignal) => Promise<T>) => Promise<T>;

/** Roles of the account that the SDK's default chain signs in to; `endpoint` is that of an emulator. */
export function awsRoleMaker(access: { readonly region: string; readonly endpoint?: string }): TrustedRoleMaker {
  const { region, endpoint } = access;
  const config = { region, maxAttempts: 2, userAgentAppId: 'drawbridge', ...(endpoint ? { endpoint } : {}) };
  const iam = new IAMClient(config);
  const within: Within = (signal, work) => callWithin({ signal, limitMs: LIMIT_MS, asError }, work);
  return {
    account: (signal) =>
      within(signal, async (abortSignal) => {
        const { Account, Arn } = await new STSClient(config).send(new GetCallerIdentityCommand(), { abortSignal });
        const [, partition] = Arn?.split(':') ?? [];
        if (!Account || !partition) throw refused('NoIdentity');
        return { id: Account, partition };
      }),
    find: (name, signal) => within(signal, (abortSignal) => found(iam, name, abortSignal)),
    write: (name, change, signal) => within(signal, (abortSignal) => write(iam, name, change, abortSignal)),
  };
}

/** What the SDK's default chain throws where none of its ways has anything. */
function asError(error: unknown): unknown {
  return (error as Error).name === 'CredentialsProviderError'
    ? new JitError('noCloudSignIn', { cloud: CLOUD, how: 'aws sso login' }, { cause: error })
    : asJitError(error);
}

async function found(iam: IAMClient, RoleName: string, abortSignal: AbortSignal): Promise<FoundRole | undefined> {
  const options = { abortSignal };
  const role = await roleNamed(iam, RoleName, abortSignal);
  if (!role) return undefined;
  const page = { RoleName, MaxItems: MAX_ITEMS };
  const [tags, attached, inline] = await Promise.all([
    iam.send(new ListRoleTagsCommand(page), options),
    iam.send(new ListAttachedRolePoliciesCommand(page), options),
    iam.send(new ListRolePoliciesCommand(page), options),
  ]);
  if (tags.IsTruncated || attached.IsTruncated || inline.IsTruncated) throw refused('TooManyToRead');
  const policies = await Promise.all(
    (inline.PolicyNames ?? []).map(async (PolicyName) => {
      const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }), options);
      return [PolicyName, documentOf(PolicyDocument)] as const;
    }),
  );
  const installation = tags.Tags?.find(({ Key }) => Key === TAG)?.Value;
  return {
    name: RoleName,
    sessionS: role.MaxSessionDuration ?? 0,
    trust: documentOf(role.AssumeRolePolicyDocument),
    policies: new Map(policies),
    attached: (attached.AttachedPolicies ?? []).map(({ PolicyArn = '' }) => PolicyArn),
    ...(installation === undefined ? {} : { installation }),
  };
}

async function roleNamed(iam: IAMClient, RoleName: string, abortSignal: AbortSignal) {
  try {
    return (await iam.send(new GetRoleCommand({ RoleName }), { abortSignal })).Role;
  } catch (error) {
    // NB. The call's own error is `NoSuchEntity`, the SDK's class for it `NoSuchEntityException`.
    if (codeOf(error)?.startsWith('NoSuchEntity')) return undefined;
    throw error;
  }
}

/** "Policies returned by this operation are URL-encoded compliant with RFC 3986" (IAM API reference, GetRole). */
function documentOf(text: string | undefined): PolicyDocument {
  try {
    const document: unknown = JSON.parse(decodeURIComponent(text ?? ''));
    if (typeof document === 'object' && document !== null && !Array.isArray(document)) return { ...document };
  } catch {
    // What cannot be read is told below.
  }
  throw refused('UnreadablePolicy');
}

async function write(iam: IAMClient, RoleName: string, change: RoleChange, abortSignal: AbortSignal): Promise<void> {
  const options = { abortSignal };
  switch (change.kind) {
    case 'create': {
      const { trust, sessionS, installation } = change.role;
      const role = {
        RoleName,
        AssumeRolePolicyDocument: JSON.stringify(trust),
        MaxSessionDuration: sessionS,
        Tags: [{ Key: TAG, Value: installation }],
      };
      await iam.send(new CreateRoleCommand(role), options);
      return;
    }
    case 'trust': {
      const PolicyDocument = JSON.stringify(change.trust);
      await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }), options);
      return;
    }
    case 'session':
      await iam.send(new UpdateRoleCommand({ RoleName, MaxSessionDuration: change.sessionS }), options);
      return;
    case 'policy': {
      const PolicyDocument = JSON.stringify(change.document);
      await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: change.policy, PolicyDocument }), options);
      return;
    }
    case 'removePolicy':
      await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: change.policy }), options);
  }
}
