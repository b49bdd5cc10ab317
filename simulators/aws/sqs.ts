import { createHash, randomUUID } from 'node:crypto';
import type { Clock } from '../shared/clock.ts';
import { AwsError } from './errors.ts';

interface Kept {
  readonly id: string;
  readonly body: string;
  /** Handed out: invisible until then, under this handle. */
  visibleMs: number;
  handle?: string;
}

type Json = Readonly<Record<string, unknown>>;

const VISIBILITY_MS = 30_000;
const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

function only(input: Json, ...names: readonly string[]): void {
  const unknown = Object.keys(input).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new AwsError('InvalidParameterValue', `The parameter ${unknown} is not known here.`);
}

/** One standard queue: messages come at least once, and in no order. */
export class Queue {
  readonly url: string;
  readonly #now: Clock;
  #messages: Kept[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(url: string, now: Clock) {
    this.url = url;
    this.#now = now;
  }

  send(body: string): void {
    this.#messages.push({ id: randomUUID(), body, visibleMs: 0 });
    for (const wake of [...this.#waiting]) wake();
  }

  /** Messages that nobody deleted. */
  get length(): number {
    return this.#messages.length;
  }

  /** Does what the action (`ReceiveMessage`) asks for. Throws its refusal. */
  async run(action: string, input: Json, signal: AbortSignal): Promise<Json> {
    if (input.QueueUrl !== this.url)
      throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.', 400);
    if (action === 'ReceiveMessage') return this.#receive(input, signal);
    if (action === 'DeleteMessageBatch') return this.#deleteBatch(input);
    throw new AwsError('InvalidAction', `The action ${action} is not valid for this endpoint.`);
  }

  async #receive(input: Json, signal: AbortSignal): Promise<Json> {
    only(input, 'QueueUrl', 'MaxNumberOfMessages', 'WaitTimeSeconds');
    const { MaxNumberOfMessages: most = 1, WaitTimeSeconds: seconds = 0 } = input;
    if (!(Number(most) >= 1 && Number(most) <= 10) || !(Number(seconds) >= 0 && Number(seconds) <= 20))
      throw new AwsError('InvalidParameterValue', 'Value for a parameter is out of its range.');
    const visible = () => this.#messages.filter(({ visibleMs }) => visibleMs <= this.#now());
    if (visible().length === 0) await this.#news(Number(seconds) * 1000, signal);
    const given = visible().slice(0, Number(most));
    for (const message of given) {
      message.visibleMs = this.#now() + VISIBILITY_MS;
      message.handle = randomUUID();
    }
    return given.length === 0
      ? {}
      : {
          Messages: given.map(({ id, body, handle }) => {
            return { MessageId: id, ReceiptHandle: handle, Body: body, MD5OfBody: md5(body) };
          }),
        };
  }

  #deleteBatch(input: Json): Json {
    only(input, 'QueueUrl', 'Entries');
    const entries = (input.Entries ?? []) as readonly { readonly Id: string; readonly ReceiptHandle: string }[];
    if (entries.length === 0 || entries.length > 10)
      throw new AwsError('TooManyEntriesInBatchRequest', 'A batch has one to ten entries.');
    const handles = new Set(entries.map(({ ReceiptHandle }) => ReceiptHandle));
    this.#messages = this.#messages.filter(({ handle }) => handle === undefined || !handles.has(handle));
    return { Successful: entries.map(({ Id }) => ({ Id })), Failed: [] };
  }

  #news(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#waiting.add(done);
      signal.addEventListener('abort', done);
    });
  }
}
