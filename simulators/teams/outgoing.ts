import { checkCard } from './card-check.ts';
import { isJson, type Json } from './http.ts';
import type { Tenant } from './tenant.ts';

/** Properties of an activity in the Bot Framework's Activity schema that a bot may send in a message. */
const PROPERTIES = new Set(
  `type id timestamp localTimestamp localTimezone callerId serviceUrl channelId from conversation recipient textFormat
  attachmentLayout locale text speak inputHint summary suggestedActions attachments entities channelData replyToId
  importance deliveryMode expiration name value valueType label relatesTo code semanticAction listenFor textHighlights
  topicName historyDisclosed membersAdded membersRemoved reactionsAdded reactionsRemoved action`.split(/\s+/),
);
/** Lists that the SDK's serializer may write, and that only a channel may fill. */
const CHANNEL_ONLY = ['membersAdded', 'membersRemoved', 'reactionsAdded', 'reactionsRemoved', 'action', 'topicName'];
const CARD = 'application/vnd.microsoft.card.adaptive';

/** What Teams keeps of a message that a bot sent. */
export interface Content {
  readonly text: string;
  readonly summary?: string;
  readonly alert?: boolean;
  readonly cards: readonly Json[];
}

function checkAttachment(attachment: unknown, index: number): string[] {
  if (!isJson(attachment)) return [`attachments[${index}]: an object is expected`];
  if (attachment.contentType !== CARD)
    return [`attachments[${index}]: content type '${attachment.contentType}' is not one that this simulator knows`];
  return checkCard(attachment.content).map((problem) => `attachments[${index}].${problem}`);
}

/** A mention needs its text in the message and somebody whom Teams knows. */
function checkMention(entity: unknown, text: string, tenant: Tenant): string[] {
  if (!isJson(entity) || entity.type !== 'mention') return [];
  const mentioned = isJson(entity.mentioned) ? `${entity.mentioned.id}` : '';
  if (!tenant.person(mentioned)) return [`entities: '${mentioned}' is nobody whom Teams can mention`];
  return typeof entity.text === 'string' && text.includes(entity.text)
    ? []
    : [`entities: the text '${entity.text}' of the mention is not in the message`];
}

/** What is wrong with an activity that a bot sends. An empty list means a good one. */
export function checkOutgoing(activity: unknown, tenant: Tenant): string[] {
  if (!isJson(activity)) return ['an activity is expected'];
  const problems = Object.keys(activity)
    .filter((name) => !PROPERTIES.has(name) || (CHANNEL_ONLY.includes(name) && activity[name] !== undefined))
    .map((name) => `an activity of a bot has no property '${name}'`);
  if (activity.type === 'typing') return problems;
  if (activity.type !== 'message') return [...problems, `a bot cannot send an activity of type '${activity.type}'`];
  const { text = '', attachments = [], entities = [], textFormat } = activity;
  if (typeof text !== 'string') return [...problems, 'text: a string is expected'];
  if (!Array.isArray(attachments) || !Array.isArray(entities))
    return [...problems, 'attachments and entities are lists'];
  if (text.trim() === '' && attachments.length === 0)
    problems.push("Activity must include non empty 'text' field or at least 1 attachment");
  if (textFormat !== undefined && !['plain', 'markdown', 'xml'].includes(`${textFormat}`))
    problems.push(`textFormat: '${textFormat}' is not plain, markdown or xml`);
  return [
    ...problems,
    ...attachments.flatMap(checkAttachment),
    ...entities.flatMap((entity) => checkMention(entity, text, tenant)),
  ];
}

/** What Teams keeps of an activity that passed the check. */
export function contentOf(activity: Json): Content {
  const attachments = Array.isArray(activity.attachments) ? activity.attachments : [];
  const { notification } = isJson(activity.channelData) ? activity.channelData : {};
  return {
    ...(isJson(notification) && notification.alert === true && { alert: true }),
    text: typeof activity.text === 'string' ? activity.text : '',
    ...(typeof activity.summary === 'string' && { summary: activity.summary }),
    cards: attachments.map((attachment) => attachment.content as Json),
  };
}
