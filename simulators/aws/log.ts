/** One call as it was answered. */
export interface LoggedCall {
  /** UTC ms on the simulator's clock. */
  readonly atMs: number;
  readonly action: string;
  /** Would it change anything? */
  readonly mutating: boolean;
  /** HTTP status; 0 when the connection was cut before anything happened or was answered. */
  readonly status: number;
  /** The error's code. */
  readonly code?: string;
  /** The fault that was planned for it. */
  readonly fault?: string;
  readonly account?: string;
  readonly region?: string;
  /** ARN of the caller, and what an assumed role says it acts for. */
  readonly caller?: string;
  readonly sourceIdentity?: string;
  /** The values it was sent, without tags and descriptions. */
  readonly summary: string;
}

/** Calls kept; older ones are forgotten. */
const KEPT = 50_000;

/** The calls that were made, in their order. */
export class CallLog {
  #calls: LoggedCall[] = [];

  add(call: LoggedCall): void {
    this.#calls.push(call);
    if (this.#calls.length > 2 * KEPT) this.#calls = this.#calls.slice(-KEPT);
  }

  all(): readonly LoggedCall[] {
    return [...this.#calls];
  }
}
