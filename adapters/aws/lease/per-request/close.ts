import { MINUTE_MS } from '../../../../src/core/language/instant.ts';
import type { MachineId } from '../../../../src/core/machine/machine.ts';
import type { Placement } from '../../../../src/core/rule/rule.ts';
import { changeGroups, deleteGroup } from '../../ec2/group-life.ts';
import { isOurs, readGroup } from '../../ec2/security-group.ts';
import { revokeRules } from '../revoke-rules.ts';
import type { LeaseWork, PatrolledGroup } from '../strategy.ts';
import { idForSure, interfacesOf, placementIn } from './group.ts';

/** How long a group of a lease may be empty. */
const EMPTY_MS = 2 * MINUTE_MS;

/** With its last rule the group goes. */
export async function close(work: LeaseWork, name: string, placements: readonly Placement[]): Promise<void> {
  const group = await idForSure(work, name);
  // With the group its rules are gone.
  if (group === undefined) return;
  await revokeRules({ ...work, group, placementOf: (rule) => placementIn(work.site, name, rule) }, placements);
  const [first] = placements;
  if (first) await dismantle(work, first.rule.machine, group);
}

/**
 * A group is deleted with its last rule, which may take EC2 minutes, or a crash may come between: what has been empty for a
 * while is taken off and deleted here.
 */
export async function tidy(work: LeaseWork, { id, machine, isEmpty }: PatrolledGroup): Promise<void> {
  const { aws } = work;
  if (!isEmpty) return void aws.emptySince.delete(id);
  const since = aws.emptySince.get(id) ?? aws.now();
  aws.emptySince.set(id, since);
  // One that is being made is empty too, for a moment.
  if (aws.now() - since < EMPTY_MS) return;
  await dismantle(work, machine, id);
  aws.emptySince.delete(id);
}

/** Takes it off, and deletes it when it holds nothing any more. What cannot be done yet is done by the patrol. */
async function dismantle(work: LeaseWork, machine: MachineId, group: string): Promise<void> {
  const { aws, site, allowed } = work;
  const { signal } = allowed;
  try {
    if ((await site.now.rules(group, signal)).length > 0) return;
    const found = await readGroup(site, group, signal);
    if (!found || !isOurs(found, aws.installation)) return;
    await changeGroups(
      work,
      () => interfacesOf(work, machine),
      (ids) => ids.filter((id) => id !== group),
    );
    await deleteGroup(work, group);
  } catch (error) {
    signal.throwIfAborted();
    aws.log.warn({ group, error }, 'an empty security group of a lease could not be taken away yet');
  }
}
