import { type Instant, SECOND_MS } from '../core/language/instant.ts';

const LIMIT_MS = 5_000;

/** A service's own clock, by the `Date` of whatever it answers (RFC 9110, 6.6.1); undefined where it tells none, or does not answer. */
export async function dateOf(url: string, signal: AbortSignal): Promise<Instant | undefined> {
  try {
    const within = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]);
    const answer = await fetch(url, { redirect: 'manual', signal: within });
    await answer.body?.cancel();
    return dateIn(answer.headers.get('date'), answer.headers.get('age'));
  } catch {
    return undefined;
  }
}

/**
 * What the clock of a service said as it was asked: its `Date`, and what a cache on the way says that passed since (`Age`, in seconds,
 * RFC 9111, 5.1); undefined where nobody can read it.
 */
export function dateIn(date: string | null | undefined, age: string | null | undefined): Instant | undefined {
  const at = Date.parse(date ?? '');
  if (Number.isNaN(at)) return undefined;
  return at + (/^\d{1,9}$/.test(age ?? '') ? Number(age) * SECOND_MS : 0);
}
