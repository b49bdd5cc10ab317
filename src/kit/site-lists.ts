import { MINUTE_MS, SECOND_MS } from '../core/language/instant.ts';
import { joined } from '../core/machine/joined.ts';
import type { Log } from '../ports/log.ts';
import type { Clock } from './clock.ts';
import { outcomeOf, outcomesOf } from './outcome.ts';
import { type Distance, distanceMs } from './retry.ts';
import { orAborted } from './time-limit.ts';

/** A site: an account in a region, a subscription. Each has a list of its own. */
export interface ListedSite {
  /** As people know it; no two sites have the same. */
  readonly name: string;
}

export interface SiteListsOptions<S extends ListedSite, T> {
  /** All sites there are now. */
  sites(): Promise<readonly S[]>;
  /** Reads the list of one site. It is shared, so it has no signal and limits itself. */
  read(site: S): Promise<readonly T[]>;
  /** How old a list may be. */
  readonly keptMs: number;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  /** The log line of a site that could not be read. */
  readonly warning: string;
}

/** All that could be read, and the names of the sites that could not. */
export interface Listed<T> {
  readonly all: readonly T[];
  readonly unread: readonly string[];
}

/** When a site that could not be read is read again: not for each who asks. */
const AGAIN: Distance = { firstMs: 5 * SECOND_MS, growth: 'double', mostMs: 5 * MINUTE_MS };

interface Failure {
  readonly count: number;
  readonly error: unknown;
  /** When it is read again. */
  readonly until: number;
}

interface Kept<T> {
  readonly at: number;
  readonly list: Promise<readonly T[]>;
}

/**
 * Lists of sites, kept a while by site. Whoever asks at the same time shares one reading, and one who gives up does not end
 * it. A site that cannot be read is logged, left out, and read again later and later; the lists of the others are kept.
 */
export class SiteLists<S extends ListedSite, T> {
  readonly #options: SiteListsOptions<S, T>;
  readonly #kept = new Map<string, Kept<T>>();
  readonly #failures = new Map<string, Failure>();
  #sites: Promise<readonly S[]> | undefined;

  constructor(options: SiteListsOptions<S, T>) {
    this.#options = options;
  }

  /** Throws what is wrong with the first site when none can be read, and the signal's reason. */
  async read(signal: AbortSignal): Promise<Listed<T>> {
    signal.throwIfAborted();
    return orAborted(this.#read(), signal);
  }

  async #read(): Promise<Listed<T>> {
    const sites = await this.#sitesNow();
    const { done, failed } = await outcomesOf(sites, (site) => this.#listOf(site));
    const [first] = failed;
    if (first && done.length === 0) throw first.error;
    return { all: joined(done.map(({ value }) => value)), unread: failed.map(({ of }) => of.name) };
  }

  /** Asked once by all who wait for it. */
  #sitesNow(): Promise<readonly S[]> {
    this.#sites ??= this.#options.sites().finally(() => {
      this.#sites = undefined;
    });
    return this.#sites;
  }

  async #listOf(site: S): Promise<readonly T[]> {
    const now = this.#options.clock.now();
    const failure = this.#failures.get(site.name);
    if (failure && now < failure.until) throw failure.error;
    const kept = this.#kept.get(site.name);
    if (kept && now - kept.at < this.#options.keptMs) return kept.list;
    const list = this.#readSite(site, failure?.count ?? 0);
    this.#kept.set(site.name, { at: now, list });
    return list;
  }

  async #readSite(site: S, failedBefore: number): Promise<readonly T[]> {
    const { read, clock, log, warning } = this.#options;
    const outcome = await outcomeOf(() => read(site));
    if (outcome.ok) {
      this.#failures.delete(site.name);
      return outcome.value;
    }
    const { error } = outcome;
    const count = failedBefore + 1;
    this.#kept.delete(site.name);
    this.#failures.set(site.name, { count, error, until: clock.now() + distanceMs(AGAIN, count) });
    log.warn({ site: site.name, error }, warning);
    throw error;
  }
}
