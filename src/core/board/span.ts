import { DAY_MS, type Instant, LAST } from '../language/instant.ts';

/** What is looked back at. */
export interface LookedAt {
  readonly from: Instant;
  readonly to: Instant;
}

const USUAL_MS = 30 * DAY_MS;
const LONGEST_MS = 400 * DAY_MS;

/** A day, or an instant with its zone: what else a text may mean is not the same on every computer. */
const ISO = /^\d{4}-\d{2}-\d{2}(?:T[\d:.]{5,12}(?:Z|[+-]\d{2}:\d{2}))?$/;

/** The time in an address, at most 400 days of it: an instant that is none is the usual one, the last 30 days. Page and server read it alike. */
export function readSpan(query: URLSearchParams, now: Instant): LookedAt {
  const to = instantOf(query.get('to')) ?? now;
  const from = instantOf(query.get('from')) ?? to - USUAL_MS;
  return { from: Math.max(Math.min(from, to - 1), to - LONGEST_MS), to };
}

function instantOf(text: string | null): Instant | undefined {
  if (text === null) return undefined;
  const at = /^\d{10,15}$/.test(text) ? Number(text) : ISO.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isSafeInteger(at) && at > 0 && at <= LAST ? at : undefined;
}
