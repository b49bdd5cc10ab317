import type { AuditEntry } from '../core/audit/entry.ts';
import type { CloudName } from '../core/machine/machine.ts';

/** One request to the API of a cloud. All of it comes from closed lists, but for the account, which the configuration names. */
export interface CloudCall {
  readonly cloud: CloudName;
  /** AWS account, Azure subscription, or Google project; empty where it belongs to none. */
  readonly account: string;
  /** `DescribeInstances`; of Azure `GET Microsoft.Network`. */
  readonly operation: string;
  /** It waits for something to happen: how long it takes says nothing. */
  readonly isWaiting?: boolean;
  /** It is to change something. */
  readonly isChange?: boolean;
}

/** What the cloud answered, as far as it did. */
export interface CallAnswer {
  /** Of HTTP. */
  readonly status?: number;
  /** What the cloud calls this call in its own log: EC2's `requestId`, Azure's correlation id, Google's operation. */
  readonly id?: string;
}

/** `refused`: the cloud answered that it does not do it. `failed`: it did not answer, or with an error of its own. */
export type CallOutcome = 'done' | 'refused' | 'throttled' | 'failed';

/** Sees a call begin, and gives what is told how it ended. It changes nothing about the call, and never throws. */
export type CallWatch = (call: CloudCall) => (outcome: CallOutcome, answer?: CallAnswer) => void;

/** What happens is counted where it happens. Nothing waits for it, and it never throws. */
export interface Meter {
  /** What the audit says, once it is kept: refusals, and what was found that should not be there. */
  acted(entry: AuditEntry): void;
  /** A request was decided, by a person or by its policy, so many milliseconds after it was asked. */
  decided(verdict: 'approved' | 'denied', by: 'person' | 'policy', afterMs: number): void;
  /** A closing is proven, so many milliseconds after its time. */
  closed(lateMs: number): void;
  readonly called: CallWatch;
}
