import type { Instant } from '../language/instant.ts';
import type { ChatName, OutsideChat } from './place.ts';

/** Something that somebody does in a browser because of a link from chat: each step of it is taken once, within minutes. */
export interface Ceremony {
  /** Unguessable; a part of its link. */
  readonly id: string;
  readonly until: Instant;
  /** Of the store when it began: after the store went back it counts for nothing. */
  readonly epoch: number;
  /** Whom its link was sent to. */
  readonly chat: ChatName;
  readonly account: string;
  /** What it was begun through, where that was no chat. */
  readonly through?: OutsideChat;
  /** From the press of its button on. */
  readonly begun?: BegunCeremony;
  /** From then on the sign-in is used up, whatever came of it. */
  readonly isBack?: true;
  /** Who signed in. */
  readonly by?: { readonly entra: string; readonly name: string };
  /** A session of the board: until when the sign-in that it came from counts as fresh. */
  readonly freshUntil?: Instant;
  /** What would be approved by it: a request, as it was shown in this version. */
  readonly about?: {
    readonly request: string;
    readonly version: number;
    readonly person: string;
    readonly reason?: string;
  };
  /** The addresses that its page was opened from, when its button was pressed: one a family at most. */
  readonly seen?: readonly string[];
  /** What was typed in chat and lacks an address. */
  readonly asked?: string;
  /** What is to be typed in chat. */
  readonly code?: string;
  /** How often another code was typed. */
  readonly wrong?: number;
}

export interface BegunCeremony {
  /** SHA-256 of the browser's cookie: no other browser goes on with it. */
  readonly browser: string;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}
