import type { AccountLink } from '../core/people/account-link.ts';

/** Slack accounts that are linked to accounts of Entra by their owners. Throws `storeAway`. */
export interface AccountLinks {
  /** Throws `linkNotOurs` for one that nobody here made: whoever is linked by it is nobody until it is dropped. */
  ofSlack(slack: string): Promise<AccountLink | undefined>;
  /** Throws as `ofSlack` does. */
  ofEntra(entra: string): Promise<AccountLink | undefined>;
  /** False where either account has a link already, which then stays as it is. */
  keep(link: AccountLink): Promise<boolean>;
  /** Gives what was dropped, where it was made here. */
  drop(slack: string): Promise<AccountLink | undefined>;
  /** All that were made here. */
  all(): Promise<readonly AccountLink[]>;
  /** The Slack accounts with a link that nobody here made. */
  strange(): Promise<readonly string[]>;
  /** Drops all; gives how many there were. */
  clear(): Promise<number>;
}
