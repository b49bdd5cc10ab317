/** What a call of an SDK gets besides its input. */
export interface CallOptions {
  readonly abortSignal: AbortSignal;
}

/** What lets a mutating call begin, and stops it. */
export interface Allowed {
  readonly signal: AbortSignal;
  /** Throws when no call may be made any more. */
  readonly beforeCall: () => void;
}

/** Calls are allowed until the signal aborts. */
export function allowedUntil(signal: AbortSignal): Allowed {
  return { signal, beforeCall: () => signal.throwIfAborted() };
}
