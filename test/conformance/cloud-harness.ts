import type { Instant } from '../../src/core/language/instant.ts';
import type { MachineId } from '../../src/core/machine/machine.ts';
import type { MarkSigner } from '../../src/core/rule/mark.ts';
import type { Placement } from '../../src/core/rule/rule.ts';
import type { CloudAdapter, Protector } from '../../src/ports/cloud.ts';
import type { Remover } from '../../src/ports/remover.ts';

/** What goes wrong: the call that opens, the call that closes, or any call that reads. */
export type CallKind = 'open' | 'close' | 'read';

/** One cloud with its adapter, ready for one test. Times are UTC instants on the simulated cloud's own clock. */
export interface CloudHarness {
  readonly adapter: CloudAdapter & Protector & Remover;
  /** Another adapter on the same cloud with the same keys and no memory, as after a restart. */
  restarted(): CloudAdapter & Protector & Remover;
  /** Signs and verifies as the adapters do. */
  readonly marks: MarkSigner;
  /** Protected at 22 and 3389 (any source, a day); nothing else opens these. */
  readonly machine: MachineId;
  /** Not protected; 22 is open to everybody through a rule of somebody else's. */
  readonly exposed: MachineId;
  /** A machine id in its canonical form, of a machine that does not exist. */
  readonly unknown: MachineId;
  now(): Instant;
  advance(ms: number): void;
  /** The rules of ours that are really in the cloud, whatever a reading shows: `22 203.0.113.7/32`, sorted. */
  rulesLeft(): readonly string[];
  /** Everything that others wrote in front of the machines, byte for byte. */
  rulesOfOthers(): string;
  /** Mutating calls that have reached the cloud so far, refused ones included. */
  mutations(): number;
  /** The effect happens, the reply is lost. */
  loseReply(of: CallKind, times: number): void;
  /** The connection is cut before anything happens. */
  cut(of: CallKind, times: number): void;
  throttle(of: CallKind, times: number): void;
  /** The role of the program lacks the right. */
  deny(of: CallKind, times: number): void;
  /** Every reading shows the cloud as it was `ms` ago, until `behave`. */
  staleReads(ms: number): void;
  /** The names of the calls that only read, so far. */
  reads(): readonly string[];
  /** Something on the way answers this call with 200 and this, until `behave`. */
  answerStrangely(operation: string, body: string): void;
  /** No more bad days. */
  behave(): void;
  deleteMachine(machine: MachineId): Promise<void>;
  /** Somebody opens a port of the machine to everybody, not where only we write. Gives the name to be told. */
  openByHand(machine: MachineId, port: number): Promise<string>;
  /** Somebody takes the mark off the rule at this placement, or puts another text there. */
  tamper(placement: Placement, mark: string | undefined): Promise<void>;
  stop(): Promise<void>;
}

/** What a product cannot do, or does in its own way. */
export interface CloudTraits {
  /** Only one source can have a port open at a time. */
  readonly oneSourcePerPort?: boolean;
  /** The end of a written rule cannot be made earlier. */
  readonly fixedEnd?: boolean;
  /** Nobody can change the mark of a written rule (`tamper` is never called). */
  readonly fixedMarks?: boolean;
  /** Whom nothing keeps from the machine, whatever is closed, as the source of a standing rule. */
  readonly alwaysOpenTo?: string;
  /** Machines have IPv4 addresses only. */
  readonly ipv4Only?: boolean;
}
