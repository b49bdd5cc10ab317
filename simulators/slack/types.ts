import type { Json } from './shape.ts';

/** A member of the workspace as `users.info` shows one (docs.slack.dev/reference/objects/user-object). */
export interface SlackUser {
  readonly id: string;
  readonly team_id: string;
  readonly name: string;
  readonly real_name: string;
  readonly deleted: boolean;
  readonly is_bot: boolean;
  readonly is_app_user: boolean;
  /** Multi-channel guest. */
  readonly is_restricted: boolean;
  /** Single-channel guest. */
  readonly is_ultra_restricted: boolean;
  /** Member of another workspace that a shared channel brings in. */
  readonly is_stranger: boolean;
  readonly is_email_confirmed: boolean;
  readonly tz: string;
  /** Given only to who asks for it. */
  readonly locale?: string;
  readonly tz_offset: number;
  readonly enterprise_user?: { readonly id: string; readonly enterprise_id: string; readonly teams: readonly string[] };
  readonly profile: {
    readonly real_name: string;
    readonly display_name: string;
    readonly email?: string;
    readonly team: string;
  };
}

/** A user group as `usergroups.list` shows one (docs.slack.dev/reference/objects/usergroup-object). */
export interface SlackUserGroup {
  readonly id: string;
  readonly team_id: string;
  readonly name: string;
  readonly handle: string;
  readonly date_delete: number;
  readonly users: readonly string[];
}

/** A channel, or the private conversation of one person (`user`) with the app. */
export interface SlackChannel {
  readonly id: string;
  readonly name: string;
  readonly kind: 'public' | 'private' | 'im';
  /** The app is in it. */
  readonly is_member: boolean;
  readonly is_ext_shared: boolean;
  readonly is_archived: boolean;
  readonly members: readonly string[];
  /** The person of a direct message. */
  readonly user?: string;
}

export interface SlackMessage {
  /** Slack's id and instant of a message: seconds since 1970, UTC, with six decimals. */
  readonly ts: string;
  readonly channel: string;
  readonly user: string;
  readonly text: string;
  readonly blocks: readonly Json[];
  readonly threadTs?: string;
  readonly metadata?: Json;
  readonly editedTs?: string;
  /** An ephemeral message: only this person sees it. */
  readonly visibleTo?: string;
}

/** A modal that a person has open, in the form that interaction payloads and `views.*` show. */
export interface SlackView extends Json {
  readonly id: string;
  readonly type: 'modal';
  readonly blocks: readonly Json[];
  readonly hash: string;
  readonly root_view_id: string;
  readonly previous_view_id: string | null;
  readonly external_id: string;
}

/** The app's Home tab as one person has it. */
export interface SlackHome extends Json {
  readonly id: string;
  readonly type: 'home';
  readonly blocks: readonly Json[];
  readonly hash: string;
}

/** Something that Slack itself tells a person, such as that a command failed. */
export interface Notice {
  readonly atMs: number;
  readonly text: string;
}

/** A message with its thread, as the page shows it. */
export interface ShownMessage extends SlackMessage {
  readonly replies: readonly SlackMessage[];
}

/** All that there is to see, as plain JSON. */
export interface SlackState {
  readonly team: { readonly id: string; readonly domain: string };
  readonly bot: { readonly id: string; readonly name: string };
  readonly users: readonly SlackUser[];
  readonly channels: readonly (SlackChannel & { readonly messages: readonly ShownMessage[] })[];
  /** The stack of open modals of each person, the top one last. */
  readonly views: { readonly [userId: string]: readonly SlackView[] };
  /** The Home tab of each person who has opened it. */
  readonly homes: { readonly [userId: string]: SlackHome };
  /** Why the top modal of a person does not close: an error for each block. */
  readonly viewErrors: { readonly [userId: string]: { readonly [blockId: string]: string } };
  readonly notices: { readonly [userId: string]: readonly Notice[] };
}
