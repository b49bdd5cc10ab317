import { JitError } from '../../../src/core/errors/errors.ts';
import { say } from '../../../src/core/language/say.ts';
import type { Clock } from '../../../src/kit/clock.ts';
import type { ListedSite } from '../../../src/kit/site-lists.ts';
import type { Log } from '../../../src/ports/log.ts';
import type { AwsAccount, FullSettings } from '../settings.ts';
import { type Client, clientFor } from './clients.ts';
import { GroupNames } from './group-names.ts';
import { type AccountRegion, nameOf } from './ids.ts';
import { Organization } from './organization.ts';
import { Readings } from './read.ts';
import { type Session, sessionFor } from './sdk-config.ts';
import { isAssumingRefused, SourceIdentities } from './source-identity.ts';
import { Throttle } from './throttle.ts';

/** One account in one region: what can be called and read there. */
export interface Site extends Client, ListedSite {
  readonly now: Readings;
  readonly groupNames: GroupNames;
}

/** Sessions of requests that are kept: to extend, or to try again. */
const MOST_SESSIONS = 50;

/** All accounts and regions of the settings, each as the role that opens and closes, or as the one that protects (`isOnboarding`). */
export class Sites {
  readonly #settings: FullSettings;
  readonly #made = new Map<string, Site>();
  readonly #clock: Clock;
  readonly #sessions = new Map<string, Client>();
  /** By account and region, whichever role calls. */
  readonly #throttles = new Map<string, Throttle>();

  readonly organization: Organization;
  readonly identities: SourceIdentities;

  constructor(settings: FullSettings, clock: Clock, log: Log) {
    this.organization = new Organization(settings, log, clock.now);
    this.identities = new SourceIdentities(settings, log);
    this.#clock = clock;
    this.#settings = settings;
  }

  /** As they were last listed: see `organization.refresh`. */
  all(): readonly Site[] {
    return this.organization
      .accounts()
      .flatMap(({ id, regions }) => [...new Set(regions)].map((region) => this.of({ account: id, region })));
  }

  /** Throws `notConfigured` for an account or region that the settings do not name (any more). */
  of(where: AccountRegion, isOnboarding = false): Site {
    const site = this.find(where, isOnboarding);
    if (!site) throw new JitError('notConfigured', { where: say`the AWS account ${where.account} in ${where.region}` });
    return site;
  }

  /**
   * Where something is open already: it is read and closed in a region that was taken out of the settings, too, as long as its account
   * is in them. Throws `notConfigured`.
   */
  ofOpen(where: AccountRegion): Site {
    const configured = this.organization.account(where.account);
    return configured ? this.#make(configured, where, false) : this.of(where);
  }

  find({ account, region }: AccountRegion, isOnboarding = false): Site | undefined {
    const configured = this.organization.account(account);
    if (!configured?.regions.includes(region)) return undefined;
    return this.#make(configured, { account, region }, isOnboarding && configured.onboarder !== undefined);
  }

  #make(configured: AwsAccount, { account, region }: AccountRegion, isOnboarding: boolean): Site {
    const key = `${account}:${region}${isOnboarding ? ':onboarder' : ''}`;
    const known = this.#made.get(key);
    if (known) return known;
    const { onboarder } = configured;
    const as = isOnboarding && onboarder ? { ...configured, role: onboarder } : configured;
    const client = clientFor({ account: as, region }, this.#settings, this.#throttleOf(`${account}:${region}`));
    const site = { ...client, name: nameOf(client), now: new Readings(client), groupNames: new GroupNames(client) };
    this.#made.set(key, site);
    return site;
  }

  /**
   * The same account and region as a session of its own for one request, so that AWS's records say for whom; the site itself
   * where no role is assumed, or that is not wanted. Where the role refuses a source identity it goes on without.
   */
  forRequest(where: AccountRegion, request: string, requester: string): Client {
    const site = this.of(where);
    const account = this.organization.account(where.account);
    if (!this.#settings.trace || !account?.role) return site;
    const { name, identity } = sessionFor(request, requester);
    const named = () => this.#sessionOf(account, site.region, { name });
    if (identity === undefined || this.identities.isRefused(account.id)) return named();
    const client = this.#sessionOf(account, site.region, { name, identity });
    return {
      ...client,
      change: async (input, allowed, send) => {
        try {
          return await client.change(input, allowed, send);
        } catch (error) {
          // Nothing was called yet. One who may not assume the role at all is refused again.
          if (!isAssumingRefused(error)) throw error;
          const result = await named().change(input, allowed, send);
          this.identities.refused(account.id);
          return result;
        }
      },
    };
  }

  #sessionOf(account: AwsAccount, region: string, session: Session): Client {
    const key = `${account.id}:${region}:${session.name}:${session.identity ?? ''}`;
    const throttle = this.#throttleOf(`${account.id}:${region}`);
    const known = this.#sessions.get(key) ?? clientFor({ account, region, session }, this.#settings, throttle);
    // The least used is forgotten first.
    this.#sessions.delete(key);
    this.#sessions.set(key, known);
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size > MOST_SESSIONS && oldest !== undefined) this.#sessions.delete(oldest);
    return known;
  }

  #throttleOf(where: string): Throttle | undefined {
    if (!this.#settings.paced) return undefined;
    const throttle = this.#throttles.get(where) ?? new Throttle(this.#clock);
    this.#throttles.set(where, throttle);
    return throttle;
  }
}
