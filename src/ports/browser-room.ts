import type { Sealer } from '../core/rule/seal.ts';
import type { AccountLinks } from './account-links.ts';
import type { Account } from './accounts.ts';
import type { Ceremonies } from './ceremonies.ts';
import type { SignIn } from './sign-in.ts';

/** What it takes to have people sign in with a browser. */
export interface BrowserRoom {
  /** The public address, without a slash at its end. */
  readonly url: string;
  /** Signs links. */
  readonly seals: Sealer;
  readonly ceremonies: Ceremonies;
  readonly signIn: SignIn;
  /** Absent where there is no Slack to link. */
  readonly linking?: Linking;
}

export interface Linking {
  readonly links: AccountLinks;
  /** A Slack account, to show whose it is. */
  account(slack: string): Promise<Account | undefined>;
}
