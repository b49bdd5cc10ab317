import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { MINUTE_MS, SECOND_MS } from '../../src/core/language/instant.ts';
import { ENDLESS } from '../../src/kit/time-limit.ts';
import type { CallOut } from '../../src/ports/outgoing.ts';
import { refusalOf, ScheduleFault, unreadable } from './errors.ts';
import type { CalendarSays } from './events.ts';

export interface CalendarSchedule {
  readonly kind: 'calendar';
  readonly url: string;
  /** Of events that last whole days. */
  readonly zone: string;
}

const SERVICE = 'its calendar';
const LIMIT_MS = 10 * SECOND_MS;
const MOST_BYTES = 1_000_000;
const READ_MS = 5 * SECOND_MS;
const MOST_MB = 128;
/** Hosts of calendars prepare them seldom. */
const KEPT_MS = MINUTE_MS;

interface Feed {
  readonly at: number;
  readonly text: Promise<string>;
}

/**
 * Reads calendars; what was fetched is kept for a minute. A calendar is read in a thread of its own, which is ended when it takes
 * too long or too much: nothing else waits for what a stranger may have put into it.
 */
export class Calendars {
  readonly #call: CallOut;
  readonly #feeds = new Map<string, Feed>();

  constructor(call: CallOut) {
    this.#call = call;
  }

  async now({ url, zone }: CalendarSchedule, now: number): Promise<readonly string[]> {
    const says = await inThread({ text: await this.#text(url, now), now, zone });
    if ('words' in says) return says.words;
    throw new ScheduleFault(says.fault, 'Ask your Drawbridge administrator to look at the calendar.');
  }

  /** Shared by all who ask, so it ends with none of them. One that failed is not kept. */
  #text(url: string, now: number): Promise<string> {
    const kept = this.#feeds.get(url);
    if (kept && now - kept.at < KEPT_MS && now >= kept.at) return kept.text;
    const text = this.#fetch(url);
    this.#feeds.set(url, { at: now, text });
    text.catch(() => {
      if (this.#feeds.get(url)?.text === text) this.#feeds.delete(url);
    });
    return text;
  }

  async #fetch(url: string): Promise<string> {
    const headers = { accept: 'text/calendar' };
    const answer = await this.#call({ url, headers, limitMs: LIMIT_MS, mostBytes: MOST_BYTES, signal: ENDLESS });
    if (answer.status !== 200) throw refusalOf(SERVICE, answer.status);
    return answer.text;
  }
}

function inThread(workerData: { readonly text: string; readonly now: number; readonly zone: string }) {
  const { promise, resolve, reject } = Promise.withResolvers<CalendarSays>();
  // TypeScript, or compiled, as this file is.
  const worker = new Worker(new URL(`./reader${extname(import.meta.url)}`, import.meta.url), {
    workerData,
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: MOST_MB },
  });
  const tooLong = setTimeout(() => reject(unreadable(SERVICE, new Error('it takes too long to read'))), READ_MS);
  worker.on('message', resolve);
  worker.on('error', (error) => reject(unreadable(SERVICE, error)));
  worker.on('exit', () => reject(unreadable(SERVICE, new Error('its reader ended'))));
  return promise.finally(() => {
    clearTimeout(tooLong);
    void worker.terminate();
  });
}
