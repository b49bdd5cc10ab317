import { channels, TENANT_ID } from '../world.ts';
import { isJson, type Json, type Reply } from './http.ts';
import { checkOutgoing, contentOf } from './outgoing.ts';
import { BOT, GROUP, type Person, TEAM, type Tenant, threadId } from './tenant.ts';

/** Most bytes of a message of a bot ("Format your bot messages": about 100 KB with everything in it). */
const MESSAGE_BYTES = 100 * 1024;
const PAGE_MEMBERS = { least: 50, most: 500 } as const;

/** A call after its token and its JSON were read. */
interface Call {
  readonly ids: readonly string[];
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly bytes: number;
}

export interface Operation {
  /** As the SDK and the connector's own reference name it; faults go by this name. */
  readonly name: string;
  readonly method: string;
  readonly path: RegExp;
  run(call: Call, tenant: Tenant): Reply;
}

/** An error in the connector's envelope. */
export const refusal = (status: number, code: string, message: string): Reply => ({
  status,
  body: { error: { code, message } },
});

const noConversation = refusal(404, 'ConversationNotFound', 'Conversation not found.');
const noActivity = refusal(404, 'ActivityNotFoundInConversation', 'Activity not found in conversation.');
const noRoster = refusal(403, 'BotNotInConversationRoster', 'The bot is not part of the conversation roster.');
const noWrites = refusal(403, 'MessageWritesBlocked', 'Thread is not available for writes for this bot.');

/** Why the bot may not write in a conversation; nothing when it may. */
function barred(conversationId: string, tenant: Tenant): Reply | undefined {
  const [channel, rootId] = conversationId.split(';messageid=');
  if (channel === GROUP.id) return tenant.groupInstalled ? undefined : noRoster;
  if (channel === channels.teams.id) {
    if (!tenant.teamInstalled) return noRoster;
    const unknown = rootId !== undefined && tenant.activity(rootId)?.conversationId !== conversationId;
    return unknown ? noConversation : undefined;
  }
  const owner = tenant.chatOwner(conversationId);
  if (!owner) return noConversation;
  return owner.blocked || !tenant.reaches(owner) ? noWrites : undefined;
}

function malformed(activity: unknown, bytes: number, tenant: Tenant): Reply | undefined {
  if (bytes > MESSAGE_BYTES) return refusal(413, 'MessageSizeTooBig', 'Message size too large.');
  const problems = checkOutgoing(activity, tenant);
  return problems.length > 0 ? refusal(400, 'BadSyntax', problems.join('; ')) : undefined;
}

function post({ ids, body, bytes }: Call, tenant: Tenant): Reply {
  const [conversationId = '', replyToId] = ids;
  const no = barred(conversationId, tenant) ?? malformed(body, bytes, tenant);
  if (no) return no;
  const activity = body as Json;
  // Teams takes a reply to anything in the conversation, a thread of the channel included, and shows it there.
  const target = replyToId === undefined ? undefined : tenant.activity(replyToId)?.conversationId;
  if (activity.type === 'typing') return { status: 201, body: { id: tenant.newId() } };
  const inThread = target?.startsWith(conversationId) ? target : conversationId;
  const { id } = tenant.write({ conversationId: inThread, from: { ...BOT, isBot: true }, ...contentOf(activity) });
  return { status: 201, body: { id } };
}

/** The bot's own message in this conversation, a channel's threads counting as the channel. */
function ownActivity([conversationId = '', activityId = '']: readonly string[], tenant: Tenant) {
  const activity = tenant.activity(activityId);
  const here = activity && [activity.conversationId, activity.conversationId.split(';')[0]].includes(conversationId);
  return here && activity.from.isBot && !activity.deleted ? activity : undefined;
}

function update(call: Call, tenant: Tenant): Reply {
  const no = barred(call.ids[0] ?? '', tenant) ?? malformed(call.body, call.bytes, tenant);
  if (no) return no;
  const activity = ownActivity(call.ids, tenant);
  if (!activity) return noActivity;
  const content = contentOf(call.body as Json);
  // What an answer had put in place for one person gives way to the new message.
  Object.assign(activity, { summary: undefined, ...content, editedAtMs: tenant.clock(), cardsFor: {} });
  tenant.changed();
  return { status: 200, body: { id: activity.id } };
}

function remove(call: Call, tenant: Tenant): Reply {
  const no = barred(call.ids[0] ?? '', tenant);
  const activity = ownActivity(call.ids, tenant);
  if (no || !activity) return no ?? noActivity;
  Object.assign(activity, { deleted: true, text: '', cards: [], cardsFor: {} });
  tenant.changed();
  return { status: 200 };
}

const CREATE_PROPERTIES = ['isGroup', 'bot', 'members', 'topicName', 'activity', 'channelData', 'tenantId'];

/** Why no conversation can be made from these parameters; nothing when one can. */
function badParameters(parameters: Json): Reply | undefined {
  const bad = (message: string) => refusal(400, 'BadSyntax', message);
  const unknown = Object.keys(parameters).find((name) => !CREATE_PROPERTIES.includes(name));
  if (unknown) return bad(`Conversation parameters have no property '${unknown}'`);
  const { bot, channelData } = parameters;
  if (isJson(bot) && bot.id !== undefined && ![BOT.id, BOT.id.slice(3)].includes(`${bot.id}`))
    return refusal(403, 'ForbiddenOperationException', 'The bot id is not the one of the token.');
  const named = isJson(channelData) && isJson(channelData.tenant) ? channelData.tenant.id : undefined;
  if ([named, parameters.tenantId].some((id) => id !== undefined && id !== TENANT_ID))
    return refusal(403, 'BotNotRegistered', 'The bot is not registered in this tenant.');
  return undefined;
}

function createChat(parameters: Json, bytes: number, tenant: Tenant): Reply {
  const { members, activity } = parameters;
  if (!Array.isArray(members) || members.length !== 1)
    return refusal(400, 'BadSyntax', 'A bot creates conversations with exactly one member');
  const id = isJson(members[0]) ? members[0].id : undefined;
  // NB. An Entra id is taken in `id`, not in `aadObjectId` (msteams-docs issue 14079).
  const person = typeof id === 'string' ? tenant.person(id) : undefined;
  if (!person || id === person.email) return refusal(400, 'BadArgument', 'Failed to decrypt pairwise id');
  // NB. whoever is in a team with the app is reached by the id of its roster alone ("Proactive messages").
  if (!person.installed && (id !== person.teamsId || !tenant.reaches(person))) return noRoster;
  if (activity !== undefined) {
    const no = malformed(activity, bytes, tenant) ?? (person.blocked ? noWrites : undefined);
    if (no) return no;
  }
  const conversationId = tenant.openChat(person);
  tenant.changed();
  if (activity === undefined) return { status: 201, body: { id: conversationId } };
  const { id: activityId } = tenant.write({
    conversationId,
    from: { ...BOT, isBot: true },
    ...contentOf(activity as Json),
  });
  return { status: 201, body: { id: conversationId, activityId } };
}

function create({ body, bytes }: Call, tenant: Tenant): Reply {
  if (!isJson(body)) return refusal(400, 'BadSyntax', 'Conversation parameters are expected');
  const no = badParameters(body);
  if (no) return no;
  const channel =
    isJson(body.channelData) && isJson(body.channelData.channel) ? body.channelData.channel.id : undefined;
  if (!body.isGroup) return createChat(body, bytes, tenant);
  if (channel === undefined) return refusal(400, 'BadSyntax', 'A group conversation needs channelData.channel.id');
  if (channel !== channels.teams.id) return noConversation;
  if (!tenant.teamInstalled) return noRoster;
  const bad = malformed(body.activity, bytes, tenant);
  if (bad) return bad;
  const from = { ...BOT, isBot: true };
  const { id } = tenant.write({ conversationId: channels.teams.id, from, ...contentOf(body.activity as Json) });
  return { status: 201, body: { id: threadId(id), activityId: id } };
}

function account(person: Person): Json {
  const [givenName = '', surname = ''] = person.name.split(' ');
  return {
    id: person.teamsId,
    name: person.name,
    objectId: person.entraId,
    aadObjectId: person.entraId,
    givenName,
    surname,
    email: person.email,
    userPrincipalName: person.email,
    tenantId: TENANT_ID,
    userRole: person.userRole,
  };
}

/** Who is in a conversation, or why the bot may not know. */
function roster(conversationId: string, tenant: Tenant): Person[] | Reply {
  const [channel = ''] = conversationId.split(';');
  if (channel === channels.teams.id || channel === TEAM.id) return tenant.teamInstalled ? tenant.members() : noRoster;
  if (channel === GROUP.id) return tenant.groupInstalled ? tenant.members() : noRoster;
  const owner = tenant.chatOwner(conversationId);
  if (!owner) return noConversation;
  return tenant.reaches(owner) ? [owner] : noRoster;
}

function member({ ids: [conversationId = '', memberId = ''] }: Call, tenant: Tenant): Reply {
  const people = roster(conversationId, tenant);
  if (!Array.isArray(people)) return people;
  const found = people.find((person) => person === tenant.person(memberId));
  if (!found) return refusal(404, 'MemberNotFoundInConversation', 'Member not found in conversation.');
  return { status: 200, body: account(found) };
}

function members({ ids: [conversationId = ''] }: Call, tenant: Tenant): Reply {
  const people = roster(conversationId, tenant);
  return Array.isArray(people) ? { status: 200, body: people.map(account) } : people;
}

function pagedMembers({ ids: [conversationId = ''], query }: Call, tenant: Tenant): Reply {
  const people = roster(conversationId, tenant);
  if (!Array.isArray(people)) return people;
  const asked = Number(query.get('pageSize') ?? PAGE_MEMBERS.most);
  const size = Math.min(Math.max(asked, PAGE_MEMBERS.least), PAGE_MEMBERS.most);
  const start = Number(query.get('continuationToken') ?? 0);
  if (!Number.isInteger(asked) || !Number.isInteger(start))
    return refusal(400, 'BadArgument', 'pageSize or continuationToken is not one of ours');
  const rest = start + size < people.length ? { continuationToken: `${start + size}` } : {};
  return { status: 200, body: { members: people.slice(start, start + size).map(account), ...rest } };
}

const conversation = '/v3/conversations/([^/]+)';
const at = (path: string) => new RegExp(`^${path}$`);

/** The connector's operations that Teams has and that this simulator knows. Every other call is refused. */
export const operations: readonly Operation[] = [
  { name: 'createConversation', method: 'POST', path: at('/v3/conversations'), run: create },
  { name: 'sendToConversation', method: 'POST', path: at(`${conversation}/activities`), run: post },
  { name: 'replyToActivity', method: 'POST', path: at(`${conversation}/activities/([^/]+)`), run: post },
  { name: 'updateActivity', method: 'PUT', path: at(`${conversation}/activities/([^/]+)`), run: update },
  { name: 'deleteActivity', method: 'DELETE', path: at(`${conversation}/activities/([^/]+)`), run: remove },
  { name: 'getConversationMembers', method: 'GET', path: at(`${conversation}/members`), run: members },
  { name: 'getConversationMember', method: 'GET', path: at(`${conversation}/members/([^/]+)`), run: member },
  { name: 'getConversationPagedMembers', method: 'GET', path: at(`${conversation}/pagedmembers`), run: pagedMembers },
];
