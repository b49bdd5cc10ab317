import type { Instant } from '../core/language/instant.ts';
import type { ChatName, Place } from '../core/people/place.ts';
import type { Report } from '../core/view/report.ts';
import type { View } from '../core/view/view.ts';
import type { Examiner } from './examiner.ts';
import type { HttpRoom } from './http.ts';
import type { Inbox } from './inbox.ts';

/** A chat with all that it can do: the rest are powers that it may have. */
export type Chat = ChatAdapter & Partial<Examiner & HttpRoom & Teller & Resumer & HomeDrawer>;

/** One chat product. It verifies who speaks, hands what was said to the inbox, and shows views. It decides nothing. */
export interface ChatAdapter {
  readonly chat: ChatName;
  /**
   * Shows the view at the place: a new card, or the old one edited. When `view.announce` is set and the previous
   * card had not announced it, it also says `view.headline` below the card (a thread reply), so that people are notified.
   * Idempotent where the service allows: with `tried` the post of this nonce, or the thread reply, is looked for first.
   * Throws `chatSilent` (try again) or `chatRefused`.
   */
  publish(view: View, place: Place, previous: PreviousCard, signal: AbortSignal): Promise<CardRef>;
  /** Begins to take deliveries. */
  start(inbox: Inbox): Promise<void>;
  stop(): Promise<void>;
  /** Can we still sign in? Throws what is wrong. */
  check(signal: AbortSignal): Promise<void>;
}

/** Rare power: to say something that belongs to no request. */
export interface Teller {
  /** Posts the report, once for each call. Throws `chatSilent` (it may have been posted) or `chatRefused`. */
  tell(report: Report, place: Place, signal: AbortSignal): Promise<void>;
}

/** Power: a page for each person. */
export interface HomeDrawer {
  /** Draws this account's page anew, where that would change it. Throws `chatSilent` (try again) or `chatRefused`. */
  drawHome(user: string): Promise<void>;
}

/** Power: to go on with what a process had accepted that is no more. */
export interface Resumer {
  /** Does what was kept in the journal, judged anew, and answers the person; or tells that it is too late. Rejects when it is to be tried again. */
  again(what: string, how: Again): Promise<void>;
}

export interface Again {
  /** When it was accepted. */
  readonly since: Instant;
  /** Nobody waits for it any more: it is told, and not done. */
  readonly isLate: boolean;
  /** It was accepted before Redis went back, and may have been done, and taken back, in what that lost: nothing is opened or decided by it. */
  readonly isDoubtful?: true;
}

export interface PreviousCard {
  readonly nonce: string;
  /** Publishing was begun before, and its outcome is not known. */
  readonly tried: boolean;
  readonly ref?: CardRef;
  /** What was last announced at this place. */
  readonly announced?: string;
  /** The card at `ref` shows this view already: only what is announced is new, and it need not be edited. */
  readonly isShown?: true;
}

/** Where a card is, in the chat's own terms: `{ channel, ts }`, `{ serviceUrl, conversation, activity }`. Kept as JSON. */
export type CardRef = Readonly<Record<string, string>>;
