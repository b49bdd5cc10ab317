import type { SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { MachineId } from '../../../src/core/machine/machine.ts';
import type { MarkedRule, Placement } from '../../../src/core/rule/rule.ts';
import type { Aws } from '../ec2/context.ts';
import type { AccountRegion } from '../ec2/ids.ts';
import { instanceOfGroup } from '../ec2/security-group.ts';
import type { StrategyName } from '../settings.ts';
import { dedicated } from './dedicated/index.ts';
import { markedRule } from './marked.ts';
import { perRequest } from './per-request/index.ts';
import type { LeaseStrategy } from './strategy.ts';

/** Every strategy, by its name in the settings. Each is a room here with the same files. */
export const STRATEGIES: Readonly<Record<StrategyName, LeaseStrategy>> = { dedicated, perRequest };

/** The one that recorded a placement, whatever the setting is now. */
export function strategyOf({ backend }: Pick<Placement, 'backend'>): LeaseStrategy {
  // What cannot be told is closed by its rule's id, in the group that it names.
  return Object.values(STRATEGIES).find((one) => one.backend === backend) ?? dedicated;
}

/** The one whose rules stand in a group of this name. */
export function strategyIn(installation: string, name: string): LeaseStrategy | undefined {
  return Object.values(STRATEGIES).find((one) => one.isGroup(installation, name));
}

/** A rule that was found in a group, with what its mark is worth. In a group that is not ours it stands by the group's id. */
export function foundRule(
  aws: Pick<Aws, 'marks' | 'installation'>,
  where: AccountRegion,
  { machine, id, name = id }: FoundIn,
  found: SecurityGroupRule,
): MarkedRule {
  const strategy = strategyIn(aws.installation, name) ?? dedicated;
  return markedRule(aws, machine, (rule) => strategy.placementIn(where, { id, name }, rule), found);
}

interface FoundIn {
  readonly machine: MachineId;
  readonly id: string;
  /** Where it may be a group of ours. */
  readonly name?: string | undefined;
}

/** Is it the name of a group that comes and goes with leases of this instance? One of another's lets in here all the same. */
export function isLeaseGroup(installation: string, name: string, instance: string): boolean {
  const isIts = instanceOfGroup(installation, name) === instance;
  return isIts && (strategyIn(installation, name)?.makesGroups ?? false);
}
