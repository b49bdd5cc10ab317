import { z } from 'zod';
import { isGroupSubject } from '../core/people/person.ts';
import { awsRegion, role } from './clouds.ts';
import { duration, file, membersIn, name, names, secret, source, subject, url, uuid } from './fields.ts';
import { work } from './hours.ts';

const slackId = z.string().regex(/^[UW][A-Z0-9]+$/, 'must be a Slack user ID such as U0123ABCD');

/** A line of a public key file. */
const sshKey = z.custom<string>(
  (text) => typeof text === 'string' && isSshKey(text),
  'must be a public SSH key such as ssh-ed25519 AAAA…, of type ed25519, ecdsa, rsa (2048 bits or more), or one of these in a FIDO token (sk-)',
);

function isSshKey(text: string): boolean {
  const [, type = '', blob = ''] =
    /^((?:sk-)?ssh-ed25519(?:@openssh\.com)?|(?:sk-)?ecdsa-sha2-nistp(?:256|384|521)(?:@openssh\.com)?|ssh-rsa) ([A-Za-z0-9+/]+=*)(?: .*)?$/.exec(
      text.trim(),
    ) ?? [];
  const bytes = Buffer.from(blob, 'base64');
  const isShort = type === 'ssh-rsa' && bytes.length < 270;
  return bytes.length > 4 && bytes.subarray(4, 4 + bytes.readUInt32BE()).toString('latin1') === type && !isShort;
}

/** Of the file, of Entra, or of Slack. */
export const ID = /^(?:[a-z0-9][a-z0-9-]{0,39}|[UW][A-Z0-9]{6,20})$/;

/** Where people come from besides the file. */
export const directory = z
  .strictObject({
    entra: z
      .strictObject({
        tenantId: uuid.describe('ID of the tenant whose people and groups are read through Microsoft Graph.'),
        clientId: uuid.describe('Client ID of the app that reads them: see manifests/entra/permissions.md.'),
        clientSecret: secret
          .optional()
          .describe('Client secret of that app. If unset, the default credential chain of @azure/identity is used.'),
        guests: z
          .boolean()
          .default(false)
          .describe('Let guests of the tenant be meant by its groups and attributes too, not only by name.'),
        identityCenter: z
          .enum(['none', 'userPrincipalName', 'mail'])
          .default('none')
          .describe(
            'Which of them is the user name in IAM Identity Center, for `aws.entitlement` with `aws.identityCenter`; provisioning from Entra uses userPrincipalName unless it was changed.',
          ),
        absence: z
          .enum(['none', 'mailbox'])
          .default('none')
          .describe('With mailbox, automatic replies tell who is away; needs MailboxSettings.Read.'),
        cloud: z
          .enum(['public', 'usGovernment', 'usGovernmentDod', 'china'])
          .default('public')
          .describe('Microsoft cloud of the tenant.'),
        graph: url.optional().describe('Microsoft Graph URL, if not that cloud’s.'),
        authority: url.optional().describe('Entra ID URL, if not that cloud’s.'),
        caFile: file.optional().describe('File with an additional certificate authority to trust for both.'),
        disableInstanceDiscovery: z
          .boolean()
          .default(false)
          .describe('Skip asking Microsoft whether the authority is genuine.'),
      })
      .optional()
      .describe('Know the people and groups of a tenant of Entra ID; nobody has to be listed under `people`.'),
    identityCenter: z
      .strictObject({
        identityStoreId: z
          .string()
          .regex(/^d-[0-9a-f]{10}$/, 'must be the ID of an identity store such as d-1234567890')
          .describe('ID of the identity store (d-…).'),
        region: awsRegion.describe('Region of the instance: no other one answers.'),
        role: role
          .optional()
          .describe(
            'Role to assume to read it (see manifests/aws/people.yaml); Drawbridge’s own credentials if unset.',
          ),
        issuer: z
          .string()
          .min(1)
          .max(100)
          .optional()
          .describe(
            'Issuer of the external IDs of its users, where provisioning writes the Entra object ID into them: links users to people of Entra. If unset, user names do (`directory.entra.identityCenter`, `people[].identityCenter`).',
          ),
        endpoint: url.optional().describe('Identity Store and STS URL, if not AWS’s own.'),
      })
      .optional()
      .describe(
        'Read users and groups (`idc:`) of IAM Identity Center, for people whom the file, Entra, or Slack knows. It makes nobody known: it need not tell that an account is switched off.',
      ),
    slack: z
      .boolean()
      .default(false)
      .describe(
        'Read people and user groups from Slack. Without `entra`, everybody in the workspace is known by their Slack user ID; with it, a Slack account is linked to one of Entra.',
      ),
    links: z
      .record(slackId, uuid)
      .default({})
      .describe('Entra object IDs by Slack user ID: who is who, for those whom `people` does not list.'),
    furtherAccounts: z
      .record(uuid, uuid)
      .default({})
      .describe(
        'Entra object IDs of further accounts of people, such as those for administration, each with the object ID of their owner’s own account: both are one person, who counts once and never approves their own request. Roles and groups are those of the own account.',
      ),
    mailDomains: z
      .array(z.string().regex(/^[a-z0-9.-]+\.[a-z]{2,}$/, 'must be a domain in lower case such as example.com'))
      .default([])
      .describe(
        'Link a Slack account to the Entra account (without `entra`: to the user of IAM Identity Center) with the same confirmed e-mail address, for addresses of these domains alone. Only where nobody can choose their own address.',
      ),
    keep: duration
      .default(300_000)
      .describe('How long a record may be shown. Whatever decides or opens is always read anew.'),
  })
  .prefault({});

export const person = z.strictObject({
  id: name.describe('ID of the person in this file, as in `person:<id>`.'),
  name: z.string().min(1).max(80).describe('Name shown on cards.'),
  slack: slackId.optional().describe('Slack user ID; needed to use Slack.'),
  entra: uuid.optional().describe('Entra object ID; needed to use Teams, and with `azure.entitlement: rbac`.'),
  aws: z
    .string()
    .regex(
      /^arn:aws[a-z-]*:iam::(?:\d{12}|\*):(?:role|user)\/.+$/,
      'must be the ARN of a role or user; * may stand for the account',
    )
    .optional()
    .describe('ARN of the IAM role or user to evaluate with `aws.entitlement`; * stands for any account.'),
  identityCenter: z
    .string()
    .min(1)
    .optional()
    .describe(
      'User name in IAM Identity Center, for a person without `aws` (needs `aws.identityCenter`), and for `idc:` groups.',
    ),
  manager: name
    .optional()
    .describe(
      'ID of the person’s manager, for policies whose approvers include `manager`; with `directory.entra`, in place of the one of Entra.',
    ),
  breakGlassKeys: z
    .array(sshKey)
    .min(1)
    .optional()
    .describe(
      'Public SSH keys (lines of .pub files) with which the person signs `jit break-glass`, where a rule of `breakGlass` names them. Best in a FIDO token; never kept on the computer that runs Drawbridge.',
    ),
  address: source.optional().describe('Source used when the person names none.'),
  work: work
    .optional()
    .describe('Hours in which the person works: outside them, others are asked where there are enough. If unset, any.'),
  prefers: z.enum(['slack', 'teams']).optional().describe('Chat in which the person is reached first.'),
});

/** Who may be in a group: an id, or another group. */
const member = z
  .custom<string>(
    (text) => typeof text === 'string' && (ID.test(text) || (subject.safeParse(text).success && isGroupSubject(text))),
    'must be the ID of a person, or a group: group:<name>, entra:<group>, slack:<group>, or idc:<group>',
  )
  .register(names, { among: membersIn });

export const groups = z
  .record(name, z.array(member))
  .default({})
  .describe(
    'Groups of people: IDs from `people` or of a directory, and other groups (`group:`, `entra:`, `slack:`, `idc:`).',
  );
