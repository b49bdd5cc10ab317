import { z } from 'zod';
import { secret, url, uuid } from './fields.ts';

const azureBackend = z.enum(['defender', 'nsg']);

/** Azure's subscriptions. */
export const azure = z.strictObject({
  tenantId: uuid.describe('Tenant of the subscriptions.'),
  clientId: uuid.describe('App that Drawbridge signs in as.'),
  clientSecret: secret.optional().describe('Its secret; without it the default chain of @azure/identity is used.'),
  subscriptions: z
    .array(
      z.strictObject({
        id: uuid,
        tenantId: uuid.optional().describe('Its tenant, where it is another one; the app must be known there.'),
        backend: azureBackend.optional().describe('For this subscription alone.'),
      }),
    )
    .min(1)
    .describe('Subscriptions whose machines may be asked for.'),
  backend: azureBackend
    .default('defender')
    .describe(
      'How ports are opened: by Defender’s just-in-time policies, or by rules of our own in network security groups (no Defender plan needed).',
    ),
  entitlement: z
    .enum(['none', 'rbac'])
    .default('none')
    .describe(
      'rbac: whoever asks must hold, by Azure roles, what Defender asks of people: initiate on the policy, read on the VM.',
    ),
  cloud: z.enum(['public', 'usGovernment', 'china']).default('public').describe('Which of Azure’s clouds.'),
  resourceManager: url.optional().describe('Azure Resource Manager somewhere else than in that cloud.'),
  authority: url.optional().describe('Entra ID somewhere else than in that cloud.'),
  caFile: z.string().optional().describe('Certificate authority to trust for these, besides the system’s.'),
  disableInstanceDiscovery: z
    .boolean()
    .default(false)
    .describe('Do not ask Microsoft whether the authority is genuine.'),
});

const awsRegion = z.string().regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/, 'must be a region such as eu-west-1');
const role = z.strictObject({ arn: z.string().startsWith('arn:'), externalId: secret.optional() });

/** AWS's accounts. */
export const aws = z.strictObject({
  accounts: z
    .array(
      z.strictObject({
        id: z
          .string()
          .regex(/^\d{12}$/, 'must be 12 digits')
          .describe('Account id.'),
        regions: z.array(awsRegion).min(1).describe('Regions to look in.'),
        role: role.optional().describe('Role to assume there, to open and close.'),
        onboarder: role
          .optional()
          .describe('Role to assume there to protect machines, and to end that; without it the same role.'),
      }),
    )
    .default([])
    .describe('Accounts whose machines may be asked for; or name the organization.'),
  organization: z
    .strictObject({
      regions: z.array(awsRegion).min(1).describe('Regions to look in, in every account.'),
      role: z.string().min(1).describe('Name of the role that opens and closes, in every account.'),
      onboarder: z.string().min(1).optional().describe('Name of the role that protects; without it the same.'),
      externalId: secret.optional().describe('What these roles ask for.'),
      partition: z.enum(['aws', 'aws-us-gov', 'aws-cn']).default('aws').describe('Where the organization is.'),
      lister: role
        .optional()
        .describe('Role that may list the accounts; without it Drawbridge’s own credentials must.'),
    })
    .optional()
    .describe('All active accounts of an organization, read every ten minutes.'),
  strategy: z
    .enum(['dedicated', 'perRequest'])
    .default('dedicated')
    .describe('A rule for each lease in the machine’s own security group, or a group for each, as Defender does it.'),
  trace: z
    .boolean()
    .default(true)
    .describe(
      'Open as a session of the role whose name and source identity name the request, so that CloudTrail has it. The role’s trust must allow sts:SetSourceIdentity.',
    ),
  entitlement: z
    .string()
    .regex(/^[a-z0-9-]+:[A-Za-z]+$/, 'must be an action such as ec2-instance-connect:OpenTunnel')
    .optional()
    .describe(
      'Whoever asks must be allowed this action on the machine by IAM, such as ec2-instance-connect:OpenTunnel: AWS has none for asking. Without it IAM is not asked.',
    ),
  identityCenter: z
    .strictObject({
      instanceArn: z.string().startsWith('arn:').describe('ARN of the instance.'),
      identityStoreId: z.string().min(1).describe('Id of its identity store: d-…'),
      region: awsRegion.describe('Region that it is in.'),
      account: z
        .string()
        .regex(/^\d{12}$/, 'must be 12 digits')
        .describe('Account that manages it; one of `accounts`.'),
    })
    .optional()
    .describe(
      'With entitlement: who has no role under `people` is asked about by the roles that IAM Identity Center gives.',
    ),
  drift: z
    .strictObject({ queue: z.url().describe('URL of an SQS queue that EventBridge fills (manifests/aws/drift.yaml).') })
    .optional()
    .describe('Hear within seconds when somebody changes a security group, an interface or an instance.'),
  paced: z
    .boolean()
    .default(true)
    .describe('Keep to EC2’s published rates, closing first. Off for accounts whose rates AWS has raised.'),
  endpoint: url.optional().describe('EC2 and STS somewhere else; without it the SDK’s own AWS_ENDPOINT_URL.'),
  accessKeyId: secret.optional().describe('Without it the SDK’s default chain of credentials is used.'),
  secretAccessKey: secret.optional().describe('Goes with accessKeyId.'),
});
