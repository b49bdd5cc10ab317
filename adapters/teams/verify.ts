import { z } from 'zod';
import { isZone } from '../../src/core/language/day.ts';
import type { Instant } from '../../src/core/language/instant.ts';
import type { Language } from '../../src/core/language/text.ts';
import { tongueOf } from '../../src/core/words/tongues.ts';
import type { Sender } from '../../src/ports/inbox.ts';
import type { Conversation } from './bot.ts';
import { isServed, type Settings } from './settings.ts';

/** What we read of an activity (Bot Framework, "Activity schema"; Teams, "Conversation events in your bot"). */
const account = z.object({
  id: z.string().min(1).max(500),
  name: z.string().optional(),
  aadObjectId: z.string().optional(),
});
const activitySchema = z.object({
  type: z.string(),
  id: z.string().min(1).max(500).optional(),
  name: z.string().optional(),
  action: z.unknown().optional(),
  channelId: z.string(),
  serviceUrl: z.string(),
  from: account,
  recipient: account,
  conversation: z.object({
    id: z.string().min(1).max(500),
    tenantId: z.string().optional(),
    conversationType: z.string().optional(),
  }),
  channelData: z
    .object({
      tenant: z.object({ id: z.string() }).optional(),
      channel: z.object({ id: z.string() }).optional(),
      team: z.object({ id: z.string() }).optional(),
      eventType: z.unknown().optional(),
    })
    .optional(),
  text: z.string().optional(),
  localTimezone: z.string().max(60).optional(),
  /** Of the client (Bot Framework, "Activity": locale). */
  locale: z.string().max(60).optional().catch(undefined),
  entities: z.array(z.unknown()).optional(),
  replyToId: z.string().optional(),
  /** When it was sent, in UTC: of a change, when that was. */
  timestamp: z.string().max(60).optional().catch(undefined),
  value: z.unknown().optional(),
});
/** A pressed button as a client sends it that does not know `Action.Execute`: see `execute`. */
const submitSchema = z.looseObject({ verb: z.string().min(1).max(60) });
/** A message that was changed, or is there again (Teams, "Update and delete messages sent from bot", "Update message from user"). */
const EDIT = 'messageUpdate';
/** Stands for the message that is quoted (Teams SDK, "Quoted replies"); the words of that are nobody's command. */
const QUOTED = /<quoted\s[^>]*>(?:\s*<\/quoted>)?/g;
/** The name of the invoke that a press is. */
export const PRESS = 'adaptiveCard/action';
/** Those of a message extension: its dialog is opened, and sent. */
export const FETCH = 'composeExtension/fetchTask';
export const SUBMIT = 'composeExtension/submitAction';
const mention = z.object({
  type: z.literal('mention'),
  text: z.string().min(1),
  mentioned: z.object({ id: z.string() }),
});

/** Where the app is added: for a person, for a team, and in the chat of a group or a meeting. */
const PLACES: ReadonlySet<string | undefined> = new Set(['personal', 'channel', 'groupChat']);

export type Activity = z.output<typeof activitySchema>;

/** Something that a person of our tenant did, as it concerns us. */
export interface TeamsDelivery {
  readonly kind: 'message' | 'invoke' | 'installed';
  readonly sender: Sender;
  /** The conversation that it came from. */
  readonly spot: Conversation;
  /** Whose members may be looked up: the team around a channel, else the conversation. */
  readonly roster: string;
  /** The person's Teams id for this bot (`29:…`), and their name as Teams has it. */
  readonly teamsId: string;
  readonly name: string;
  /** When it came; when it is answered, if that was put off. */
  readonly at: Instant;
  /** Their time zone, as their Teams says it. */
  readonly zone?: string;
  /** The language of their Teams; that of the house where it is not spoken here. */
  readonly language: Language;
  /** What was written, without the mention of the bot. */
  readonly text: string;
  /** The name of an invoke, and what came with it. */
  readonly invoke: string;
  readonly value: unknown;
  /** It comes from where the bot need not be: a message extension is used in any chat. */
  readonly isElsewhere?: true;
  /** Its author changed what was written before: that was read, and this is not. */
  readonly isEdited?: true;
  /** The message whose card was pressed. */
  readonly replyToId?: string;
}

export type Verified =
  | { readonly delivery: TeamsDelivery }
  /** Not for us, and nobody's fault. */
  | { readonly ignored: true }
  /** Not to be believed, with why not for the log. */
  | { readonly refused: string; readonly isNobody?: true };

/** An activity out of a delivery's body, or undefined when it is none. */
export function parseActivity(body: unknown): Activity | undefined {
  const parsed = activitySchema.safeParse(body);
  return parsed.success ? parsed.data : undefined;
}

/**
 * Judges what botbuilder's token check lets pass: it looks at no tenant, and with an empty service URL not even at that.
 * The token must have been checked before.
 * @param at when it came
 */
export function verify(activity: Activity, settings: Settings, at: Instant): Verified {
  const { conversation, channelData, from, recipient } = activity;
  const ours = (tenant: string | undefined) => tenant?.toLowerCase() === settings.tenantId.toLowerCase();
  if (activity.channelId !== 'msteams') return { refused: 'another channel' };
  if (!isServed(activity.serviceUrl, settings.serviceUrls)) return { refused: 'service URL outside the allow-list' };
  if (recipient.id.toLowerCase() !== `28:${settings.appId.toLowerCase()}`) return { refused: 'for another bot' };
  if (!ours(conversation.tenantId) || !ours(channelData?.tenant?.id)) return { refused: 'another tenant' };

  const kind = kindOf(activity);
  const where = conversation.conversationType;
  if (!kind || (kind === 'installed' && !PLACES.has(where))) return { ignored: true };
  const isElsewhere = kind === 'invoke' && activity.name?.startsWith('composeExtension/') === true;
  const isPersonal = where === 'personal' || isElsewhere;
  if (!isPersonal && where !== 'channel' && where !== 'groupChat') return { refused: 'no chat and no channel' };
  if (!from.aadObjectId) return { refused: 'nobody of the directory', isNobody: true };
  if (activity.id === undefined) return { refused: 'no activity id' };
  const own = ownMentions(activity);
  // Where the app was given all messages of a channel, most are not meant for it.
  const press = kind === 'message' ? pressIn(activity) : undefined;
  if (kind === 'message' && !press && !isPersonal && own.length === 0) return { ignored: true };

  const user = from.aadObjectId.toLowerCase();
  // A meeting or group chat is a place like a channel, with nothing around it.
  const withoutThread = conversation.id.split(';')[0] ?? conversation.id;
  const channel = channelData?.channel?.id ?? withoutThread;
  return {
    delivery: {
      kind,
      sender: {
        chat: 'teams',
        user,
        place: { chat: 'teams', ...(isPersonal ? { kind: 'private', id: user } : { kind: 'channel', id: channel }) },
        key: keyOf(activity),
        ...(activity.localTimezone !== undefined && isZone(activity.localTimezone)
          ? { zone: activity.localTimezone }
          : {}),
      },
      spot: { serviceUrl: activity.serviceUrl, conversation: conversation.id },
      ...(isElsewhere ? { isElsewhere } : {}),
      ...(activity.type === EDIT ? { isEdited: true as const } : {}),
      roster: isPersonal ? conversation.id : (channelData?.team?.id ?? withoutThread),
      language: tongueOf(activity.locale)?.language ?? settings.language ?? 'en',
      at,
      teamsId: from.id,
      name: from.name ?? '',
      ...(activity.localTimezone && isZone(activity.localTimezone) ? { zone: activity.localTimezone } : {}),
      text: mentioned(
        activity,
        own.reduce((text, said) => text.replaceAll(said, ' '), activity.text ?? ''),
      )
        .replace(QUOTED, ' ')
        .trim(),
      ...(press ?? { invoke: activity.name ?? '', value: activity.value }),
      ...(activity.replyToId === undefined ? {} : { replyToId: activity.replyToId }),
    },
  };
}

/** NB. an activity id is unique in its conversation only, and whoever changes a message does so under its id. */
function keyOf({ type, id, conversation, timestamp = '' }: Activity): string {
  return `${conversation.id}/${id}${type === EDIT ? `/changed ${timestamp}` : ''}`;
}

/** The same as if it had come as an invoke; undefined for a message that somebody wrote. */
function pressIn({ value }: Activity): Pick<TeamsDelivery, 'invoke' | 'value'> | undefined {
  const { success, data: submitted } = submitSchema.safeParse(value);
  if (!success) return undefined;
  const { verb, ...data } = submitted;
  return { invoke: PRESS, value: { action: { type: 'Action.Execute', verb, data } } };
}

function kindOf({ type, action, channelData }: Activity): TeamsDelivery['kind'] | undefined {
  if (type === EDIT && channelData?.eventType === 'editMessage') return 'message';
  if (type === 'message' || type === 'invoke') return type;
  return type === 'installationUpdate' && action === 'add' ? 'installed' : undefined;
}

/** Whoever else is mentioned by their name, as it may be typed: `<at>Sam Haddad</at>` becomes `"@Sam Haddad"`. */
function mentioned({ entities = [], recipient }: Activity, text: string): string {
  return entities.reduce<string>((rest, entity) => {
    const { success, data } = mention.safeParse(entity);
    if (!success || data.mentioned.id === recipient.id) return rest;
    const name = data.text
      .replace(/<\/?at[^>]*>/g, '')
      .replaceAll('"', '')
      .trim();
    return name === '' ? rest : rest.replaceAll(data.text, `"@${name}"`);
  }, text);
}

/** The words by which the bot itself is mentioned: `<at>Drawbridge</at>`. */
function ownMentions({ entities = [], recipient }: Activity): readonly string[] {
  return entities.flatMap((entity) => {
    const parsed = mention.safeParse(entity);
    return parsed.success && parsed.data.mentioned.id === recipient.id ? [parsed.data.text] : [];
  });
}
