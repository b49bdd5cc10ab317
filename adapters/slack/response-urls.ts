import { Agent as PlainAgent, request as plainly } from 'node:http';
import { request as overTls, Agent as TlsAgent } from 'node:https';

/** What is not used for so long is closed, before the other side does and an answer is lost on it. */
const IDLE_MS = 4_000;
/** The rest waits for one of these, within its own time limit. */
const MOST_CONNECTIONS = 50;

/**
 * Posts answers to response URLs, for Bolt: `fetch` takes three times the CPU for it, which whoever is to be acknowledged next
 * waits for. Follows no redirect. Gives the status alone: Bolt reads no more of what Slack says.
 *
 * @param limitMs from the call until all of the reply is there; rejects after it
 */
export function responseUrls(limitMs: number): typeof fetch {
  const options = { keepAlive: true, timeout: IDLE_MS, maxSockets: MOST_CONNECTIONS };
  const [plain, tls] = [new PlainAgent(options), new TlsAgent(options)];
  return async (url, { headers, body } = {}) => {
    const to = new URL(String(url));
    const text = String(body);
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const sending = { method: 'POST', headers: { ...(headers as object), 'content-length': Buffer.byteLength(text) } };
    const sent =
      to.protocol === 'http:' ? plainly(to, { ...sending, agent: plain }) : overTls(to, { ...sending, agent: tls });
    const late = setTimeout(() => sent.destroy(new Error(`no answer within ${limitMs} ms`)), limitMs);
    sent.once('error', reject);
    sent.once('response', (response) => {
      response.once('error', reject);
      response.once('end', () => resolve(response.statusCode ?? 0));
      response.resume();
    });
    sent.end(text);
    try {
      return new Response(null, { status: await promise });
    } finally {
      clearTimeout(late);
    }
  };
}
