import type { Json } from './http.ts';

/** Plain JSON, for the page and for tests. Instants are UTC, ISO 8601. */
export interface ActivityState {
  readonly id: string;
  /** Name and Teams id of who wrote it. */
  readonly from: { readonly id: string; readonly name: string; readonly isBot: boolean };
  readonly at: string;
  readonly editedAt?: string;
  readonly deleted: boolean;
  readonly text: string;
  /** What the notification shows. */
  readonly summary?: string;
  /** It is in the activity feed too. */
  readonly alert?: boolean;
  /** The cards as everybody sees them. */
  readonly cards: readonly Json[];
  /** By Entra id: the card that an answer to this person's press put in place of the first one, for them alone. */
  readonly cardsFor: Readonly<Record<string, Json>>;
}

interface PersonalState {
  readonly id: string;
  readonly entraId: string;
  readonly activities: readonly ActivityState[];
}

interface ThreadState {
  /** `19:…;messageid=…` */
  readonly id: string;
  /** The first is the post, the others are replies to it. */
  readonly activities: readonly ActivityState[];
}

/** A text that one person alone was shown, after a press or when something went wrong. */
export interface NoticeState {
  readonly at: string;
  readonly kind: 'text' | 'error';
  readonly text: string;
  readonly activityId?: string;
}

interface PersonState {
  readonly entraId: string;
  readonly teamsId: string;
  readonly name: string;
  readonly userRole: string;
  readonly installed: boolean;
  readonly blocked: boolean;
  readonly inTeam: boolean;
}

export interface TeamsState {
  readonly bot: { readonly id: string; readonly name: string };
  readonly people: readonly PersonState[];
  readonly personal: readonly PersonalState[];
  readonly channel: {
    readonly id: string;
    readonly name: string;
    readonly team: string;
    readonly threads: readonly ThreadState[];
  };
  /** The chat of a meeting. */
  readonly group: { readonly id: string; readonly activities: readonly ActivityState[] };
  /** By Entra id: the dialog that the person has open. */
  readonly dialogs: Readonly<Record<string, { readonly title: string; readonly card: Json }>>;
  /** By Entra id. */
  readonly notices: Readonly<Record<string, readonly NoticeState[]>>;
}
