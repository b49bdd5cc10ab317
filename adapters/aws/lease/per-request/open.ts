import { JitError } from '../../../../src/core/errors/errors.ts';
import type { MachineId } from '../../../../src/core/machine/machine.ts';
import type { Opened, Opening } from '../../../../src/ports/cloud.ts';
import { mustBeAlone } from '../../ec2/foreign.ts';
import { changeGroups, createGroup, stripEgress } from '../../ec2/group-life.ts';
import { groupRef, instanceRef } from '../../ec2/ids.ts';
import { patiently } from '../../ec2/retries.ts';
import { isOurs } from '../../ec2/security-group.ts';
import { TAG } from '../../ec2/tags.ts';
import { CLOUD, refused } from '../../errors.ts';
import type { LeaseWork } from '../strategy.ts';
import { writeRule } from '../write-rule.ts';
import { placementIn, readNamed, servedOf } from './group.ts';

/** The rule comes before the group is attached: nothing else is ever let in by it. */
export async function open(work: LeaseWork, opening: Opening): Promise<Opened> {
  const { aws, site, allowed } = work;
  const { machine } = opening.placement.rule;
  const { group: name } = groupRef(opening.placement.at);
  const { instance: id } = instanceRef(machine);
  const instance = await site.now.instance(id, allowed.signal);
  if (!instance) throw new JitError('machineGone', { machine: id });
  return patiently({ aws, signal: allowed.signal }, async () => {
    const group = await makeGroup(work, name, machine, instance.VpcId);
    await mustBeAlone(work, { id: group, name, instance: id });
    const opened = await writeRule({ ...work, group, opening, placementOf: (rule) => placementIn(site, name, rule) });
    await changeGroups(
      work,
      () => servedOf(work, machine),
      (ids) => (ids.includes(group) ? ids : [...ids, group]),
    );
    return opened;
  });
}

/** The group of a placement, made where it is not there, without a way out. Gives its id. */
async function makeGroup(work: LeaseWork, name: string, machine: MachineId, vpc: string | undefined): Promise<string> {
  const { aws, site, allowed } = work;
  const { signal } = allowed;
  const tags = { [TAG.installation]: aws.installation, [TAG.machine]: machine };
  const description = 'Just-in-time access by Drawbridge, for the leases of one machine from one source.';
  if (!(await readNamed(site, name, signal))) await createGroup(work, { name, description, vpc, tags });
  return patiently({ aws, signal }, async () => {
    const group = await readNamed(site, name, signal);
    if (!group) throw new JitError('cloudBusy', { cloud: CLOUD });
    if (!isOurs(group, aws.installation)) throw refused('GroupNameTaken');
    await stripEgress(work, group);
    return group.GroupId ?? '';
  });
}
