import { JitError } from '../../core/errors/errors.ts';
import { durationText } from '../../core/language/duration.ts';
import { type Instant, MINUTE_MS, SECOND_MS } from '../../core/language/instant.ts';
import { CLOUD_NAMES } from '../../core/machine/machine.ts';
import type { Cloud } from '../../ports/cloud.ts';
import type { Now } from '../../ports/store.ts';
import type { Deps } from '../deps.ts';

/** Less is a slow network, or clocks that are being adjusted. */
const APART_MS = MINUTE_MS;

interface Times {
  readonly now: Now;
  /** `deps.monotonic()` just before `now` was asked for. */
  readonly startedMs: number;
}

/**
 * Redis says when a lease is over. Where its clock is wrong, and was so before this process came, the cloud's own clock (the
 * `Date` of the answers that were just read, a second late at most) says so: what would be open too long is not opened. A cloud
 * that tells no time has nothing against it.
 */
export function againstClocks(
  { monotonic, log }: Pick<Deps, 'monotonic' | 'log'>,
  { cloud }: Pick<Cloud, 'cloud'>,
  { now: { at }, startedMs }: Times,
  cloudNow: Instant | undefined,
): JitError | undefined {
  if (cloudNow === undefined) return undefined;
  const latest = at + (monotonic() - startedMs);
  const apartMs = Math.max(cloudNow - latest, at - SECOND_MS - cloudNow);
  if (apartMs <= APART_MS) return undefined;
  log.error(
    { cloud, cloudNow, redis: at },
    'the clocks of Redis and a cloud differ: nothing is opened there until they agree',
  );
  return new JitError('clocksDiffer', {
    cloud: CLOUD_NAMES[cloud],
    by: durationText(Math.round(apartMs / SECOND_MS) * SECOND_MS),
  });
}
