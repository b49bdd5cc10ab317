import { MINUTE_MS } from '../../../src/core/language/instant.ts';
import { within } from '../../../src/kit/time-limit.ts';
import type { Log } from '../../../src/ports/log.ts';
import { asJitError } from '../errors.ts';
import type { AwsAccount, FullSettings } from '../settings.ts';
import { sdkConfig } from './sdk-config.ts';
import { watched } from './watch.ts';

/** How old the list of accounts may be. */
const KEPT_MS = 10 * MINUTE_MS;
/** When a list that could not be read is asked for again: not for each who asks. */
const AGAIN_MS = MINUTE_MS;

/** The accounts of an organization in which the same roles are, as a StackSet puts them there. */
export class Organization {
  readonly #settings: FullSettings;
  readonly #log: Log;
  readonly #now: () => number;
  #listed: readonly string[] = [];
  /** When the list was read. */
  #at: number | undefined;
  /** When it is to be read again. */
  #due = Number.NEGATIVE_INFINITY;

  constructor(settings: FullSettings, log: Log, now: () => number) {
    this.#settings = settings;
    this.#log = log;
    this.#now = now;
  }

  /** The accounts of the settings, and the active ones of the organization as they were last read. */
  accounts(): readonly AwsAccount[] {
    const { accounts } = this.#settings;
    const more = this.#listed.filter((id) => !accounts.some((one) => one.id === id));
    return [...accounts, ...more.flatMap((id) => this.account(id) ?? [])];
  }

  /** One account by its id. One of the organization needs not have been listed: what was opened there has to be closed. */
  account(id: string): AwsAccount | undefined {
    const named = this.#settings.accounts.find((one) => one.id === id);
    const { organization } = this.#settings;
    if (named || !organization) return named;
    const { regions, role, onboarder, externalId, partition = 'aws' } = organization;
    const roleOf = (name: string) => {
      return { arn: `arn:${partition}:iam::${id}:role/${name}`, ...(externalId ? { externalId } : {}) };
    };
    return { id, regions, role: roleOf(role), ...(onboarder ? { onboarder: roleOf(onboarder) } : {}) };
  }

  /** Reads the list when it is old. What cannot be read is said, and the older list stays; throws when there is none. */
  async refresh(signal: AbortSignal): Promise<void> {
    const { organization } = this.#settings;
    const at = this.#now();
    if (!organization || at < this.#due) return;
    try {
      this.#listed = await this.#list(signal);
      this.#at = at;
      this.#due = at + KEPT_MS;
    } catch (error) {
      signal.throwIfAborted();
      this.#log.warn({ error }, 'the accounts of the organization could not be listed');
      if (this.#at === undefined && this.#settings.accounts.length === 0) throw asJitError(error);
      this.#due = at + AGAIN_MS;
    }
  }

  /** Reads the list now, whatever was read before. Throws why it cannot be read. */
  async list(signal: AbortSignal): Promise<void> {
    try {
      this.#listed = await this.#list(signal);
      this.#at = this.#now();
    } catch (error) {
      throw asJitError(error);
    }
  }

  async #list(signal: AbortSignal): Promise<readonly string[]> {
    const { organization } = this.#settings;
    const [region = 'us-east-1'] = organization?.regions ?? [];
    const lister = organization?.lister ? { role: organization.lister } : {};
    // Loaded where an organization is set.
    const { ListAccountsCommand, OrganizationsClient } = await import('@aws-sdk/client-organizations');
    const config = sdkConfig({ account: { id: '', regions: [], ...lister }, region }, this.#settings);
    const client = watched(new OrganizationsClient(config), '', this.#settings.called);
    const ids: string[] = [];
    let token: { NextToken?: string } = {};
    do {
      const abortSignal = within(signal, this.#settings.callMs);
      const { Accounts = [], NextToken } = await client.send(new ListAccountsCommand(token), { abortSignal });
      // `Status` goes, and `State` comes, in September 2026 (Organizations API reference, Account).
      ids.push(...Accounts.filter((one) => (one.State ?? one.Status) === 'ACTIVE').flatMap(({ Id }) => Id ?? []));
      token = NextToken ? { NextToken } : {};
    } while (token.NextToken);
    client.destroy();
    return ids;
  }
}
