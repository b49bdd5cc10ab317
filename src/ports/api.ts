import type { Instant } from '../core/language/instant.ts';
import type { AccessRecord } from '../core/view/access-record.ts';

/** Who calls the API, as a verified token says: a person, or a service. */
export type ApiCaller = ApiPerson | ApiService;

export interface ApiService {
  /** Its ID in the configuration. */
  readonly service: string;
  /** When the token is over; a key counts until it is taken off the configuration. */
  readonly until?: Instant;
}

export interface ApiPerson {
  /** Entra object id, in lower case. */
  readonly entra: string;
  /** They signed in with a device code, by which anybody can have somebody else sign in: it lists and requests, and nothing else. */
  readonly isLimited: boolean;
  /** When the token is over. */
  readonly until: Instant;
}

/** Reads the tokens of calls. Throws `tokenRefused` or `keyRefused`, and `signInAway` where nobody can tell whether one counts. */
export interface AccessTokens {
  caller(token: string): Promise<ApiCaller>;
}

/** How people sign in for it: nothing of this is secret. */
export interface ApiSignIn {
  readonly issuer: string;
  readonly clientId: string;
  readonly deviceClientId?: string;
  readonly scope: string;
}

export interface ApiRoom {
  readonly tokens: AccessTokens;
  readonly signIn: ApiSignIn;
}

/** A call: who makes it, and from where. */
export interface ApiCall {
  readonly caller: ApiCaller;
  /** The same for a call that is sent again. */
  readonly key: string;
  /** As the server sees it; what a proxy says counts only where it is trusted. */
  readonly address: string;
}

/** Opens the desk for a call. Whoever it is of is looked up at each question. */
export type ApiDoor = (call: ApiCall) => ApiDesk;

/**
 * What a person may do through the API: what chats do, by the same judgement. All of it throws refusals in words, and
 * `deviceSignIn` for whoever may list and request alone.
 */
export interface ApiDesk {
  whoami(): Promise<ApiSelf>;
  /** What concerns this person; `all` is for `security`. */
  list(asked: ApiListing): Promise<ApiList>;
  show(id: string): Promise<ApiShown>;
  /** Machines that they may request, at most 100: every word is in the name, the ID, the place, or a tag. */
  machines(typed: string): Promise<readonly ApiMachine[]>;
  request(asked: ApiAsk): Promise<ApiDone>;
  approve(id: string, given: ApiApproval): Promise<ApiDone | ApiStepUp>;
  deny(id: string, reason: string): Promise<ApiDone>;
  withdraw(id: string, reason?: string): Promise<ApiDone>;
  revoke(id: string, reason?: string): Promise<ApiDone>;
  /** `words` as in chat: `for 1h`, `until 18:00`; empty: as long as usual. */
  extend(id: string, words: string): Promise<ApiDone>;
  /** The words behind `/jit why`. */
  why(words: string): Promise<ApiPage>;
  /** The words behind `/jit explain`. */
  explain(words: string): Promise<ApiPage>;
  recommend(): Promise<ApiPage>;
}

export interface ApiSelf {
  readonly id: string;
  readonly name: string;
  /** Their accounts, groups, and managers, in words. */
  readonly says: readonly string[];
  /** Where the call came from, as the server sees it. */
  readonly address: string;
  readonly isLimited: boolean;
  /** When the token is over; a key has no end. */
  readonly until?: string;
}

export interface ApiListing {
  readonly whose?: 'mine' | 'pending' | 'all' | undefined;
  /** At most so many. */
  readonly limit?: number | undefined;
  /** What an answer gave as `next`. */
  readonly after?: string | undefined;
}

export interface ApiList {
  readonly requests: readonly AccessRecord[];
  /** Where to go on, where there are more. */
  readonly next?: string;
  /** What else there is to say, a sentence each. */
  readonly notes: readonly string[];
}

export interface ApiMachine {
  readonly id: string;
  readonly name: string;
  readonly where: string;
}

/** A page in words. */
export interface ApiPage {
  readonly title: string;
  readonly sections: readonly { readonly heading: string; readonly lines: readonly string[] }[];
}

export interface ApiShown {
  readonly request: AccessRecord;
  readonly page: ApiPage;
}

/** What was done, in words, and the request as it is now. */
export interface ApiDone {
  readonly request: AccessRecord;
  readonly said: readonly string[];
}

/** A request as it is typed in chat, behind the verb, or in parts that are spelled as there. */
export type ApiAsk =
  | { readonly words: string }
  | {
      readonly machine: string;
      readonly ports?: readonly string[] | undefined;
      readonly for?: string | undefined;
      readonly from?: string | undefined;
      readonly at?: string | undefined;
      readonly because: string;
    };

export interface ApiApproval {
  /** The version that was shown: what was asked anew since is not approved by it. */
  readonly version?: number | undefined;
  readonly reason?: string | undefined;
  /** Which of the numbers the requester was told. */
  readonly number?: string | undefined;
}

/** It is not approved yet: its policy wants more of whoever approves. */
export interface ApiStepUp {
  readonly stepUp: { readonly link: string } | { readonly numbers: readonly string[] };
  readonly said: readonly string[];
}
