import { JitError } from '../../src/core/errors/errors.ts';
import { waitAskedFor } from '../../src/kit/untaken.ts';

const CHAT = 'Teams';

interface Told {
  /** HTTP status; absent when nobody answered. */
  readonly status?: number;
  /** The service's own code: `MessageWritesBlocked`, `AADSTS7000215`. */
  readonly code?: string;
  /** Milliseconds that the service asked to wait. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** What the connector or the login answered instead of doing it, free of any SDK. */
export class ConnectorFailure extends Error {
  override readonly name = 'ConnectorFailure';
  readonly status: number | undefined;
  readonly code: string;
  readonly retryAfterMs: number | undefined;

  constructor({ status, code, retryAfterMs, cause }: Told) {
    // Codes are shown: whatever else a service puts there stays out.
    const known = /^[A-Za-z0-9_.-]{1,60}$/.test(code ?? '') ? code : undefined;
    super(`${status ?? 'no answer'} ${known ?? ''}`.trim(), { cause });
    this.status = status;
    this.code = known ?? `HTTP ${status ?? 'none'}`;
    this.retryAfterMs = retryAfterMs;
  }
}

interface SdkError {
  readonly statusCode?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly response?: { readonly headers?: { get(name: string): string | undefined } };
}

/** What an SDK threw, as ours. */
export function failureOf(error: unknown): ConnectorFailure {
  if (error instanceof ConnectorFailure) return error;
  const { statusCode, code, message, response } = (error ?? {}) as SdkError;
  const status = typeof statusCode === 'number' ? statusCode : undefined;
  const entra = /AADSTS\d+/.exec(String(message))?.[0];
  const header = (name: string) => response?.headers?.get(name);
  const retryAfterMs = waitAskedFor({ 'retry-after': header('retry-after'), date: header('date') });
  return new ConnectorFailure({
    // What Entra says of a bad secret has a status of its own, which is not the connector's.
    ...(status === undefined || entra ? {} : { status }),
    ...(entra ? { code: entra } : typeof code === 'string' ? { code } : {}),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    cause: error,
  });
}

/** Gone: the message or its conversation does not exist (any more). */
export function isGone(error: unknown): boolean {
  return error instanceof ConnectorFailure && error.status === 404;
}

/** Nothing was done, and trying again soon is what the service asks for. */
export function isThrottled(error: unknown): error is ConnectorFailure {
  return error instanceof ConnectorFailure && error.status === 429;
}

/** It was not called: Teams wants to be left alone for so long yet. */
export function throttled(ms: number): ConnectorFailure {
  return new ConnectorFailure({ status: 429, retryAfterMs: Math.ceil(ms) });
}

/** The bot may not write there, under whatever name: not installed, removed, blocked. */
export function isBarred(error: unknown): boolean {
  return error instanceof ConnectorFailure && error.status === 403;
}

/**
 * The one table from what the connector said to what Drawbridge says. Busy, silent and unauthorised (a secret that is
 * being changed) pass; every other refusal stands. 412, 502 and 504 are Teams' own list of what to try again
 * (Teams, "Rate limiting your bot").
 */
export function asJitError(error: unknown): unknown {
  if (!(error instanceof ConnectorFailure)) return error;
  const { code, retryAfterMs } = error;
  const extra = { cause: error, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  return new JitError(passes(error) ? 'chatSilent' : 'chatRefused', { chat: CHAT, code }, extra);
}

function passes({ status }: ConnectorFailure): boolean {
  return status === undefined || status >= 500 || [401, 408, 412, 429].includes(status);
}

/** Teams does not take it, however often it is asked. */
export function isFinal(error: unknown): boolean {
  return error instanceof ConnectorFailure && !passes(error);
}

/** How long Teams wants to be left alone; 0 where it does not say. */
export function waitOf(error: unknown): number {
  return error instanceof ConnectorFailure || error instanceof JitError ? (error.retryAfterMs ?? 0) : 0;
}

/** The same for the login alone, where Entra's own number (`AADSTS…`) is what an administrator needs. */
export function loginError(error: unknown): unknown {
  if (!(error instanceof ConnectorFailure) || !error.code.startsWith('AADSTS')) return asJitError(error);
  return new JitError('chatRefused', { chat: CHAT, code: error.code }, { cause: error });
}
