import type { JitError } from '../core/errors/errors.ts';
import type { Instant } from '../core/language/instant.ts';
import type { MachineAddress } from '../core/machine/address.ts';
import type { CloudName, Machine, MachineId } from '../core/machine/machine.ts';
import type { MachineList } from '../core/machine/match.ts';
import type { Protection } from '../core/machine/protection.ts';
import type { ClosingLimits } from '../core/request/closing-budget.ts';
import type { Port } from '../core/rule/port.ts';
import type { Observed, Placement, Rule, StandingRule } from '../core/rule/rule.ts';
import type { Addressed } from './addressed.ts';
import type { Assessor } from './assessor.ts';
import type { Bastions } from './bastions.ts';
import type { Entitlement } from './entitlement.ts';
import type { Examiner } from './examiner.ts';
import type { Found } from './found.ts';
import type { Leftovers } from './leftovers.ts';
import type { Lockdown } from './lockdown.ts';
import type { Places } from './places.ts';
import type { Remover } from './remover.ts';
import type { Sessions } from './sessions.ts';
import type { SourceGroups } from './source-groups.ts';
import type { Tracer } from './tracer.ts';
import type { UsageLog } from './usage.ts';
import type { Watcher } from './watcher.ts';
import type { WriteLog } from './write-log.ts';

export type { ProtectedPort, Protection } from '../core/machine/protection.ts';
export type { Found } from './found.ts';

/** A cloud with all that it can do: every one opens, closes and protects; the rest are powers that it may have. */
export type Cloud = CloudAdapter &
  Protector &
  Partial<
    Assessor &
      Bastions &
      Entitlement &
      Examiner &
      Leftovers &
      Lockdown &
      Places &
      Remover &
      Sessions &
      SourceGroups &
      Tracer &
      Addressed &
      UsageLog &
      Watcher &
      WriteLog
  >;

/**
 * One cloud, all its accounts and subscriptions. Every call takes a signal and gives up when it aborts; errors are
 * JitErrors: `busy` ones are tried again, any other while opening fails the lease, and while closing is tried for ever.
 * `beforeCall` is called right before each mutating call and throws when it must not be made any more.
 */
export interface CloudAdapter {
  readonly cloud: CloudName;
  readonly limits: CloudLimits;
  /** All machines that could be protected; may be up to a minute old. */
  machines(signal: AbortSignal): Promise<MachineList>;
  /** One machine, read now, with its protection and what else opens its ports. `machineGone` when it is not there. */
  look(machine: MachineId, signal: AbortSignal): Promise<MachineState>;
  /** Where these rules of one machine will be written. Writes nothing. `notProtected`, `machineGone`, `machineUnreachable`. */
  locate(rules: readonly Rule[], signal: AbortSignal): Promise<readonly Placement[]>;
  /**
   * What is at these placements and in their containers (our security group, the JIT policy's NSG rules), what else
   * opens the machine's ports, and whether these are open without us. A machine that is gone is not an error here. Where nothing
   * `proves` by it (it does, unless told), `effective` may be left to what is written, without asking the platform what is in effect.
   */
  observe(
    machine: MachineId,
    placements: readonly Placement[],
    signal: AbortSignal,
    proves?: boolean,
  ): Promise<Observed>;
  /** Makes each rule be there with a mark that carries exactly this end. Idempotent; a lost reply is found out by reading. */
  open(openings: readonly Opening[], signal: AbortSignal, beforeCall: () => void): Promise<readonly Opened[]>;
  /** Takes rules away by their recorded placements; the machine need not exist. Absent is success. Resolves once read back. */
  close(placements: readonly Placement[], signal: AbortSignal, beforeCall: () => void): Promise<void>;
  /**
   * Does closing this make only calls that take away what it names, so that one of a process that is gone, landing late, harms nothing?
   * Not where a list is written as a whole. Absent: nobody can tell.
   */
  onlyRemoves?(placement: Placement): boolean;
  /** Throws `notConfigured` where the settings do not have the machine's place (any more). Asks nothing of the cloud. */
  mustHave?(machine: MachineId): void;
  /** Every rule that bears our mark or stands where only we write, in every account; or, as far as that is quicker, of these machines alone. */
  patrol(signal: AbortSignal, only?: readonly MachineId[]): AsyncIterable<Found>;
  /** The cloud's own clock, as its last answer about the machine's account had it; absent where it tells none. */
  timeAt?(machine: MachineId): Instant | undefined;
  /** Can we still sign in and read? Throws what is wrong. */
  check(signal: AbortSignal): Promise<void>;
}

export interface CloudLimits {
  /** The longest that one mutating call may take before it is given up. */
  readonly callMs: number;
  /** How far reads may lag behind writes. */
  readonly readLagMs: number;
  /** How fast it lets leases be closed, as far as it publishes that; absent: ends are not spread. */
  readonly closings?: ClosingLimits;
  /** The product may write a closed rule again until the lease's own end (Defender): an ended lease is watched until then. */
  readonly returnsUntilEnd?: boolean;
}

export interface Opening {
  readonly placement: Placement;
  /** The latest end of all leases in force on it. */
  readonly until: Instant;
  /** Redis's time now, for backends that must send more than a shortest duration. */
  readonly now: Instant;
  /** For the cloud's own records: the request that needs it longest, and the others that do. */
  readonly note: {
    readonly request: string;
    readonly requester: string;
    readonly approver: string;
    readonly others?: readonly { readonly request: string; readonly requester: string }[];
  };
}

export interface Opened {
  /** With the cloud's rule id, where it has one. */
  readonly placement: Placement;
  /** `foreign`: a rule that is not ours already allows the same; it was left alone, and nothing of ours was written. */
  readonly outcome: 'opened' | 'present' | 'remarked' | 'foreign';
  /** The foreign rule's name. */
  readonly through?: string;
  /** Where to connect, when it is not the machine's own address and port. */
  readonly connect?: string;
}

export interface MachineState {
  readonly machine: Machine;
  /** The same for as long as the machine lives; one that is made anew under its id has another (Azure's `vmId`). */
  readonly identity?: string;
  /** Absent when the machine is not protected. */
  readonly protection?: Protection;
  /** What keeps protected ports open (management ports when not protected). */
  readonly standing: readonly StandingRule[];
  /** Another product opens this machine's ports on request, by what it made there. */
  readonly otherJit?: { readonly by: string; readonly through: string };
  /** Where people connect to. Absent: not known. */
  readonly addresses?: readonly MachineAddress[];
  /** Of a protection that has just ended: what could not be taken away yet, and because of what, in sentences. */
  readonly remains?: readonly string[];
  /** Open sessions are cut when a rule goes, or can be where the cloud has `cut`. Absent: they go on. */
  readonly cutsSessions?: boolean;
  /** Why they go on, where the cloud tells: `its Systems Manager agent is not online`. */
  readonly sessionsStay?: string;
  /** Why nobody can tell whether anybody connects, in a few words: `no flow log of its subnet`. Absent: `used` tells, where the cloud has it. */
  readonly usageUntold?: string;
  /** What keeps it from being opened, whoever asks. */
  readonly against?: readonly JitError[];
  /** Why a source would not get to a port although it was opened to it; undefined when nothing is known that keeps it out. */
  keptOut?(port: Port, source: string): JitError | undefined;
  /**
   * `CloudAdapter.locate` on what was read here: for whoever has just looked. Absent where accesses to other machines change where
   * rules go: then it is read again.
   */
  locate?(rules: readonly Rule[], signal: AbortSignal): Promise<readonly Placement[]>;
  /** What whoever decides should know of how it is closed, and of who gets in. */
  readonly warnings?: readonly string[];
}

/** Rare power: put machines under protection. */
export interface Protector {
  /** Makes the machine protected at these ports, with exactly these limits; other ports stay. Says what keeps ports open. */
  protect(machine: MachineId, protection: Protection, signal: AbortSignal): Promise<MachineState>;
  /** Takes away what protecting wrote, for these ports or all, and nothing else. Done already is success. Says what keeps ports open then. */
  unprotect(machine: MachineId, signal: AbortSignal, ports?: readonly Port[]): Promise<MachineState>;
  /** Names what is written for a machine: those with the same key are protected one after the other. */
  protectKey(machine: MachineId, signal: AbortSignal): Promise<string>;
}
