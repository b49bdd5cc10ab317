import type { Clock } from '../shared/clock.ts';
import { channels, people } from '../world.ts';
import { SlackError } from './errors.ts';
import { Homes } from './homes.ts';
import { BOT, TEAM } from './identity.ts';
import { Modals } from './modals.ts';
import type {
  Notice,
  ShownMessage,
  SlackChannel,
  SlackMessage,
  SlackState,
  SlackUser,
  SlackUserGroup,
} from './types.ts';

const NOTICES_KEPT = 20;

const newUser = (id: string, name: string, realName: string, email?: string): SlackUser => ({
  id,
  team_id: TEAM.id,
  name,
  real_name: realName,
  deleted: false,
  is_bot: false,
  is_app_user: false,
  is_restricted: false,
  is_ultra_restricted: false,
  is_stranger: false,
  is_email_confirmed: true,
  tz: 'Europe/Stockholm',
  tz_offset: 3600,
  profile: { real_name: realName, display_name: name, ...(email ? { email } : {}), team: TEAM.id },
});

/** One version of a message; `message` is absent once it was deleted. */
interface Version {
  readonly atMs: number;
  readonly message?: SlackMessage;
}

/** What the simulated workspace holds: members, channels, messages, modals and what Slack told each person. */
export class Workspace {
  readonly clock: Clock;
  readonly modals: Modals;
  readonly homes: Homes;
  readonly #users = new Map<string, SlackUser>();
  readonly #channels = new Map<string, SlackChannel>();
  readonly #userGroups = new Map<string, SlackUserGroup>();
  /** By `<channel>/<ts>`, in the order they were posted. */
  readonly #messages = new Map<string, Version[]>();
  readonly #notices = new Map<string, Notice[]>();
  readonly #listeners = new Set<() => void>();
  #lastTs = 0n;

  constructor(clock: Clock) {
    this.clock = clock;
    this.modals = new Modals(clock, () => this.changed());
    this.homes = new Homes(clock, () => this.changed());
    for (const p of Object.values(people)) this.#users.set(p.slackId, newUser(p.slackId, p.id, p.name, p.email));
    this.#users.set(BOT.userId, { ...newUser(BOT.userId, BOT.name, 'Drawbridge'), is_bot: true, is_app_user: true });
    this.setChannel(channels.slack.id, { name: channels.slack.name });
    for (const p of Object.values(people)) this.direct(p.slackId);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  changed(): void {
    for (const listener of this.#listeners) listener();
  }

  /** A new message id: later than every one before it, even when the clock stands still. */
  nextTs(): string {
    const now = BigInt(Math.floor(this.clock() * 1000));
    this.#lastTs = now > this.#lastTs ? now : this.#lastTs + 1n;
    const digits = this.#lastTs.toString().padStart(7, '0');
    return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
  }

  user(id: string): SlackUser | undefined {
    return this.#users.get(id);
  }

  /** Changes a member, or adds one. */
  setUser(id: string, patch: Partial<SlackUser>): SlackUser {
    const user = { ...(this.#users.get(id) ?? newUser(id, id.toLowerCase(), id)), ...patch, id };
    this.#users.set(id, user);
    this.changed();
    return user;
  }

  userByEmail(email: string): SlackUser | undefined {
    return [...this.#users.values()].find(({ profile }) => profile.email?.toLowerCase() === email.toLowerCase());
  }

  userGroups(): readonly SlackUserGroup[] {
    return [...this.#userGroups.values()];
  }

  /** Changes a user group, or adds one. */
  setUserGroup(id: string, handle: string, users: readonly string[]): void {
    this.#userGroups.set(id, { id, team_id: TEAM.id, name: handle, handle, date_delete: 0, users });
    this.changed();
  }

  channels(): readonly SlackChannel[] {
    return [...this.#channels.values()];
  }

  channel(id: string): SlackChannel | undefined {
    return this.#channels.get(id);
  }

  /** Changes a channel, or adds one that the app and everybody of the world is in. */
  setChannel(id: string, patch: Partial<SlackChannel>): SlackChannel {
    const fresh: SlackChannel = {
      id,
      name: id.toLowerCase(),
      kind: 'public',
      is_member: true,
      is_ext_shared: false,
      is_archived: false,
      members: Object.values(people).map((p) => p.slackId),
    };
    const channel = { ...(this.#channels.get(id) ?? fresh), ...patch, id };
    this.#channels.set(id, channel);
    this.changed();
    return channel;
  }

  /** The private conversation of a person with the app; made at its first use. */
  direct(userId: string): SlackChannel {
    const user = this.#users.get(userId);
    if (!user) throw new SlackError('user_not_found');
    if (user.deleted) throw new SlackError('user_disabled');
    const id = `D${userId.slice(1)}`;
    return (
      this.#channels.get(id) ??
      this.setChannel(id, { name: 'directmessage', kind: 'im', user: userId, members: [userId] })
    );
  }

  post(message: Omit<SlackMessage, 'ts'>): SlackMessage {
    const posted = { ...message, ts: this.nextTs() };
    this.#messages.set(`${posted.channel}/${posted.ts}`, [{ atMs: this.clock(), message: posted }]);
    this.changed();
    return posted;
  }

  message(channel: string, ts: string): SlackMessage | undefined {
    return this.#messages.get(`${channel}/${ts}`)?.at(-1)?.message;
  }

  /** Puts `message` in the place of what has its channel and `ts`; `undefined` deletes that. */
  replace(channel: string, ts: string, message: SlackMessage | undefined): void {
    const version: Version = { atMs: this.clock(), ...(message ? { message } : {}) };
    this.#messages.get(`${channel}/${ts}`)?.push(version);
    this.changed();
  }

  /** The messages of a channel as they were at `atMs` (now unless told), oldest first. */
  messages(channel: string, atMs: number = Number.POSITIVE_INFINITY): SlackMessage[] {
    const then = [...this.#messages.values()].map((versions) => versions.findLast((v) => v.atMs <= atMs)?.message);
    return then.filter((m) => m !== undefined).filter((m) => m.channel === channel);
  }

  /** Slack itself tells a person something. */
  notify(userId: string, text: string): void {
    const told = [...(this.#notices.get(userId) ?? []), { atMs: this.clock(), text }];
    this.#notices.set(userId, told.slice(-NOTICES_KEPT));
    this.changed();
  }

  /** What there is to see, for one person or, without `userId`, all of it. */
  state(userId?: string): SlackState {
    const mine = (id: string | undefined) => userId === undefined || id === undefined || id === userId;
    const seen = (channel: SlackChannel) => userId === undefined || channel.members.includes(userId);
    const ofMine = <T>(map: ReadonlyMap<string, T>) => Object.fromEntries([...map].filter(([id]) => mine(id)));
    return structuredClone({
      team: TEAM,
      bot: { id: BOT.userId, name: BOT.name },
      users: [...this.#users.values()],
      channels: [...this.#channels.values()]
        .filter(seen)
        .map((c) => ({ ...c, messages: threads(this.messages(c.id).filter((m) => mine(m.visibleTo))) })),
      views: ofMine(this.modals.shown()),
      homes: ofMine(this.homes.shown),
      viewErrors: ofMine(this.modals.errors),
      notices: ofMine(this.#notices),
    });
  }
}

/** Replies under the message that began their thread. */
function threads(messages: readonly SlackMessage[]): ShownMessage[] {
  const isReply = (m: SlackMessage) => m.threadTs !== undefined && m.threadTs !== m.ts;
  return messages
    .filter((m) => !isReply(m) || !messages.some((parent) => parent.ts === m.threadTs))
    .map((m) => ({ ...m, replies: messages.filter((r) => isReply(r) && r.threadTs === m.ts) }));
}
