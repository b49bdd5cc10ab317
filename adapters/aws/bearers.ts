import { JitError } from '../../src/core/errors/errors.ts';
import type { MachineId } from '../../src/core/machine/machine.ts';
import { sourceText } from '../../src/core/rule/source.ts';
import type { Aws } from './ec2/context.ts';
import { readProtected } from './ec2/protected.ts';
import { instanceOfGroup, readGroup } from './ec2/security-group.ts';
import { orUnknown } from './reach/or-unknown.ts';

/**
 * Whom a rule for a group lets in: the interfaces that bear it, by their private addresses ("Security group referencing"). Over a
 * peering it would hold for as long as that is there: only groups of the machine's own VPC are taken. Throws `groupElsewhere`.
 */
export async function bearers(aws: Aws, id: MachineId, group: string, signal: AbortSignal): Promise<string> {
  const { site, instance, machine } = await readProtected(aws, id, signal);
  const found = await readGroup(site, group, signal);
  const refuse = (why: string) =>
    new JitError('groupElsewhere', { source: sourceText(group), machine: machine.name, why });
  if (!found) throw refuse(`account ${site.account} has no such group in ${site.region}`);
  // Of a shared VPC ("Share security groups with AWS Organizations"): a rule would have to name its account too.
  if (found.OwnerId !== site.account) throw refuse(`it belongs to account ${found.OwnerId}`);
  if (found.VpcId !== instance.VpcId)
    throw refuse(`it is in ${found.VpcId ?? 'no VPC'}, and the machine in ${instance.VpcId ?? 'none'}`);
  if (instanceOfGroup(aws.installation, found.GroupName ?? '') !== undefined)
    throw refuse('it is a group of Drawbridge, which comes and goes');
  const bearing = await orUnknown('who bears it', () => site.now.interfaces(group, signal));
  const count = 'is' in bearing ? countText(bearing.is.length) : 'how many that are could not be read';
  return `Everything that bears the security group ${found.GroupName ?? group} can reach the machine during that time: ${count}.`;
}

function countText(count: number): string {
  return `${count} network interface${count === 1 ? '' : 's'} now`;
}
