import { randomUUID } from 'node:crypto';
import type { Clock } from '../../src/kit/clock.ts';
import { type LiveSecret, secretNow } from '../../src/kit/live-secret.ts';
import { pollUntil } from '../../src/kit/poll.ts';
import { notTaken, untaken } from '../../src/kit/untaken.ts';
import type { CallOut } from '../../src/ports/outgoing.ts';
import type { Sink, SinkBatch } from '../../src/ports/sink.ts';
import { sentOf } from './sent.ts';

interface SplunkSettings {
  readonly name: string;
  readonly url: string;
  /** Token of the HTTP Event Collector. */
  readonly secret: LiveSecret;
}

const LIMIT_MS = 25_000;
const LOOK_MS = 5_000;
const MOST_BYTES = 64_000;
/** How often, and at what distance, one write asks whether what was posted is indexed. */
const LOOKS = 20;
const BETWEEN_MS = 1_000;
/** So many writes ask; then it is posted again: the collector forgets what it acknowledges after ten minutes, and at a restart. */
const TURNS = 8;

/** What the collector took, and did not acknowledge yet. */
interface Pending {
  /** The signed head behind the batch: no other one has it. */
  readonly note: string;
  readonly ackId: number;
  turns: number;
}

/**
 * Posts each batch to Splunk's HTTP Event Collector, where only code 0 counts as taken. Of a token with indexer acknowledgment (“About HTTP
 * Event Collector Indexer Acknowledgment”) code 0 says that it looked right, before the pipeline: there a batch counts once its `ackId` is
 * acknowledged. What is not by the end of a write is asked for again by the next one, and posted again after some of them.
 */
export function splunkSink({ name, url, secret }: SplunkSettings, call: CallOut, clock: Clock): Sink {
  // Ids count from 0 in each channel of each collector: what was given up keeps its own.
  let channel = randomUUID();
  let pending: Pending | undefined;
  const giveUp = () => {
    pending = undefined;
    channel = randomUUID();
  };
  const post = async (batch: SinkBatch, signal: AbortSignal) => {
    const headers = { ...headersOf(secretNow(secret)), 'x-splunk-request-channel': channel };
    const answer = await call({ url, headers, body: bodyOf(batch), limitMs: LIMIT_MS, mostBytes: MOST_BYTES, signal });
    const why = untaken(answer);
    if (why !== undefined) throw notTaken(url, why, answer);
    // A 200 of Splunk says something only with its own code.
    const { code, ackId } = jsonIn(answer.text);
    if (code !== 0) throw notTaken(url, 'answers without code 0', answer);
    if (ackId === undefined || ackId === null) return undefined;
    if (Number.isSafeInteger(ackId)) return Number(ackId);
    throw notTaken(url, 'answers with an `ackId` that is no number', answer);
  };
  const look = async (ackId: number, signal: AbortSignal) => {
    const asked = { url: ackUrl(url, channel), headers: headersOf(secretNow(secret)), body: `{"acks":[${ackId}]}` };
    const answer = await call({ ...asked, limitMs: LOOK_MS, mostBytes: MOST_BYTES, signal });
    const why = untaken(answer);
    // It was switched off meanwhile, or the token changed: nobody will ever tell.
    if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) giveUp();
    if (why !== undefined) throw notTaken(url, `${why}, and does not say whether it indexed what it took`, answer);
    const { acks } = jsonIn(answer.text);
    const isIndexed = (acks as Readonly<Record<string, unknown>> | undefined)?.[ackId] === true;
    return isIndexed ? { done: undefined } : { notYet: notTaken(url, 'has not indexed what it took', answer) };
  };
  return {
    name,
    async write(batch, signal) {
      signal.throwIfAborted();
      const { note } = batch;
      if (pending && (pending.note !== note || pending.turns >= TURNS)) giveUp();
      if (!pending) {
        const ackId = await post(batch, signal);
        if (ackId === undefined) return;
        pending = { note, ackId, turns: 0 };
      }
      const { ackId } = pending;
      pending.turns += 1;
      await pollUntil({ tries: LOOKS, betweenMs: BETWEEN_MS, signal }, clock, () => look(ackId, signal));
      pending = undefined;
    },
  };
}

function headersOf(token: string): Readonly<Record<string, string>> {
  return { authorization: `Splunk ${token}`, 'content-type': 'application/json' };
}

/** Beside the endpoint for events: `…/services/collector/ack`. */
function ackUrl(url: string, channel: string): string {
  const { origin, pathname } = new URL(url);
  const [base] = /^.*\/services\/collector(?=\/|$)/.exec(pathname) ?? [];
  if (base === undefined)
    throw notTaken(url, 'acknowledges what it indexed, and its URL has no /services/collector', { headers: {} });
  return `${origin}${base}/ack?channel=${channel}`;
}

function jsonIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === 'object' && read !== null ? (read as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}

function bodyOf({ installation, links }: SinkBatch): string {
  return links
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
}
