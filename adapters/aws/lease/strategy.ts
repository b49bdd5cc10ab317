import type { Instance, SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { MachineId } from '../../../src/core/machine/machine.ts';
import type { Placement, Rule } from '../../../src/core/rule/rule.ts';
import type { Allowed } from '../../../src/kit/call.ts';
import type { Opened, Opening } from '../../../src/ports/cloud.ts';
import type { Aws } from '../ec2/context.ts';
import type { AccountRegion } from '../ec2/ids.ts';
import type { Site } from '../ec2/sites.ts';

/** The machine that rules are to be opened for. */
export interface LeaseMachine {
  readonly aws: Aws;
  readonly site: Site;
  readonly instance: Instance;
  /** The machine's own group, which says what is protected. */
  readonly jitGroup: string;
  /** The rules of that group that let traffic in, where they were read just now. */
  readonly there?: readonly SecurityGroupRule[];
}

/** What opens and closes work with, in one account and region. */
export interface LeaseWork {
  readonly aws: Aws;
  readonly site: Site;
  readonly allowed: Allowed;
}

/** A group that rules of leases stand in. */
export interface LeaseGroup {
  /** `sg-…` */
  readonly id: string;
  readonly name: string;
}

/** A group that the patrol came across. */
export interface PatrolledGroup extends LeaseGroup {
  readonly machine: MachineId;
  readonly isEmpty: boolean;
}

/**
 * A way to let a lease in by security groups. The setting chooses by which way new rules are opened; rules that are there are
 * found and closed by the one that opened them, whatever the setting is by then.
 */
export interface LeaseStrategy {
  /** Its name in placements. It must never change: what is open is recorded by it. */
  readonly backend: string;
  /** Are its groups there for leases alone? Else its rules stand in the group that says what is protected. */
  readonly makesGroups: boolean;
  /** Is this the name of a group of ours that its rules stand in? */
  isGroup(installation: string, name: string): boolean;
  /** Where a rule stands in one of its groups. */
  placementIn(where: AccountRegion, group: LeaseGroup, rule: Rule): Placement;
  /** The id of the group that a placement is in, by what it is `at`; undefined when it is not there. */
  idOf(site: Site, group: string, signal: AbortSignal): Promise<string | undefined>;
  /** Where rules of one machine will be written. Writes nothing. Throws `groupFull` or `interfaceFull` where there is no room. */
  locate(target: LeaseMachine, rules: readonly Rule[], signal: AbortSignal): Promise<readonly Placement[]>;
  /** Makes a rule be there with a mark that carries exactly this end. */
  open(work: LeaseWork, opening: Opening): Promise<Opened>;
  /** Takes rules of one group away, by their placements alone. Absent is success. */
  close(work: LeaseWork, group: string, placements: readonly Placement[]): Promise<void>;
  /** `CloudAdapter.onlyRemoves`, of all its placements. */
  readonly onlyRemoves: boolean;
  /** Does a rule in this group let anybody in, as the instance is now? */
  isInForce(instance: Instance | undefined, group: string): boolean;
  /** Takes away what a crash, or EC2's slowness, left of a group. */
  tidy(work: LeaseWork, group: PatrolledGroup): Promise<void>;
}
