import type { SecurityGroup } from '@aws-sdk/client-ec2';
import type { LockdownWay } from '../../../src/core/machine/lockdown.ts';
import { groupName } from '../ec2/security-group.ts';
import { TAG, tagsOf } from '../ec2/tags.ts';
import type { OpenGroup } from './survey.ts';

/** What the copies of groups are called that machines got in place of the ones they shared. */
export function copyName(installation: string, record: string): string {
  return groupName(installation, `copy-${record.slice('aws-'.length)}`);
}

export function isCopy({ GroupName, Tags }: SecurityGroup, installation: string): boolean {
  const named = (GroupName ?? '').startsWith(groupName(installation, 'copy-'));
  return named && tagsOf(Tags)[TAG.installation] === installation;
}

/** Does the machine get a copy of the group? */
export function isCopied({ group, others }: OpenGroup, how: LockdownWay, installation: string): boolean {
  return how === 'copy' && others.length > 0 && !isCopy(group, installation);
}
