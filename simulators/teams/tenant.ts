import { createHash } from 'node:crypto';
import type { Clock } from '../shared/clock.ts';
import { BOT_APP_ID, channels, people, type SimPerson } from '../world.ts';
import type { Json } from './http.ts';
import type { ActivityState, NoticeState, TeamsState } from './state.ts';

/** A person of the tenant as the bot meets them; what can be changed is `PersonPatch`. */
export interface Person extends SimPerson, Required<PersonPatch> {}

export interface PersonPatch {
  /** As Teams names it in the roster. */
  readonly userRole?: 'user' | 'guest' | 'anonymous';
  /** The language of their client. */
  readonly locale?: string;
  /** Whether the app is installed for the person, so that the bot may write to them. */
  readonly installed?: boolean;
  /** Whether the person blocked the bot. */
  readonly blocked?: boolean;
  /** Whether the person is a member of the team that has the channel. */
  readonly inTeam?: boolean;
}

/** One message, kept under the conversation that it was written in. */
export interface Activity {
  readonly id: string;
  readonly conversationId: string;
  readonly from: ActivityState['from'];
  readonly atMs: number;
  editedAtMs?: number;
  deleted: boolean;
  text: string;
  summary?: string;
  alert?: boolean;
  cards: readonly Json[];
  cardsFor: Record<string, Json>;
}

/** What a person has open over everything else, and what opened it. */
export interface Dialog {
  readonly title: string;
  readonly card: Json;
  readonly asked: Json;
}

export const BOT = { id: `28:${BOT_APP_ID}`, name: 'Drawbridge' } as const;
export const TEAM = { id: '19:platform-team-0001@thread.tacv2', name: channels.teams.team } as const;

/** The chat of a meeting, with everybody who is in the team. */
export const GROUP = { id: '19:meeting_0001@thread.v2' } as const;

/** The id of a channel thread, whose root is the activity `rootId`. */
export const threadId = (rootId: string) => `${channels.teams.id};messageid=${rootId}`;

const iso = (ms: number) => new Date(ms).toISOString();

/** What Teams holds: people, chats, the channel with its threads, and what each person was shown. */
export class Tenant {
  readonly clock: Clock;
  readonly #people = new Map<string, Person>();
  /** By id. Only chats that were opened, by the bot or by the person. */
  readonly #chats = new Map<string, Person['entraId']>();
  readonly #activities = new Map<string, Activity>();
  readonly #notices = new Map<string, NoticeState[]>();
  /** By Entra id: what each person has open. */
  readonly #dialogs = new Map<string, Dialog>();
  readonly #listeners = new Set<() => void>();
  #lastId = 0;
  /** Whether the app is installed in the team. */
  teamInstalled = true;
  /** Whether it is in the meeting's chat. */
  groupInstalled = true;

  constructor(clock: Clock) {
    this.clock = clock;
    for (const person of Object.values(people))
      this.#people.set(person.entraId, {
        ...person,
        userRole: 'user',
        locale: 'en-GB',
        installed: true,
        blocked: false,
        inTeam: true,
      });
  }

  /** A person by Entra id, Teams id (`29:…`) or user principal name. */
  person(id: string): Person | undefined {
    return [...this.#people.values()].find((p) => [p.entraId, p.teamsId, p.email].includes(id));
  }

  called(name: string): Person | undefined {
    return [...this.#people.values()].find((person) => person.name === name);
  }

  /** The person, or an error for the test that named somebody who does not exist. */
  need(entraId: string): Person {
    const person = this.#people.get(entraId);
    if (!person) throw new Error(`nobody in the tenant has the Entra id '${entraId}'`);
    return person;
  }

  /** Whether the bot may write to somebody: they have the app, or a team that they are in has it. */
  reaches({ installed, inTeam }: Person): boolean {
    return installed || (inTeam && this.teamInstalled);
  }

  members(): Person[] {
    return [...this.#people.values()].filter((person) => person.inTeam);
  }

  setPerson(entraId: string, patch: PersonPatch): void {
    this.#people.set(entraId, { ...this.need(entraId), ...patch });
    this.changed();
  }

  /** The id of the person's chat with the bot. It is always the same one. */
  chatId(person: Person): string {
    return `a:1${createHash('sha256').update(person.entraId).digest('base64url')}`;
  }

  /** Opens the chat if it is not there yet. */
  openChat(person: Person): string {
    const id = this.chatId(person);
    this.#chats.set(id, person.entraId);
    return id;
  }

  /** What "remove chat history" does: the chat and its messages are gone until somebody opens it again. */
  removeChat(person: Person): void {
    const id = this.chatId(person);
    this.#chats.delete(id);
    for (const activity of this.#activities.values())
      if (activity.conversationId === id) this.#activities.delete(activity.id);
    this.changed();
  }

  chatOwner(conversationId: string): Person | undefined {
    const entraId = this.#chats.get(conversationId);
    return entraId === undefined ? undefined : this.#people.get(entraId);
  }

  activity(id: string): Activity | undefined {
    return this.#activities.get(id);
  }

  /** A new activity id: milliseconds since 1970, as in Teams, and never the same one twice. */
  newId(): string {
    this.#lastId = Math.max(this.#lastId + 1, this.clock());
    return `${this.#lastId}`;
  }

  /** Keeps a message. In a channel without a thread it starts one. */
  write(activity: Omit<Activity, 'atMs' | 'deleted' | 'cardsFor' | 'id'> & { readonly id?: string }): Activity {
    const id = activity.id ?? this.newId();
    const inNewThread = activity.conversationId === channels.teams.id;
    const conversationId = inNewThread ? threadId(id) : activity.conversationId;
    const kept = { ...activity, id, conversationId, atMs: this.clock(), deleted: false, cardsFor: {} };
    this.#activities.set(id, kept);
    this.changed();
    return kept;
  }

  notice(person: Person, kind: NoticeState['kind'], text: string, activityId?: string): void {
    const notices = this.#notices.get(person.entraId) ?? [];
    this.#notices.set(person.entraId, [...notices, { at: iso(this.clock()), kind, text, activityId }]);
    this.changed();
  }

  openDialog({ entraId }: Person, dialog: Dialog): void {
    this.#dialogs.set(entraId, dialog);
    this.changed();
  }

  closeDialog({ entraId }: Person): void {
    if (this.#dialogs.delete(entraId)) this.changed();
  }

  dialog({ entraId }: Person): Dialog | undefined {
    return this.#dialogs.get(entraId);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  changed(): void {
    for (const listener of this.#listeners) listener();
  }

  #show(conversationId: string): ActivityState[] {
    return [...this.#activities.values()]
      .filter((activity) => activity.conversationId === conversationId)
      .map(({ conversationId: _, atMs, editedAtMs, ...rest }) => ({
        ...rest,
        at: iso(atMs),
        ...(editedAtMs !== undefined && { editedAt: iso(editedAtMs) }),
      }));
  }

  state(): TeamsState {
    const threads = new Set(
      [...this.#activities.values()].map((a) => a.conversationId).filter((id) => id.startsWith(channels.teams.id)),
    );
    const { id, name, team } = channels.teams;
    return structuredClone({
      bot: BOT,
      people: [...this.#people.values()].map(({ entraId, teamsId, name, userRole, installed, blocked, inTeam }) => {
        return { entraId, teamsId, name, userRole, installed, blocked, inTeam };
      }),
      personal: [...this.#chats].map(([id, entraId]) => ({ id, entraId, activities: this.#show(id) })),
      channel: { id, name, team, threads: [...threads].map((id) => ({ id, activities: this.#show(id) })) },
      group: { id: GROUP.id, activities: this.#show(GROUP.id) },
      dialogs: Object.fromEntries([...this.#dialogs].map(([id, { title, card }]) => [id, { title, card }])),
      notices: Object.fromEntries(this.#notices),
    });
  }
}
