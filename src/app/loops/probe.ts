import type { Deps } from '../deps.ts';

const PROBE_MS = 15_000;

/** Can we still sign in everywhere? A trust that is lost is a rule that cannot be closed: said loudly, before it matters. */
export async function probe(deps: Deps, signal: AbortSignal): Promise<number> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(PROBE_MS)]);
  const all = [...deps.clouds.values(), ...deps.chats.values()];
  const results = await Promise.allSettled(all.map((one) => one.check(within)));
  const failed = results.flatMap((result, i) =>
    result.status === 'rejected' ? [{ error: result.reason, of: all[i] }] : [],
  );
  for (const { error, of } of failed) {
    const name = of && ('cloud' in of ? of.cloud : of.chat);
    deps.log.error({ error, of: name }, 'signing in does not work; what is open there could not be closed now');
  }
  return failed.length;
}
