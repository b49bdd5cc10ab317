import { slackCode } from './errors.ts';

interface Found {
  readonly messages?: readonly {
    readonly ts?: string | undefined;
    readonly metadata?: { readonly event_type?: string; readonly event_payload?: unknown } | undefined;
  }[];
}

/** The app may not look there, or a read behind the write does not know the thread yet. */
const CANNOT_LOOK = new Set(['missing_scope', 'not_in_channel', 'thread_not_found']);

type Payload = Readonly<Record<string, unknown>>;

/**
 * The first message that bears such metadata, on the one page that is read. Undefined also where nobody may
 * look: what is looked for may then be posted a second time, the lesser evil.
 */
export async function findMessage(
  read: () => Promise<Found>,
  type: string,
  is: (payload: Payload) => boolean,
): Promise<{ readonly ts: string; readonly payload: Payload } | undefined> {
  try {
    const { messages = [] } = await read();
    for (const { ts, metadata } of messages) {
      const payload = (metadata?.event_payload ?? {}) as Payload;
      if (ts && metadata?.event_type === type && is(payload)) return { ts, payload };
    }
    return undefined;
  } catch (error) {
    if (CANNOT_LOOK.has(slackCode(error) ?? '')) return undefined;
    throw error;
  }
}

/**
 * Waits for a call no longer than the signal allows. The client cannot be interrupted: what was sent may still have its
 * effect, as after any lost answer.
 */
export function abortable<T>(signal: AbortSignal, call: () => Promise<T>): Promise<T> {
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    call()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', stop));
  });
}
