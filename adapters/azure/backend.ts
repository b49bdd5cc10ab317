import type { LockdownPlan, Reopening, Stay } from '../../src/core/machine/lockdown.ts';
import type { MachineId } from '../../src/core/machine/machine.ts';
import type { ProtectedPort, Protection } from '../../src/core/machine/protection.ts';
import type { Port } from '../../src/core/rule/port.ts';
import type { MarkedRule, Placement, Rule, StandingRule } from '../../src/core/rule/rule.ts';
import type { Allowed } from '../../src/kit/call.ts';
import type { Found, Opened, Opening } from '../../src/ports/cloud.ts';
import type { Misplaced } from '../../src/ports/places.ts';
import type { MayGo } from '../../src/ports/remover.ts';
import type { Subscription } from './arm/clients.ts';
import type { Azure } from './arm/context.ts';
import type { GroupRule } from './arm/groups.ts';
import type { ArmId } from './arm/ids.ts';
import type { SiteNetwork } from './arm/interfaces.ts';
import type { Vm } from './arm/machine.ts';
import type { MachineReading } from './arm/reading.ts';
import type { Firewalls } from './firewall/in-front.ts';

/**
 * One way of writing rules in Azure. Everything that differs between them is in here, so that nobody outside asks which one
 * it is. What a backend wrote is its own for ever: a placement goes to the backend that has its name, whatever the settings
 * say now.
 */
export interface Backend {
  /** The names that its placements have. */
  readonly writes: readonly string[];
  /** Reads what it alone has to know of a machine, as the machine itself is read; and tells from both. */
  begin(azure: Azure, asked: Asked, signal: AbortSignal): Promise<Knowledge>;
  /** The firewalls in front of a machine, where it knows how to open and to close behind one. */
  firewalls(azure: Azure, vm: Vm, signal: AbortSignal): Promise<Firewalls>;
  open(azure: Azure, openings: readonly Opening[], allowed: Allowed): Promise<readonly Opened[]>;
  close(azure: Azure, placements: readonly Placement[], allowed: Allowed): Promise<void>;
  /** `CloudAdapter.onlyRemoves` */
  onlyRemoves(placement: Placement): boolean;
  /** Only removes, without a lock (`Remover`). */
  remove(azure: Azure, placements: readonly Placement[], mayGo: MayGo, allowed: Allowed): Promise<readonly Placement[]>;
  /** Its rules in one subscription that was read for the patrol. */
  patrolSite(azure: Azure, survey: SiteSurvey, signal: AbortSignal): Promise<readonly Found[]>;
  /**
   * Those that take all subscriptions to find; `isWhole`: none is missing, so that a rule may be said to be nobody's. What
   * could not be read is thrown last.
   */
  patrolAll(azure: Azure, all: readonly SiteSurvey[], isWhole: boolean, signal: AbortSignal): AsyncIterable<Found>;
  /** Machines in front of which stands a group without the rules of their accesses in force. */
  missing(azure: Azure, survey: SiteSurvey, signal: AbortSignal): AsyncIterable<Misplaced>;
  /** Opens them there too. Throws what keeps it from that. */
  openMissing(azure: Azure, found: Misplaced, signal: AbortSignal): Promise<void>;
  /** The protected ports of all machines of a subscription, by lists. */
  protections(azure: Azure, survey: SiteSurvey, signal: AbortSignal): Promise<ProtectionOf>;
  protect(azure: Azure, vm: Vm, protection: Protection, signal: AbortSignal): Promise<void>;
  /** For these ports, or all. */
  unprotect(azure: Azure, vm: Vm, ports: readonly Port[] | undefined, signal: AbortSignal): Promise<void>;
  /** Names what protecting writes: those with the same key are protected one after the other. */
  protectKey(azure: Azure, machine: MachineId, signal: AbortSignal): Promise<string>;
  planLockdown(azure: Azure, target: LockdownTarget, signal: AbortSignal): Promise<LockdownPlan>;
  /** Gives what cannot be closed. */
  lockDown(azure: Azure, target: LockdownTarget, signal: AbortSignal): Promise<readonly Stay[]>;
  /** What putting back would open, for these ports, or all. */
  planPutBack(
    azure: Azure,
    vm: Vm,
    ports: readonly Port[] | undefined,
    signal: AbortSignal,
  ): Promise<readonly Reopening[]>;
  /** For these ports, or all. */
  putBack(azure: Azure, vm: Vm, ports: readonly Port[] | undefined, signal: AbortSignal): Promise<void>;
  /** The resource at which people must hold the right to ask for access to a machine. */
  requestScope(site: Subscription, machine: MachineId, signal: AbortSignal): Promise<ArmId>;
  /** Can what it needs be read there? Throws what is wrong. */
  check(site: Subscription, signal: AbortSignal): Promise<void>;
}

/** What a look at a machine is about. */
export interface Asked {
  readonly site: Subscription;
  readonly machine: MachineId;
  /** The backend's own, of those that are asked for. */
  readonly placements: readonly Placement[];
  /** Is it the backend of the machine's subscription? */
  readonly isCurrent: boolean;
}

/** What one look at a machine showed, whatever backend it has. */
export interface Seen extends MachineReading {
  /** Firewalls in front of it, as far as somebody here can write them. */
  readonly firewalls: Firewalls;
}

/** A look at a machine that is there. */
export interface SeenPresent extends Seen {
  readonly vm: Vm;
}

/** What a backend makes of a look at a machine. */
export interface Knowledge {
  /** Its rules that stand there: those at the placements asked for, and others that bear our mark for the machine. */
  rules(seen: Seen, signal: AbortSignal): Promise<OwnRules>;
  protection(seen: SeenPresent): Protection | undefined;
  /** What is edited when a rule of the machine is opened and closed. */
  edits(seen: SeenPresent): readonly Edit[];
  /** Where rules will be written. Throws `notProtected`, `machineUnreachable`, and what else keeps it from opening there. */
  locate(seen: SeenPresent, rules: readonly Rule[], signal: AbortSignal): Promise<readonly Placement[]>;
}

/** A resource in which rules come and go, and what ending one takes there: locks may forbid it. */
export interface Edit {
  readonly id: ArmId;
  readonly endsBy: 'delete' | 'write';
}

export interface OwnRules {
  readonly ours: readonly MarkedRule[];
  /** Where they stand in groups: not to be counted among the rules of others. */
  readonly written: readonly GroupRule[];
}

/** Groups and interfaces of one subscription, read by lists. */
export interface SiteSurvey {
  readonly site: Subscription;
  readonly network: SiteNetwork;
  /** Is it the subscription's own backend that is asked? What another one wrote there is only looked for where that costs nothing. */
  readonly isCurrent: boolean;
}

export type ProtectionOf = (machine: MachineId) => readonly ProtectedPort[] | undefined;

export interface LockdownTarget {
  readonly vm: Vm;
  readonly ports: readonly Port[];
  /** What others let in there, for a backend that can close none of it. */
  standing(): Promise<readonly StandingRule[]>;
}
