import { z } from 'zod';
import { awsSecret, azureSecret, file, secret, url, uuid } from './fields.ts';

const azureBackend = z.enum(['defender', 'nsg']);

/** Azure's subscriptions. */
export const azure = z.strictObject({
  tenantId: uuid.describe('ID of the tenant of the subscriptions.'),
  clientId: uuid.describe('Client ID of the app that Drawbridge signs in as.'),
  clientSecret: azureSecret
    .optional()
    .describe('Client secret of that app. If unset, the default credential chain of @azure/identity is used.'),
  subscriptions: z
    .array(
      z.strictObject({
        id: uuid.describe('ID of the subscription.'),
        tenantId: uuid.optional().describe('Tenant of this subscription, if different; the app must exist there.'),
        backend: azureBackend.optional().describe('Backend for this subscription only.'),
      }),
    )
    .min(1)
    .describe('Subscriptions whose machines can be requested.'),
  backend: azureBackend
    .default('defender')
    .describe(
      'How ports are opened: by just-in-time policies of Defender for Cloud, or by Drawbridge’s own rules in network security groups and firewalls (no Defender plan needed).',
    ),
  entitlement: z
    .enum(['none', 'rbac'])
    .default('none')
    .describe(
      'With rbac, requesters need the Azure permissions Defender asks for: to initiate the JIT policy and to read the VM.',
    ),
  networkManagers: z
    .enum(['read', 'none'])
    .default('read')
    .describe(
      'With none, you say that no Azure Virtual Network Manager manages these networks: where its security admin rules and connected groups may not be read, they count as none instead of “cannot tell”. What can be read counts all the same.',
    ),
  units: z
    .boolean()
    .default(false)
    .describe(
      'Read the management groups above subscriptions, for `unit` in policies. They count where they are shown up to the root; else requests that a `unit` decides are “cannot tell”.',
    ),
  cloud: z.enum(['public', 'usGovernment', 'china']).default('public').describe('Azure cloud to use.'),
  resourceManager: url.optional().describe('Azure Resource Manager URL, if not that cloud’s.'),
  authority: url.optional().describe('Entra ID URL, if not that cloud’s.'),
  caFile: file.optional().describe('File with an additional certificate authority to trust for both.'),
  disableInstanceDiscovery: z
    .boolean()
    .default(false)
    .describe('Skip asking Microsoft whether the authority is genuine.'),
});

/** Google Cloud's projects. */
export const gcp = z.strictObject({
  projects: z
    .array(z.string().regex(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, 'must be the ID of a project'))
    .min(1)
    .describe('IDs of the projects whose machines can be requested. Name the host project of a Shared VPC too.'),
  priority: z
    .number()
    .int()
    .min(0)
    .max(65_534)
    .default(1000)
    .describe(
      'Priority of the firewall rules that Drawbridge opens with. Deny rules with the same number or a smaller one stay stronger.',
    ),
  credentialsFile: file
    .optional()
    .describe(
      'File with credentials: workload identity federation (external_account) or a service account’s key. If unset, Google’s Application Default Credentials are used.',
    ),
  endpoint: url.optional().describe('URL for Compute Engine and Resource Manager, if not Google’s.'),
});

export const awsRegion = z.string().regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/, 'must be a region such as eu-west-1');
const arn = z.string().startsWith('arn:', 'must be an ARN (arn:…)');
export const role = z.strictObject({
  arn: arn.describe('ARN of the role.'),
  externalId: secret.optional().describe('External ID that the role requires.'),
});

/** AWS's accounts. */
export const aws = z.strictObject({
  accounts: z
    .array(
      z.strictObject({
        id: z
          .string()
          .regex(/^\d{12}$/, 'must be 12 digits')
          .describe('ID of the account.'),
        regions: z.array(awsRegion).min(1).describe('Regions to serve.'),
        role: role.optional().describe('Role to assume to open and close.'),
        onboarder: role.optional().describe('Role to assume to protect and unprotect machines; `role` if unset.'),
      }),
    )
    .default([])
    .describe('Accounts whose machines can be requested. Required unless `organization` is set.'),
  organization: z
    .strictObject({
      regions: z.array(awsRegion).min(1).describe('Regions to serve in every account.'),
      role: z.string().min(1).describe('Name of the role to assume in every account to open and close.'),
      onboarder: z
        .string()
        .min(1)
        .optional()
        .describe('Name of the role to assume to protect and unprotect; `role` if unset.'),
      externalId: secret.optional().describe('External ID that these roles require.'),
      partition: z.enum(['aws', 'aws-us-gov', 'aws-cn']).default('aws').describe('Partition of the organization.'),
      lister: role.optional().describe('Role to assume to list the accounts; Drawbridge’s own credentials if unset.'),
    })
    .optional()
    .describe('Serve all active accounts of an organization; the list is read every ten minutes.'),
  units: z
    .strictObject({
      role: role
        .optional()
        .describe(
          'Role to assume, of the management account or a delegated administrator (manifests/aws/units.yaml); `organization.lister`, else Drawbridge’s own credentials, if unset.',
        ),
    })
    .optional()
    .describe(
      'Read the organizational units above accounts, for `unit` in policies. If unset, requests that a `unit` decides are “cannot tell”.',
    ),
  strategy: z
    .enum(['dedicated', 'perRequest'])
    .default('dedicated')
    .describe(
      'dedicated adds a rule per lease to the machine’s JIT security group; perRequest makes a security group per lease, as Defender does.',
    ),
  trace: z
    .boolean()
    .default(true)
    .describe(
      'Put the request’s ID into the session name and source identity of the role, so that CloudTrail shows it. If the role’s trust policy does not allow sts:SetSourceIdentity, the session name alone carries it, and the log has a warning.',
    ),
  entitlement: z
    .string()
    .regex(/^[a-z0-9-]+:[A-Za-z]+$/, 'must be an action such as ec2-instance-connect:OpenTunnel')
    .optional()
    .describe(
      'IAM action that requesters must be allowed on the machine, such as ec2-instance-connect:OpenTunnel. If unset, IAM is not asked.',
    ),
  identityCenter: z
    .strictObject({
      instanceArn: arn.describe('ARN of the instance.'),
      identityStoreId: z.string().min(1).describe('ID of its identity store (d-…).'),
      region: awsRegion.describe('Region of the instance.'),
      account: z
        .string()
        .regex(/^\d{12}$/, 'must be 12 digits')
        .describe('ID of the account that manages it; must be one of `accounts`.'),
    })
    .optional()
    .describe('With `entitlement`, IAM Identity Center to look up the roles of people who have no `aws` of their own.'),
  drift: z
    .strictObject({ queue: z.url('must be a URL').describe('URL of the SQS queue from manifests/aws/drift.yaml.') })
    .optional()
    .describe('Notice changes to security groups, interfaces, and instances within seconds, through EventBridge.'),
  cutSessions: z
    .strictObject({
      document: z
        .string()
        .regex(/^[a-zA-Z0-9_.-]{3,128}$/, 'must be the name of a document')
        .describe('Name of the Systems Manager document from manifests/aws/sessions.yaml.'),
    })
    .optional()
    .describe(
      'For policies with `cutSessions`: when access ends, cut the connections of its source to its ports through Systems Manager, on machines with the tag `drawbridge:cut-sessions`. If unset, nothing is run on machines.',
    ),
  flowLogs: z
    .boolean()
    .default(false)
    .describe(
      'For policies with `endUnused`: read VPC flow logs in CloudWatch Logs, which tell whether anybody connected. If unset, nobody can tell.',
    ),
  foreignInterfaces: z
    .enum(['refuse', 'detach'])
    .default('refuse')
    .describe(
      'If a security group of Drawbridge is also on an interface of something else: open nothing in it, or take it off there (never the last group of an interface).',
    ),
  paced: z
    .boolean()
    .default(true)
    .describe('Stay within EC2’s published API rates, closing first. Set to false if AWS raised yours.'),
  endpoint: url.optional().describe('URL for EC2 and STS; AWS_ENDPOINT_URL if unset.'),
  accessKeyId: awsSecret.optional().describe('Access key. If unset, the SDK’s default credential chain is used.'),
  secretAccessKey: awsSecret.optional().describe('Secret of `accessKeyId`.'),
});
