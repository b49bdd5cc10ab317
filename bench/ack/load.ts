import { Agent, request } from 'node:http';
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';
import { signature } from '../../simulators/slack/sender.ts';
import type { Delivery, House, Taker, TeamsHouse } from './shared.ts';

const ANSWER_MS = 10_000;
const agent = new Agent({ keepAlive: true });
let typed = 0;

/**
 * Posts deliveries at a steady rate, whether or not earlier ones were answered. Gives for each the milliseconds from
 * when it was to be sent until its acknowledgement was read.
 */
export async function load(taker: Taker, next: () => Delivery, rate: number, ms: number): Promise<readonly number[]> {
  const began = performance.now() + 10;
  const count = (rate * ms) / 1_000;
  const latencies: Promise<number>[] = [];
  while (latencies.length < count) {
    const at = began + (latencies.length * 1_000) / rate;
    // A timer may be a millisecond early, which is several times what is measured.
    const early = Math.floor(at - performance.now());
    if (early > 0) await wait(early);
    while (performance.now() < at) await turn();
    const latency = post(taker.url, next()).then(() => performance.now() - at);
    // It is told below, once all are sent.
    latency.catch(() => {});
    latencies.push(latency);
  }
  return Promise.all(latencies);
}

/**
 * Keeps so many deliveries under way for so long, each sent when another was acknowledged. Gives how many were acknowledged in a second.
 */
export async function most(url: string, next: () => Delivery, atOnce: number, ms: number): Promise<number> {
  const began = performance.now();
  let count = 0;
  const one = async () => {
    while (performance.now() < began + ms) {
      await post(url, next());
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return (count * 1_000) / (performance.now() - began);
}

/** The same command again, under a trigger of its own: a repeated delivery would be refused. */
export function command({ command: sample, answers, signingSecret }: House): Delivery {
  typed += 1;
  const fields = new URLSearchParams(sample);
  fields.set('trigger_id', `1790000000.${typed}.0123456789abcdef0123456789abcdef`);
  fields.set('response_url', `${answers}${typed}`);
  const body = fields.toString();
  const at = Math.floor(Date.now() / 1_000);
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': at,
    'x-slack-signature': signature(signingSecret, at, body),
  };
  return { body, headers };
}

/** The same message again, under an id of its own. */
export function message({ message: sample, authorization }: TeamsHouse): Delivery {
  typed += 1;
  const body = JSON.stringify({ ...(JSON.parse(sample) as object), id: `17900000${typed}` });
  return { body, headers: { 'content-type': 'application/json; charset=utf-8', authorization } };
}

/** Where the other side closes an idle connection just as it is taken for a delivery, that goes out again on another one, as Node's documentation advises. */
async function post(url: string, delivery: Delivery): Promise<void> {
  try {
    await postOnce(url, delivery);
  } catch (error) {
    if (!(error instanceof Error && error.cause === REUSED)) throw error;
    await postOnce(url, delivery);
  }
}

const REUSED = 'the connection had been used before';

function postOnce(url: string, { body, headers: own }: Delivery): Promise<void> {
  const headers = { ...own, 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent, headers, timeout: ANSWER_MS }, (response) => {
      response.resume().once('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`a delivery was answered with ${response.statusCode}`));
      });
    });
    sent.once('timeout', () => sent.destroy(new Error(`no acknowledgement within ${ANSWER_MS} ms`)));
    sent.once('error', (error: NodeJS.ErrnoException) => {
      const isStale = sent.reusedSocket && error.code === 'ECONNRESET';
      reject(isStale ? new Error(error.message, { cause: REUSED }) : error);
    });
    sent.end(body);
  });
}
