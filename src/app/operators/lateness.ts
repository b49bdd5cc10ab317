import { keptSpans } from '../../core/errors/errors.ts';
import { type Instant, MINUTE_MS, SECOND_MS } from '../../core/language/instant.ts';
import { commas, say } from '../../core/language/say.ts';
import type { Saying } from '../../core/language/text.ts';
import { latenessOf, overAt } from '../../core/request/closing.ts';
import type { Ended, Request } from '../../core/request/request.ts';
import { portText } from '../../core/rule/port.ts';
import type { Closings } from '../../ports/health.ts';
import type { Deps } from '../deps.ts';
import type { Alarms } from './alarms.ts';

/** So late, the operators are told, and told again: each is a level. */
const LEVELS_MS = [1, 5, 15, 60].map((minutes) => minutes * MINUTE_MS);
/** Closings that the figures are of. */
const KEPT = 1_000;
/** Overdue ones that are read, and of these so many are named. */
const MOST = 200;
const MOST_SHOWN = 10;
/** Later than that a closing is worth a warning in the log. */
const LATE_MS = 20 * SECOND_MS;
const KEY = 'late';

type LateDeps = Pick<Deps, 'store' | 'log'>;

/** Before the store was asked, and where it did not answer. */
const NOBODY_KNOWS = { overdue: 'unknown', oldestMs: 'unknown' } as const;

/** How late closings are: those that this process proved, and those that the store says are still owed. */
export class Lateness {
  readonly #log: Deps['log'];
  readonly #meter: Deps['meter'];
  #proven = 0;
  #lateMs: number[] = [];
  #overdue: Pick<Closings, 'overdue' | 'oldestMs'> = NOBODY_KNOWS;

  constructor({ log, meter }: Pick<Deps, 'log' | 'meter'>) {
    this.#log = log;
    this.#meter = meter;
  }

  /** One closing is proven. */
  see(request: Ended): void {
    const lateMs = latenessOf(request);
    this.#proven += 1;
    this.#meter?.closed(lateMs);
    this.#lateMs = [...this.#lateMs.slice(1 - KEPT), lateMs];
    const fields = { request: request.id, machine: request.machine, lateMs };
    if (lateMs > LATE_MS) this.#log.warn(fields, 'proven closed, late');
    else this.#log.info(fields, 'proven closed');
  }

  closings(): Closings {
    const sorted = [...this.#lateMs].sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
    return {
      proven: this.#proven,
      latestMs: this.#lateMs.at(-1) ?? 0,
      medianMs: at(0.5),
      p99Ms: at(0.99),
      worstMs: sorted.at(-1) ?? 0,
      ...this.#overdue,
    };
  }

  async #asked(store: Deps['store']) {
    try {
      return { requests: await store.overdue(MOST), at: (await store.now()).at };
    } catch (error) {
      this.#overdue = NOBODY_KNOWS;
      throw error;
    }
  }

  /** Reads what is overdue, and tells the operators, more and more loudly, and once it is over. */
  async look({ store, log }: LateDeps, alarms: Alarms): Promise<void> {
    const { requests, at } = await this.#asked(store);
    const late = requests.filter((request) => lateBy(request, at) >= (LEVELS_MS[0] ?? 0));
    const [oldest] = requests;
    const oldestMs = oldest ? lateBy(oldest, at) : 0;
    this.#overdue = { overdue: requests.length, oldestMs };
    if (late.length === 0)
      return alarms.over({
        key: KEY,
        title: say`No closing is late any more`,
        lines: [say`What was late is proven closed.`],
      });
    log.error({ late: late.length, oldestMs, request: oldest?.id }, 'closings are late');
    const count = late.length === MOST ? say`${MOST} or more` : late.length;
    await alarms.raise({
      key: KEY,
      level: LEVELS_MS.filter((ms) => ms <= oldestMs).length,
      title:
        count === 1
          ? say`1 closing is late, by ${minutes(oldestMs)} min`
          : say`${count} closings are late, by ${minutes(oldestMs)} min`,
      lines: linesOf(late, at),
    });
  }
}

function linesOf(late: readonly Request[], at: Instant): readonly Saying[] {
  const more = late.length - MOST_SHOWN;
  return [
    ...late.slice(0, MOST_SHOWN).map((request) => lineOf(request, at)),
    ...(more > 0 ? [say`… and ${more} more.`] : []),
    say`Drawbridge goes on trying. To close one yourself, remove its rule in the cloud; \`npx jit doctor\` says what is wrong.`,
  ];
}

/** What, where, and why. */
function lineOf(request: Request, at: Instant): Saying {
  const { id, machine, machineName, ports, source } = request;
  const trouble = 'trouble' in request && request.trouble ? keptSpans(request.trouble) : undefined;
  const what = say`\`${id}\` ${machineName}, port ${commas(ports.map(portText))} from ${source}`;
  return say`${what}: ${minutes(lateBy(request, at))} min late. ${trouble ?? say`Nobody came to it yet.`} (${machine})`;
}

function lateBy(request: Request, at: Instant): number {
  return at - (overAt(request) ?? at);
}

function minutes(ms: number): number {
  return Math.floor(ms / MINUTE_MS);
}
