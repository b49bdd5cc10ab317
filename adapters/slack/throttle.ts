import { AskedWait } from '../../src/kit/asked-wait.ts';
import { busy, retryAfterMsOf } from './errors.ts';
import type { SlackSettings } from './settings.ts';

/** Obeys Retry-After, which Slack gives a method of a workspace (https://docs.slack.dev/apis/web-api/rate-limits): `chatBusy` until then. */
export class SlackThrottle extends AskedWait {
  /** @param now monotonic milliseconds */
  constructor(now: () => number = () => performance.now()) {
    super({ waitOf: retryAfterMsOf, refusal: busy, now });
  }
}

const THROTTLES = new Map<string, SlackThrottle>();

/** The one of an app in its workspace, as that is what Slack limits: whoever makes clients anew keeps to what others were told. */
export function throttleOf({ apiUrl = '', teamId, appId }: SlackSettings): SlackThrottle {
  const key = `${apiUrl} ${teamId} ${appId}`;
  const throttle = THROTTLES.get(key) ?? new SlackThrottle();
  THROTTLES.set(key, throttle);
  return throttle;
}
