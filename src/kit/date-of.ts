import type { Instant } from '../core/language/instant.ts';

const LIMIT_MS = 5_000;

/** A service's own clock, by the `Date` of whatever it answers (RFC 9110, 6.6.1); undefined where it tells none, or does not answer. */
export async function dateOf(url: string, signal: AbortSignal): Promise<Instant | undefined> {
  try {
    const within = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]);
    const answer = await fetch(url, { redirect: 'manual', signal: within });
    await answer.body?.cancel();
    const at = Date.parse(answer.headers.get('date') ?? '');
    return Number.isNaN(at) ? undefined : at;
  } catch {
    return undefined;
  }
}
