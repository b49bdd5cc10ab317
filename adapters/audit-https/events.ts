import { rowOf } from '../../src/core/evidence/row.ts';
import { type LiveSecret, secretNow } from '../../src/kit/live-secret.ts';
import { notTaken, untaken } from '../../src/kit/untaken.ts';
import type { CallOut } from '../../src/ports/outgoing.ts';
import type { Sink } from '../../src/ports/sink.ts';
import { signed } from './sign.ts';

export interface EventHookSettings {
  readonly name: string;
  readonly url: string;
  /** The key that signs. */
  readonly secret: LiveSecret;
  /** As the audit calls them; absent: all. */
  readonly events?: readonly string[];
}

const LIMIT_MS = 10_000;
/** Nothing of the answer is read. */
const MOST_BYTES = 64_000;

/**
 * Posts each event by itself, in order, signed as Standard Webhooks have it: `{ type, timestamp, data }`, where `data` are the fields of
 * docs/audit.md. What was not answered with 200 to 299 comes again with the same `webhook-id`, and nothing goes before it. It begins with
 * what comes after it was configured.
 */
export function eventHook({ name, url, secret, events }: EventHookSettings, call: CallOut, now: () => number): Sink {
  // Of a batch that comes again, what was taken is not posted again, for as long as the process lives.
  let taken = { note: '', index: 0 };
  const post = async (id: string, body: string, signal: AbortSignal) => {
    const headers = signed({ id, at: now(), body }, secretNow(secret));
    const answer = await call({ url, headers, body, limitMs: LIMIT_MS, mostBytes: MOST_BYTES, signal });
    const why = untaken(answer);
    if (why !== undefined) throw notTaken(url, why, answer);
  };
  return {
    name,
    isBestEffort: true,
    isNewsOnly: true,
    async write({ installation, links, note }, signal) {
      const done = taken.note === note ? taken.index : 0;
      for (const link of links) {
        if (link.index <= done) continue;
        signal.throwIfAborted();
        const row = rowOf(link);
        const event = String(row.event);
        if (events === undefined || events.includes(event)) {
          const type = `drawbridge.${event.replaceAll(' ', '_')}`;
          const body = JSON.stringify({ type, timestamp: row.time, data: { installation, ...row } });
          await post(`${installation}-${row.uid}`, body, signal);
        }
        taken = { note, index: link.index };
      }
    },
  };
}
