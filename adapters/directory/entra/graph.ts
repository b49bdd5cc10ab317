import { SECOND_MS } from '../../../src/core/language/instant.ts';
import { say } from '../../../src/core/language/say.ts';
import type { Clock } from '../../../src/kit/clock.ts';
import { ENDLESS } from '../../../src/kit/time-limit.ts';
import { type EntraSettings, hostsOf } from './settings.ts';
import { away, type Sent, wireTo } from './wire.ts';

/** A throttled call is made once more if Graph wants no longer wait than this; else whoever asked tries again later. */
const LONGEST_WAIT_MS = 2 * SECOND_MS;
/** More pages than any group has: a list that leads in a circle ends. */
const MOST_PAGES = 200;

/** A call of Graph v1.0. Ids alone go into paths. */
export interface GraphCall extends Omit<Sent, 'url'> {
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
}

/** What Graph refused with: a right is missing (403), or there is no such thing (404). */
export interface GraphRefusal {
  readonly status: 403 | 404;
}

export interface Graph {
  /** Throws `directoryAway`. */
  call(call: GraphCall): Promise<{ readonly body: Readonly<Record<string, unknown>> } | GraphRefusal>;
  /** All pages of a list. */
  list(call: GraphCall): Promise<{ readonly all: readonly unknown[] } | GraphRefusal>;
}

/**
 * Graph in plain JSON (decision 0016): Microsoft's client follows redirects, knows no time limit, and when it is throttled waits
 * for minutes, which nothing can end.
 */
export function graphOf(settings: EntraSettings, { pause }: Pick<Clock, 'pause'>): Graph {
  const base = `${hostsOf(settings).graph}/v1.0`;
  const wire = wireTo(settings);

  async function answerTo(sent: Sent): ReturnType<Graph['call']> {
    let answer = await wire(sent);
    if (answer.status === 429 && answer.retryAfterMs <= LONGEST_WAIT_MS) {
      await pause(answer.retryAfterMs, ENDLESS);
      answer = await wire(sent);
    }
    const { status, body, retryAfterMs } = answer;
    if (status === 200 && body) return { body };
    if (status === 403 || status === 404) return { status };
    if (status === 429)
      throw away(say`takes no more calls for now`, Number.isNaN(retryAfterMs) ? {} : { retryAfterMs });
    throw away(say`answers with HTTP ${String(status)}`);
  }

  return {
    call: ({ path, query, ...rest }) => answerTo({ url: `${base}${path}${queryText(query)}`, ...rest }),
    async list({ path, query, ...rest }) {
      const all: unknown[] = [];
      let next: string | undefined = `${base}${path}${queryText(query)}`;
      for (let pages = 0; next !== undefined; pages += 1) {
        // The token goes nowhere else, and a list that leads elsewhere is none.
        if (pages >= MOST_PAGES || !next.startsWith(`${base}/`)) throw away(say`gives a list that leads nowhere`);
        const found: Awaited<ReturnType<Graph['call']>> = await answerTo({ url: next, ...rest });
        if (!('body' in found)) return found;
        const { value, '@odata.nextLink': link } = found.body;
        if (!Array.isArray(value)) throw away(say`gives a list that cannot be read`);
        all.push(...value);
        next = typeof link === 'string' ? link : undefined;
      }
      return { all };
    },
  };
}

function queryText(query: GraphCall['query'] = {}): string {
  const parts = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return parts.length > 0 ? `?${parts.join('&')}` : '';
}
