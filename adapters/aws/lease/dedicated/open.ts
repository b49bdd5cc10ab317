import { JitError } from '../../../../src/core/errors/errors.ts';
import type { Opened, Opening } from '../../../../src/ports/cloud.ts';
import { mustBeAlone } from '../../ec2/foreign.ts';
import { groupRef, instanceRef } from '../../ec2/ids.ts';
import { groupName } from '../../ec2/security-group.ts';
import { isGroupGone } from '../../errors.ts';
import type { LeaseWork } from '../strategy.ts';
import { writeRule } from '../write-rule.ts';
import { placementIn } from './group.ts';

/** One rule in the machine's own group. Throws `notProtected` when the group is gone, and `foreignInterface`. */
export async function open(work: LeaseWork, opening: Opening): Promise<Opened> {
  const { group } = groupRef(opening.placement.at);
  const { instance } = instanceRef(opening.placement.rule.machine);
  await mustBeAlone(work, { id: group, name: groupName(work.aws.installation, instance), instance });
  try {
    return await writeRule({ ...work, group, opening, placementOf: (rule) => placementIn(work.site, group, rule) });
  } catch (error) {
    if (!isGroupGone(error)) throw error;
    const { machine, port } = opening.placement.rule;
    throw new JitError('notProtected', { machine, port: port.number, protected: 'nothing' }, { cause: error });
  }
}
