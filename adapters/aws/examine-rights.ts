import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  DeleteSecurityGroupCommand,
  ModifyNetworkInterfaceAttributeCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  type SecurityGroup,
} from '@aws-sdk/client-ec2';
import { JitError } from '../../src/core/errors/errors.ts';
import { type Diagnosis, faultAt, meaningOf, unknownAt } from '../../src/core/view/doctor-page.ts';
import type { Client } from './ec2/clients.ts';
import type { Aws } from './ec2/context.ts';
import { readInterfaces } from './ec2/read.ts';
import { groupName } from './ec2/security-group.ts';
import type { Site } from './ec2/sites.ts';
import { TAG } from './ec2/tags.ts';
import { isCode } from './errors.ts';

/** An address that leads nowhere (RFC 5737). */
const NOWHERE = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '192.0.2.1/32' }] };
/** EC2 says so where it would have done it ("Amazon EC2 API reference, DryRun"). */
const WOULD_HAVE = 'DryRunOperation';

type Try = readonly [what: string, dryRun: () => Promise<unknown>];

/** What the operator and the onboarder may change, tried on a group of ours. NB. every one of these has `DryRun`: EC2 looks at the rights and changes nothing. */
export async function rightsOf(
  aws: Aws,
  site: Site,
  group: SecurityGroup,
  signal: AbortSignal,
): Promise<readonly Diagnosis[]> {
  const onboarder = aws.sites.of(site, true);
  const tries = [...asOperator(aws, site, group, signal), ...asOnboarder(aws, onboarder, group, signal)];
  const of = `AWS ${site.name}`;
  const rights = await Promise.all(tries.map(([what, dryRun]) => rightOf(of, `right to ${what}`, dryRun)));
  return [...rights, await attachingOf(of, onboarder, group, signal)];
}

function asOperator(aws: Aws, site: Client, { GroupId }: SecurityGroup, signal: AbortSignal): readonly Try[] {
  const rule = { GroupId, IpPermissions: [NOWHERE], DryRun: true };
  const mark = [{ ResourceType: 'security-group-rule' as const, Tags: tagsOf(aws) }];
  const open = new AuthorizeSecurityGroupIngressCommand({ ...rule, TagSpecifications: mark });
  return [
    ['open', () => site.call(signal, (ec2, options) => ec2.send(open, options))],
    [
      'close',
      () => site.call(signal, (ec2, options) => ec2.send(new RevokeSecurityGroupIngressCommand(rule), options)),
    ],
  ];
}

function asOnboarder(
  aws: Aws,
  site: Client,
  { GroupId = '', VpcId }: SecurityGroup,
  signal: AbortSignal,
): readonly Try[] {
  const group = new CreateSecurityGroupCommand({
    GroupName: groupName(aws.installation, 'i-00000000'),
    Description: 'Drawbridge',
    VpcId,
    DryRun: true,
    TagSpecifications: [{ ResourceType: 'security-group' as const, Tags: tagsOf(aws) }],
  });
  const out = { GroupId, IpPermissions: [NOWHERE], DryRun: true };
  const tag = new CreateTagsCommand({ Resources: [GroupId], Tags: tagsOf(aws), DryRun: true });
  const end = new DeleteSecurityGroupCommand({ GroupId, DryRun: true });
  return [
    ['protect', () => site.call(signal, (ec2, options) => ec2.send(group, options))],
    ['tag', () => site.call(signal, (ec2, options) => ec2.send(tag, options))],
    [
      'add egress rules',
      () => site.call(signal, (ec2, options) => ec2.send(new AuthorizeSecurityGroupEgressCommand(out), options)),
    ],
    [
      'remove egress rules',
      () => site.call(signal, (ec2, options) => ec2.send(new RevokeSecurityGroupEgressCommand(out), options)),
    ],
    ['unprotect', () => site.call(signal, (ec2, options) => ec2.send(end, options))],
  ];
}

function tagsOf({ installation }: Aws) {
  return [{ Key: TAG.installation, Value: installation }];
}

/** Tried with the groups that an interface has already. */
async function attachingOf(
  of: string,
  site: Client,
  { GroupId = '' }: SecurityGroup,
  signal: AbortSignal,
): Promise<Diagnosis> {
  const what = 'right to attach';
  try {
    for await (const { NetworkInterfaceId, Groups = [] } of readInterfaces(
      site,
      [{ Name: 'group-id', Values: [GroupId] }],
      signal,
    )) {
      const same = Groups.flatMap((one) => one.GroupId ?? []);
      const input = { NetworkInterfaceId, Groups: same, DryRun: true };
      return await rightOf(of, what, () =>
        site.call(signal, (ec2, options) => ec2.send(new ModifyNetworkInterfaceAttributeCommand(input), options)),
      );
    }
    return unknownAt(
      of,
      what,
      'The first group of Drawbridge is on no interface.',
      'Protect a machine, and run it again.',
    );
  } catch (error) {
    return faultAt(of, what, meaningOf(error), 'Create the onboarder role of manifests/aws/roles.yaml there.');
  }
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
