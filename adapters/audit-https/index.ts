import type { Clock } from '../../src/kit/clock.ts';
import { type LiveSecret, secretNow } from '../../src/kit/live-secret.ts';
import { notTaken, untaken } from '../../src/kit/untaken.ts';
import type { CallOut } from '../../src/ports/outgoing.ts';
import type { Sink, SinkBatch } from '../../src/ports/sink.ts';
import { sentOf } from './sent.ts';
import { signed } from './sign.ts';
import { splunkSink } from './splunk.ts';

export { eventHook } from './events.ts';

export interface HttpsSinkSettings {
  readonly name: string;
  readonly kind: 'splunk' | 'webhook';
  readonly url: string;
  /** Token of Splunk's HTTP Event Collector; of a webhook the key that signs. */
  readonly secret: LiveSecret;
}

const LIMIT_MS = 25_000;
const MOST_BYTES = 64_000;

/**
 * Posts each batch to a host of the operators: to Splunk's HTTP Event Collector, or signed as Standard Webhooks have it. Nothing
 * tells what is there already, so what nobody can tell is posted again: `uid` and `head` are the same then.
 */
export function httpsSink({ kind, ...settings }: HttpsSinkSettings, call: CallOut, clock: Clock): Sink {
  if (kind === 'splunk') return splunkSink(settings, call, clock);
  const { name, url, secret } = settings;
  return {
    name,
    async write(batch, signal) {
      const asked = webhook(batch, secretNow(secret), clock.now());
      const answer = await call({ url, ...asked, limitMs: LIMIT_MS, mostBytes: MOST_BYTES, signal });
      const why = untaken(answer);
      if (why !== undefined) throw notTaken(url, why, answer);
    },
  };
}

/** `webhook-id` is the same for the same batch, and of no other one: after a database that went back, others have the same places in the chain. */
function webhook({ installation, links, note }: SinkBatch, secret: string, at: number) {
  const [first, last] = [links[0], links.at(-1)];
  const id = `${installation}-${first?.index}-${last?.index}-${last?.epoch}`;
  const body = JSON.stringify({ type: 'drawbridge.audit', installation, records: links.map(sentOf), note });
  return { body, headers: signed({ id, at, body }, secret) };
}
