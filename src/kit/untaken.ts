import { JitError } from '../core/errors/errors.ts';
import type { OutgoingAnswer } from '../ports/outgoing.ts';

/**
 * Why an answer to a post is none that took it, in words that follow the name of the host; undefined where it did. 200 to 299 is a yes
 * (Standard Webhooks), but for a page: a proxy that wants a sign-in, or a host that is another one, answers everything with 200.
 */
export function untaken({ status, headers }: OutgoingAnswer): string | undefined {
  if (status < 200 || status > 299) return `answers ${status}`;
  return /^\s*text\/html\b/i.test(String(headers['content-type'] ?? '')) ? 'answers with a page' : undefined;
}

/** The error of a post that was not taken, for a reason in words that follow the name of the host, with the wait that the answer asks for. */
export function notTaken(url: string, why: string, { headers }: Pick<OutgoingAnswer, 'headers'>): JitError {
  const retryAfterMs = waitAskedFor(headers);
  const extra = retryAfterMs === undefined ? {} : { retryAfterMs };
  return new JitError('outgoingSilent', { host: new URL(url).host, why }, extra);
}

/**
 * How long an answer asks to wait, in ms: `Retry-After` in seconds, or as a date (RFC 9110, 10.2.3). Undefined where it asks for nothing that
 * can be read. A date is compared with the `Date` of the same answer: only the host knows its own clock.
 */
export function waitAskedFor(headers: OutgoingAnswer['headers'], now: () => number = Date.now): number | undefined {
  const asked = String(headers['retry-after'] ?? '').trim();
  if (/^\d{1,9}$/.test(asked)) return Number(asked) * 1_000;
  const [until, own] = [Date.parse(asked), Date.parse(String(headers.date ?? ''))];
  return /[a-z]/i.test(asked) && !Number.isNaN(until)
    ? Math.max(0, until - (Number.isNaN(own) ? now() : own))
    : undefined;
}
