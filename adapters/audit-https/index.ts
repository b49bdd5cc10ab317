import { createHmac } from 'node:crypto';
import { JitError } from '../../src/core/errors/errors.ts';
import type { Link } from '../../src/core/evidence/chain.ts';
import { rowOf } from '../../src/core/evidence/row.ts';
import { type LiveSecret, secretNow } from '../../src/kit/live-secret.ts';
import type { CallOut } from '../../src/ports/outgoing.ts';
import type { Sink, SinkBatch } from '../../src/ports/sink.ts';

export interface HttpsSinkSettings {
  readonly name: string;
  readonly kind: 'splunk' | 'webhook';
  readonly url: string;
  /** Token of Splunk's HTTP Event Collector; of a webhook the key that signs. */
  readonly secret: LiveSecret;
}

const LIMIT_MS = 25_000;
const MOST_BYTES = 64_000;
const WHSEC = 'whsec_';

/**
 * Posts each batch to a host of the operators: to Splunk's HTTP Event Collector, or signed as Standard Webhooks have it. Nothing
 * tells what is there already, so what nobody can tell is posted again: `uid` and `head` are the same then.
 */
export function httpsSink({ name, kind, url, secret }: HttpsSinkSettings, call: CallOut, now: () => number): Sink {
  return {
    name,
    async write(batch, signal) {
      const asked = kind === 'splunk' ? splunk(batch, secretNow(secret)) : webhook(batch, secretNow(secret), now());
      const { status, text } = await call({ url, ...asked, limitMs: LIMIT_MS, mostBytes: MOST_BYTES, signal });
      if (status < 200 || status > 299) throw silent(url, `answers ${status}`);
      // A 200 of Splunk says something only with its own code.
      if (kind === 'splunk' && !/"code"\s*:\s*0\b/.test(text)) throw silent(url, 'answers without code 0');
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

/** `webhook-id` is the same for the same batch; `v1` is HMAC-SHA256 of `<id>.<seconds>.<body>`. */
function webhook({ installation, from, links, note }: SinkBatch, secret: string, now: number) {
  const id = `${installation}-${from.index + 1}-${from.index + links.length}`;
  const seconds = Math.floor(now / 1_000);
  const body = JSON.stringify({ type: 'drawbridge.audit', installation, records: links.map(sentOf), note });
  const key = secret.startsWith(WHSEC) ? Buffer.from(secret.slice(WHSEC.length), 'base64') : secret;
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
  const signed = { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': `v1,${signature}` };
  return { body, headers: { ...signed, 'content-type': 'application/json' } };
}

function silent(url: string, why: string): JitError {
  return new JitError('outgoingSilent', { host: new URL(url).host, why });
}
