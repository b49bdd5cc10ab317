import { randomUUID } from 'node:crypto';
import { channels, TENANT_ID } from '../world.ts';
import type { Json } from './http.ts';
import { type Activity, BOT, GROUP, type Person, TEAM, type Tenant, threadId } from './tenant.ts';

/** Where somebody writes: their chat with the bot, a new thread of the channel, the chat of a meeting, or a thread by its id. */
export type Where = 'personal' | 'channel' | 'group' | (string & {});

export interface Drafts {
  /** The message that Teams would deliver; in the channel it mentions the bot, which hears nothing else there. */
  message(person: Person, where: Where, text: string): Json;
  /** The invoke that a pressed `Action.Execute`, or a refresh, becomes. */
  cardAction(person: Person, activity: Activity, action: Json, trigger: 'manual' | 'automatic'): Json;
  /** The message that a pressed `Action.Submit` becomes: it has no text, and mentions nobody. */
  submitted(person: Person, activity: Activity, value: unknown): Json;
  /** The invoke of a command of the message extension, in a chat where the bot is not. */
  extension(person: Person, name: string, value: Json): Json;
  /** The event of an app that was added to, or removed from, the person's chats. */
  installation(person: Person, action: 'add' | 'remove'): Json;
  /** The event of a chat with the bot that begins. */
  membersAdded(person: Person): Json;
}

const escapeHtml = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** A chat between people: the bot is not in it. */
const elsewhere = (person: Person): Json => ({
  conversation: {
    conversationType: 'personal',
    tenantId: TENANT_ID,
    id: `19:${person.entraId}_00000000-0000-4000-8000-00000000ffff@unq.gbl.spaces`,
  },
  channelData: { tenant: { id: TENANT_ID }, source: { name: 'compose' } },
});

/** Writes activities as Teams writes them (Bot Framework Activity schema, Teams "Conversation events"). */
export function createDrafts(tenant: Tenant, serviceUrl: string): Drafts {
  const clientInfo = { locale: 'en-GB', country: 'GB', platform: 'Web', timezone: 'Europe/London', type: 'clientInfo' };

  function common(person: Person): Json {
    const timestamp = new Date(tenant.clock()).toISOString();
    return {
      timestamp,
      localTimestamp: timestamp,
      localTimezone: clientInfo.timezone,
      locale: person.locale,
      channelId: 'msteams',
      serviceUrl,
      from: { id: person.teamsId, name: person.name, aadObjectId: person.entraId },
      recipient: { ...BOT },
      entities: [{ ...clientInfo, locale: person.locale }],
    };
  }

  function conversation(id: string): Json {
    if (id === GROUP.id)
      return {
        conversation: { isGroup: true, conversationType: 'groupChat', tenantId: TENANT_ID, id },
        channelData: { tenant: { id: TENANT_ID } },
      };
    if (!id.startsWith('19:'))
      return {
        conversation: { conversationType: 'personal', tenantId: TENANT_ID, id },
        channelData: { tenant: { id: TENANT_ID } },
      };
    return {
      conversation: { isGroup: true, conversationType: 'channel', tenantId: TENANT_ID, id },
      channelData: {
        teamsChannelId: channels.teams.id,
        teamsTeamId: TEAM.id,
        channel: { id: channels.teams.id },
        team: { id: TEAM.id },
        tenant: { id: TENANT_ID },
      },
    };
  }

  /** Each person of the tenant whose mention was put into the text (Teams, "Mentions"). */
  function mentionsIn(text: string): Json[] {
    const named = [...text.matchAll(/<at>([^<]+)<\/at>/g)].map(([said, name]) => ({ said, name }));
    return named.flatMap(({ said, name }) => {
      const one = tenant.called(name ?? '');
      return one ? [{ type: 'mention', text: said, mentioned: { id: one.teamsId, name: one.name } }] : [];
    });
  }

  const chat = (person: Person) => conversation(tenant.chatId(person));

  return {
    message(person, where, text) {
      const id = tenant.newId();
      const base = { type: 'message', id, textFormat: 'plain', ...common(person) };
      const others = mentionsIn(text);
      if (where === 'personal') return { ...base, ...chat(person), text, entities: [...others, clientInfo] };
      const mention = { type: 'mention', text: `<at>${BOT.name}</at>`, mentioned: { ...BOT } };
      return {
        ...base,
        ...conversation(where === 'channel' ? threadId(id) : where === 'group' ? GROUP.id : where),
        text: `${mention.text} ${text}\n`,
        attachments: [{ contentType: 'text/html', content: `<p>${mention.text}&nbsp;${escapeHtml(text)}</p>` }],
        entities: [mention, ...others, clientInfo],
      };
    },

    cardAction(person, activity, action, trigger) {
      const place = conversation(activity.conversationId);
      const channelData = {
        ...(place.channelData as Json),
        source: { name: 'message' },
        legacy: { replyToId: activity.id },
      };
      return {
        type: 'invoke',
        name: 'adaptiveCard/action',
        id: `f:${randomUUID()}`,
        ...common(person),
        ...place,
        channelData,
        replyToId: activity.id,
        value: { action, trigger },
      };
    },

    extension: (person, name, value) => ({
      type: 'invoke',
      name,
      id: `f:${randomUUID()}`,
      ...common(person),
      ...elsewhere(person),
      value,
    }),

    submitted: (person, activity, value) => ({
      type: 'message',
      id: tenant.newId(),
      ...common(person),
      ...conversation(activity.conversationId),
      replyToId: activity.id,
      value,
    }),

    installation: (person, action) => ({
      type: 'installationUpdate',
      id: `f:${randomUUID()}`,
      action,
      ...common(person),
      ...chat(person),
    }),

    membersAdded: (person) => ({
      type: 'conversationUpdate',
      id: `f:${randomUUID()}`,
      ...common(person),
      ...chat(person),
      membersAdded: [{ id: BOT.id }],
    }),
  };
}
