import type { Sealer } from '../core/rule/seal.ts';
import type { AccountLinks } from './account-links.ts';
import type { Account } from './accounts.ts';
import type { Ceremonies } from './ceremonies.ts';
import type { SignIn } from './sign-in.ts';

/** What it takes to have people open a page by a link from chat. */
export interface PageRoom {
  /** The public address, without a slash at its end. */
  readonly url: string;
  /** Public addresses that browsers reach over one family alone, where there are some. */
  readonly over?: { readonly ipv4?: string; readonly ipv6?: string };
  /** Signs links. */
  readonly seals: Sealer;
  readonly ceremonies: Ceremonies;
}

/** What it takes to have people sign in with a browser. */
export interface BrowserRoom extends PageRoom {
  readonly signIn: SignIn;
  /** Absent where there is no Slack to link. */
  readonly linking?: Linking;
}

export interface Linking {
  readonly links: AccountLinks;
  /** A Slack account, to show whose it is. */
  account(slack: string): Promise<Account | undefined>;
}
