import { JitError, keptSpans } from '../../core/errors/errors.ts';
import { say } from '../../core/language/say.ts';
import type { Deps } from '../deps.ts';
import type { Alarms } from '../operators/alarms.ts';

const PROBE_MS = 15_000;
const REMEDY = say`\`npx jit doctor\` says what to do.`;

/** Can we still sign in everywhere? A trust that is lost is a rule that cannot be closed: said loudly, before it matters. */
export async function probe(deps: Deps, alarms: Alarms, signal: AbortSignal): Promise<number> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(PROBE_MS)]);
  const all = [...deps.clouds.values(), ...deps.chats.values()];
  const results = await Promise.allSettled(all.map((one) => one.check(within)));
  const named = all.map((one, i) => ({ name: 'cloud' in one ? one.cloud : one.chat, result: results[i] }));
  const alarmed = named.map(async ({ name, result }) => {
    const key = `sign-in:${name}`;
    if (result?.status !== 'rejected')
      return alarms.over({ key, title: say`Signing in to ${name} works again`, lines: [say`Nothing has to be done.`] });
    const error: unknown = result.reason;
    deps.log.error({ error, of: name }, 'signing in does not work; what is open there could not be closed now');
    const why = error instanceof JitError ? say`${keptSpans(error)}` : say`The log says why.`;
    const isCloud = [...deps.clouds.keys()].some((cloud) => cloud === name);
    const means = isCloud
      ? say`What is open there cannot be closed now.`
      : say`Nobody can request, decide, or revoke there.`;
    return alarms.raise({ key, title: say`Signing in to ${name} does not work`, lines: [means, why, REMEDY] });
  });
  await Promise.all(alarmed);
  return results.filter(({ status }) => status === 'rejected').length;
}
