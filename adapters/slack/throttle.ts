import { busy, retryAfterMsOf } from './errors.ts';
import type { SlackSettings } from './settings.ts';

interface Gate {
  /** Monotonic milliseconds; before that, nothing is sent. */
  readonly until: number;
  /** The one call that finds out whether it goes on. */
  trying?: Promise<unknown>;
}

/**
 * Obeys Retry-After, which Slack gives a method of a workspace (https://docs.slack.dev/apis/web-api/rate-limits): until then
 * the method is not called, then by one call alone, and by all again once that one was taken.
 */
export class SlackThrottle {
  readonly #now: () => number;
  readonly #gates = new Map<string, Gate>();

  /** @param now monotonic milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Throws `chatBusy`, and does not call, while the method's time has not come. */
  async run<T>(method: string, call: () => Promise<T>): Promise<T> {
    for (let gate = this.#gates.get(method); gate; gate = this.#gates.get(method)) {
      const left = gate.until - this.#now();
      if (left > 0) throw busy(left);
      if (!gate.trying) {
        const trying = this.#call(method, call);
        gate.trying = trying;
        return trying;
      }
      // Either way its gate is another one then, or none.
      await gate.trying.catch(() => {});
    }
    return this.#call(method, call);
  }

  async #call<T>(method: string, call: () => Promise<T>): Promise<T> {
    const before = this.#gates.get(method);
    try {
      const answer = await call();
      if (this.#gates.get(method) === before) this.#gates.delete(method);
      return answer;
    } catch (error) {
      const ms = retryAfterMsOf(error);
      if (ms !== undefined) this.#gates.set(method, { until: this.#now() + ms });
      else if (this.#gates.get(method) === before) this.#gates.delete(method);
      throw error;
    }
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
