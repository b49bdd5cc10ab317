import { parse } from 'node:querystring';
import { type App, isValidSlackRequest, type Receiver } from '@slack/bolt';
import { type LiveSecret, secretNow } from '../../src/kit/live-secret.ts';
import type { HttpReply, HttpRequest } from '../../src/ports/http.ts';
import type { Log } from '../../src/ports/log.ts';
import { type Delivery, shaped } from './shape.ts';

/** Why a delivery is not even shown to Bolt. */
class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: number;

  constructor(status: number, why: string, cause?: unknown) {
    super(why, { cause });
    this.status = status;
  }
}

/** The headers that Slack signs a delivery with. */
interface Signed {
  readonly signature: string;
  readonly timestamp: string;
}

/**
 * Slack's deliveries over HTTP, for Bolt: verified, read once, and of a proper shape. NB. in the place of Bolt's own
 * `HTTPReceiver`, which reads the body three times, and which a signed `null` makes end the process (5.1.0: it looks at
 * `body.ssl_check` where nobody catches).
 */
export class HttpDeliveries implements Receiver {
  readonly #signingSecret: LiveSecret;
  readonly #log: Log;
  readonly #ackMs: number;
  #app: App | undefined;

  constructor(signingSecret: LiveSecret, log: Log, ackMs: number) {
    this.#signingSecret = signingSecret;
    this.#log = log;
    this.#ackMs = ackMs;
  }

  init(app: App): void {
    this.#app = app;
  }

  /** Nothing to start or stop: the program's own server calls `take`. */
  async start(): Promise<void> {}

  async stop(): Promise<void> {}

  /** Whatever is wrong with a delivery is a 4xx and one line in the log. */
  async take({ headers, body }: HttpRequest): Promise<HttpReply> {
    try {
      const text = body.toString('utf8');
      const form = isForm(headers['content-type']) ? parse(text) : undefined;
      // The one thing that Slack sends unsigned: whether there is TLS. Nothing else in it is looked at.
      if (form?.ssl_check === '1') return { status: 200 };
      const signed = this.#verified(text, headers);
      const read = form && form.payload === undefined ? form : json(form ? form.payload : text);
      const challenge = challengeIn(read);
      if (challenge !== undefined) return answerOf({ challenge });
      const seen = shaped(read);
      if ('fault' in seen) throw new Refused(400, seen.fault);
      return await this.#handOver(seen.delivery, signed);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { message: why, status, cause } = error;
      this.#log.warn({ why, ...(cause === undefined ? {} : { error: cause }) }, 'a Slack delivery was refused');
      return { status };
    }
  }

  #verified(body: string, headers: HttpRequest['headers']): Signed {
    const signature = headers['x-slack-signature'];
    const timestamp = headers['x-slack-request-timestamp'];
    if (typeof signature !== 'string' || typeof timestamp !== 'string') throw new Refused(401, 'it is not signed');
    const isValid = isValidSlackRequest({
      signingSecret: secretNow(this.#signingSecret),
      body,
      headers: { 'x-slack-signature': signature, 'x-slack-request-timestamp': Number(timestamp) },
    });
    if (!isValid) throw new Refused(401, 'its signature is false or too old');
    return { signature, timestamp };
  }

  /** Resolves with the acknowledgement, as soon as somebody gives it; what follows it goes on. */
  #handOver(delivery: Delivery, signed: Signed): Promise<HttpReply> {
    const { promise, resolve, reject } = Promise.withResolvers<HttpReply>();
    let isAnswered = false;
    const answer = (reply: HttpReply) => {
      isAnswered = true;
      clearTimeout(late);
      resolve(reply);
    };
    // Slack does not wait any longer and has told the person; an acknowledgement now would promise what is not done.
    const late = setTimeout(answer, this.#ackMs, { status: 503 });
    const ack = async (said?: unknown) => {
      if (isAnswered) throw new Error('it was acknowledged twice, or too late');
      answer(answerOf(said));
    };
    // Bolt acknowledges an event before anybody has looked at it; the guard does, once it is kept.
    const isEvent = delivery.type === 'event_callback';
    const event = {
      body: delivery,
      ack: isEvent ? async () => {} : ack,
      customProperties: { ...signed, ...(isEvent ? { accepted: ack } : {}) },
    };
    this.#app?.processEvent(event).then(
      () => answer({ status: 503 }),
      (error: unknown) => {
        clearTimeout(late);
        // What our handlers throw does not come here: it is Bolt that could not read the delivery.
        reject(new Refused(400, 'Bolt cannot read it', error));
      },
    );
    return promise;
  }
}

/** What Slack shows of an acknowledgement: nothing, a text, or what JSON says. */
function answerOf(said: unknown): HttpReply {
  if (said === undefined || said === '') return { status: 200 };
  if (typeof said === 'string') return { status: 200, body: said };
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(said) };
}

function isForm(contentType = ''): boolean {
  return /^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(contentType);
}

function json(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    throw new Refused(400, 'no JSON');
  }
}

/** Slack's question whether somebody is here (https://docs.slack.dev/reference/events/url_verification). */
function challengeIn(read: unknown): string | undefined {
  const { type, challenge } = (read ?? {}) as { readonly type?: unknown; readonly challenge?: unknown };
  return type === 'url_verification' && typeof challenge === 'string' ? challenge : undefined;
}
