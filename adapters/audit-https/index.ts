import type { Link } from '../../src/core/evidence/chain.ts';
import { rowOf } from '../../src/core/evidence/row.ts';
import { type LiveSecret, secretNow } from '../../src/kit/live-secret.ts';
import { notTaken, untaken } from '../../src/kit/untaken.ts';
import type { CallOut } from '../../src/ports/outgoing.ts';
import type { Sink, SinkBatch } from '../../src/ports/sink.ts';
import { signed } from './sign.ts';

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
export function httpsSink({ name, kind, url, secret }: HttpsSinkSettings, call: CallOut, now: () => number): Sink {
  return {
    name,
    async write(batch, signal) {
      const asked = kind === 'splunk' ? splunk(batch, secretNow(secret)) : webhook(batch, secretNow(secret), now());
      const answer = await call({ url, ...asked, limitMs: LIMIT_MS, mostBytes: MOST_BYTES, signal });
      const why = untaken(answer);
      if (why !== undefined) throw notTaken(url, why, answer);
      // A 200 of Splunk says something only with its own code.
      if (kind === 'splunk' && !/"code"\s*:\s*0\b/.test(answer.text))
        throw notTaken(url, 'answers without code 0', answer);
    },
  };
}

/** What is sent of a record: its fields, and the record itself with its place in the chain, to be verified there too. */
export function sentOf(link: Link) {
  return { ...rowOf(link), head: link.head, record: link.record };
}

function splunk({ installation, links }: SinkBatch, token: string) {
  const body = links
    .map((link) =>
      JSON.stringify({
        time: (link.at / 1_000).toFixed(3),
        host: installation,
        source: 'drawbridge',
        sourcetype: 'drawbridge:audit',
        event: sentOf(link),
      }),
    )
    .join('\n');
  return { body, headers: { authorization: `Splunk ${token}`, 'content-type': 'application/json' } };
}

/** `webhook-id` is the same for the same batch. */
function webhook({ installation, from, links, note }: SinkBatch, secret: string, at: number) {
  const id = `${installation}-${from.index + 1}-${from.index + links.length}`;
  const body = JSON.stringify({ type: 'drawbridge.audit', installation, records: links.map(sentOf), note });
  return { body, headers: signed({ id, at, body }, secret) };
}
