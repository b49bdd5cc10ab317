import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  RevokeSecurityGroupIngressCommand,
  type SecurityGroup,
} from '@aws-sdk/client-ec2';
import { JitError } from '../../src/core/errors/errors.ts';
import { type Diagnosis, faultAt, meaningOf, unknownAt } from '../../src/core/view/doctor-page.ts';
import { clockOf } from '../../src/core/view/skew.ts';
import type { Aws } from './ec2/context.ts';
import { readGroups } from './ec2/read.ts';
import { groupName, isOurs } from './ec2/security-group.ts';
import type { Site } from './ec2/sites.ts';
import { TAG } from './ec2/tags.ts';
import { isCode } from './errors.ts';

/** Accounts and regions that are looked at. */
const MOST = 40;
/** An address that leads nowhere (RFC 5737). */
const NOWHERE = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '192.0.2.1/32' }] };
/** EC2 says so where it would have done it ("Amazon EC2 API reference, DryRun"). */
const WOULD_HAVE = 'DryRunOperation';

/** Every role in every account and region: sign-in, reading, clock, and by dry runs what it may change. */
export async function examineAws(aws: Aws, signal: AbortSignal): Promise<readonly Diagnosis[]> {
  await aws.sites.organization.refresh(signal);
  const sites = aws.sites.all();
  const found = await Promise.all(sites.slice(0, MOST).map((site) => examineSite(aws, site, signal)));
  const more = sites.length - MOST;
  return [
    ...found.flat(),
    ...(more > 0
      ? [
          unknownAt(
            'AWS',
            `${more} more accounts and regions`,
            'They were not looked at.',
            'Run it with fewer of them.',
          ),
        ]
      : []),
  ];
}

async function examineSite(aws: Aws, site: Site, signal: AbortSignal): Promise<readonly Diagnosis[]> {
  const of = `AWS ${site.name}`;
  let ours: SecurityGroup | undefined;
  try {
    const filters = [{ Name: 'group-name', Values: [`${groupName(aws.installation, 'i-')}*`] }];
    for await (const group of readGroups(site, filters, signal)) if (isOurs(group, aws.installation)) ours ??= group;
  } catch (error) {
    return [
      faultAt(
        of,
        'sign-in and reading',
        meaningOf(error),
        'Create the roles of manifests/aws/roles.yaml there, and compare `aws.accounts`.',
      ),
    ];
  }
  const now = aws.now();
  const signedIn: Diagnosis = { of, what: 'sign-in and reading', verdict: 'fine' };
  const rights = ours
    ? await rightsOf(aws, site, ours, signal)
    : [
        unknownAt(
          of,
          'rights',
          'Without a protected machine there is nothing to try them on.',
          'Protect a machine, and run it again.',
        ),
      ];
  return [signedIn, clockOf(of, site.cloudNow(), now), ...rights];
}

/** NB. every one of these has `DryRun`: EC2 looks at the rights and changes nothing. */
async function rightsOf(
  aws: Aws,
  site: Site,
  { GroupId, VpcId }: SecurityGroup,
  signal: AbortSignal,
): Promise<readonly Diagnosis[]> {
  const onboarder = aws.sites.of(site, true);
  const tags = [{ Key: TAG.installation, Value: aws.installation }];
  const rule = { GroupId, IpPermissions: [NOWHERE], DryRun: true };
  const group = {
    GroupName: groupName(aws.installation, 'i-00000000'),
    Description: 'Drawbridge',
    VpcId,
    DryRun: true,
    TagSpecifications: [{ ResourceType: 'security-group' as const, Tags: tags }],
  };
  const mark = [{ ResourceType: 'security-group-rule' as const, Tags: tags }];
  const tries: readonly (readonly [string, () => Promise<unknown>])[] = [
    [
      'open',
      () =>
        site.call(signal, (ec2, options) =>
          ec2.send(new AuthorizeSecurityGroupIngressCommand({ ...rule, TagSpecifications: mark }), options),
        ),
    ],
    [
      'close',
      () => site.call(signal, (ec2, options) => ec2.send(new RevokeSecurityGroupIngressCommand(rule), options)),
    ],
    [
      'protect',
      () => onboarder.call(signal, (ec2, options) => ec2.send(new CreateSecurityGroupCommand(group), options)),
    ],
    [
      'unprotect',
      () =>
        onboarder.call(signal, (ec2, options) =>
          ec2.send(new DeleteSecurityGroupCommand({ GroupId, DryRun: true }), options),
        ),
    ],
  ];
  return Promise.all(tries.map(([what, dryRun]) => rightOf(`AWS ${site.name}`, `right to ${what}`, dryRun)));
}

async function rightOf(of: string, what: string, dryRun: () => Promise<unknown>): Promise<Diagnosis> {
  try {
    await dryRun();
    return unknownAt(of, what, 'EC2 did not heed the dry run.', 'Look in CloudTrail what it did.');
  } catch (error) {
    if (isCode(error, WOULD_HAVE)) return { of, what, verdict: 'fine' };
    if (error instanceof JitError && error.code === 'cloudDenied')
      return faultAt(
        of,
        what,
        meaningOf(error),
        'Update the roles from manifests/aws/roles.yaml; a service control policy may forbid it too.',
      );
    return unknownAt(of, what, meaningOf(error), 'Run `npx jit doctor` again.');
  }
}
