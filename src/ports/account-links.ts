import type { AccountLink } from '../core/people/account-link.ts';

/** Slack accounts that are linked to accounts of Entra by their owners. Throws `storeAway`. */
export interface AccountLinks {
  ofSlack(slack: string): Promise<AccountLink | undefined>;
  ofEntra(entra: string): Promise<AccountLink | undefined>;
  /** False where either account has a link already, which then stays as it is. */
  keep(link: AccountLink): Promise<boolean>;
  /** Gives what was dropped. */
  drop(slack: string): Promise<AccountLink | undefined>;
  all(): Promise<readonly AccountLink[]>;
  /** Drops all; gives how many there were. */
  clear(): Promise<number>;
}
