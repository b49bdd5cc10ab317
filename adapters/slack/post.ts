import { type IncomingMessage, Agent as PlainAgent, request as plainly } from 'node:http';
import { request as overTls, Agent as TlsAgent } from 'node:https';

/** What is not used for so long is closed, before the other side does and an answer is lost on it. */
const IDLE_MS = 4_000;
/** The rest waits for one of these, within its own time limit. */
const MOST_CONNECTIONS = 50;
/** Slack's longest page of people is some megabytes. */
const MOST_BYTES = 32_000_000;

/**
 * Posts texts, for Slack's clients: `fetch` takes three times the CPU for it, which whoever is to be acknowledged next waits for.
 * Follows no redirect.
 *
 * @param limitMs from the call until all of the reply is there; rejects after it
 */
export function poster(limitMs: number): typeof fetch {
  // As `fetch` does it: a proxy is for the environment to name.
  const proxies = process.env.NODE_USE_ENV_PROXY === '1' ? { proxyEnv: process.env } : {};
  const options = { keepAlive: true, timeout: IDLE_MS, maxSockets: MOST_CONNECTIONS, ...proxies };
  const [plain, tls] = [new PlainAgent(options), new TlsAgent(options)];
  return async (url, { headers, body } = {}) => {
    const to = new URL(String(url));
    const text = String(body);
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    const sending = { method: 'POST', headers: { ...(headers as object), 'content-length': Buffer.byteLength(text) } };
    const sent =
      to.protocol === 'http:' ? plainly(to, { ...sending, agent: plain }) : overTls(to, { ...sending, agent: tls });
    const stop = (why: string) => sent.destroy(new Error(why));
    const late = setTimeout(() => stop(`no answer within ${limitMs} ms`), limitMs);
    sent.once('error', reject);
    sent.once('response', (response) => {
      response.once('error', reject);
      read(response, stop).then(resolve, reject);
    });
    sent.end(text);
    try {
      return await promise;
    } finally {
      clearTimeout(late);
    }
  };
}

function read(response: IncomingMessage, stop: (why: string) => void): Promise<Response> {
  const parts: Buffer[] = [];
  let bytes = 0;
  response.on('data', (part: Buffer) => {
    bytes += part.length;
    if (bytes > MOST_BYTES) stop(`an answer of more than ${MOST_BYTES} bytes`);
    else parts.push(part);
  });
  return new Promise((resolve, reject) => {
    response.once('end', () => {
      try {
        const { statusCode: status = 0, statusMessage: statusText = '' } = response;
        const headers = Object.entries(response.headersDistinct).flatMap(([name, values = []]) =>
          values.map((value): [string, string] => [name, value]),
        );
        // What must have no body has none: 204, 205, and 304.
        resolve(new Response(bytes === 0 ? null : Buffer.concat(parts), { status, statusText, headers }));
      } catch (error) {
        reject(error);
      }
    });
  });
}
