/**
 * Bad days of a simulated service. A test (or the page) says which operation misbehaves, how, and how often; the
 * simulator asks `take(operation)` once for every call and does what it is told. Without a fault it behaves well.
 */
export type Fault =
  /** The service's own "too many requests", with its Retry-After where it has one. Nothing happens. */
  | { readonly kind: 'throttle'; readonly retryAfterSeconds?: number }
  /** The service's error envelope with this HTTP status and code. Nothing happens. */
  | { readonly kind: 'error'; readonly status: number; readonly code: string; readonly message?: string }
  /** The effect happens, then the connection is cut before the reply. */
  | { readonly kind: 'lostReply' }
  /** The connection is cut and nothing happens. */
  | { readonly kind: 'reset' }
  /** The reply comes after this many real milliseconds (the effect happens at once). */
  | { readonly kind: 'slow'; readonly ms: number }
  /** The connection is cut now; the effect happens once the simulator's clock has moved on by `ms`. */
  | { readonly kind: 'lateLanding'; readonly ms: number }
  /** A read answers with the state as it was `ms` ago on the simulator's clock. */
  | { readonly kind: 'stale'; readonly ms: number }
  /** Something on the way (a proxy, a filter) answers 200 with this in place of the service. Nothing happens. */
  | { readonly kind: 'strange'; readonly body: string; readonly headers?: Readonly<Record<string, string>> };

interface Planned {
  readonly operation: string | RegExp;
  readonly fault: Fault;
  left: number;
}

/** The planned misbehaviour of one simulator. Operations are named as the vendor names them. */
export class Faults {
  #planned: Planned[] = [];

  /** Plans a fault for the next `times` calls of `operation` (a name or a pattern); for ever with `Infinity`. */
  add(operation: string | RegExp, fault: Fault, times = 1): void {
    this.#planned.push({ operation, fault, left: times });
  }

  /** The fault for this call, if one is planned; counts it down. */
  take(operation: string): Fault | undefined {
    const planned = this.#planned.find(
      (p) => p.left > 0 && (typeof p.operation === 'string' ? p.operation === operation : p.operation.test(operation)),
    );
    if (!planned) return undefined;
    planned.left -= 1;
    return planned.fault;
  }

  clear(): void {
    this.#planned = [];
  }
}
