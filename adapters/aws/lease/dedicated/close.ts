import type { Placement } from '../../../../src/core/rule/rule.ts';
import { revokeRules } from '../revoke-rules.ts';
import type { LeaseWork } from '../strategy.ts';
import { placementIn } from './group.ts';

/** The group stays: it says what is protected. */
export async function close(work: LeaseWork, group: string, placements: readonly Placement[]): Promise<void> {
  await revokeRules({ ...work, group, placementOf: (rule) => placementIn(work.site, group, rule) }, placements);
}
