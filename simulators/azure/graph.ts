import { z } from 'zod';
import { Refusal } from './errors.ts';
import type { GraphPeople } from './graph-people.ts';
import { bad, filterOf, type GraphRight, mustBeEventual, mustHave, topOf, userWire } from './graph-query.ts';
import type { Call, Reply, Route } from './route.ts';

/** What the tenant gave the app, and how far behind its index is. */
export interface GraphBehaviour {
  rights: readonly GraphRight[];
  /** By how much advanced queries lag behind. */
  lagMs: number;
  /** Most items on one page, whatever is asked for. */
  pageSize: number;
}

interface Graph {
  readonly people: GraphPeople;
  readonly behaviour: GraphBehaviour;
  readonly origin: () => string;
  readonly now: () => number;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** "Validate group memberships": at most 20. */
const checked = z.strictObject({ groupIds: z.array(z.string().regex(UUID)).min(1).max(20) });
const READS_USERS: readonly GraphRight[] = ['User.Read.All', 'User.ReadBasic.All'];

/** Microsoft Graph v1.0, as far as it says who people are: users, managers, groups, mailbox settings. Strict, from its documentation. */
export function graphRoutes(graph: Graph): readonly Route[] {
  const { people, behaviour } = graph;
  const context = (what: string) => ({ '@odata.context': `${graph.origin()}/graph/v1.0/$metadata#${what}` });
  const named = (call: Call) => people.user(decodeURIComponent(call.param('id')));
  const route = (operation: string, path: string, more: Pick<Route, 'handle' | 'query'> & Partial<Route>): Route => ({
    operation,
    area: 'graph',
    method: 'GET',
    path: `/graph/v1.0${path}`,
    ...more,
  });
  return [
    route('Users_List', '/users', {
      query: ['$filter', '$select', '$top'],
      handle(call) {
        mustHave(behaviour.rights, ...READS_USERS);
        const found = people.usersBy('mail', filterOf(call, 'mail'));
        const value = found.slice(0, topOf(call, 100)).map((user) => userWire(user, call, behaviour.rights));
        return { status: 200, body: { ...context('users'), value } };
      },
    }),
    route('Users_Get', '/users/{id}', {
      query: ['$select'],
      handle(call) {
        mustHave(behaviour.rights, ...READS_USERS);
        return {
          status: 200,
          body: { ...context('users/$entity'), ...userWire(named(call), call, behaviour.rights) },
        };
      },
    }),
    route('Users_GetManager', '/users/{id}/manager', {
      query: ['$select'],
      handle(call) {
        mustHave(behaviour.rights, 'User.Read.All');
        const manager = people.manager(named(call));
        const body =
          'contact' in manager
            ? { '@odata.type': '#microsoft.graph.orgContact', id: manager.contact }
            : { '@odata.type': '#microsoft.graph.user', ...userWire(manager, call, behaviour.rights) };
        return { status: 200, body: { ...context('directoryObjects/$entity'), ...body } };
      },
    }),
    route('Users_CheckMemberGroups', '/users/{id}/checkMemberGroups', {
      method: 'POST',
      query: [],
      handle(call) {
        mustHave(behaviour.rights, ...READS_USERS);
        mustHave(behaviour.rights, 'GroupMember.Read.All');
        const user = named(call);
        const parsed = checked.safeParse(call.body);
        if (!parsed.success) throw bad('The list of group ids is missing, is not valid, or has more than 20 of them.');
        const value = parsed.data.groupIds.filter((id) => people.isIn(id, user));
        return { status: 200, body: { ...context('Collection(Edm.String)'), value } };
      },
    }),
    route('Users_GetMailboxSettings', '/users/{id}/mailboxSettings', {
      query: [],
      handle: (call) => mailbox(call, graph),
    }),
    route('Groups_List', '/groups', {
      query: ['$filter', '$select', '$top'],
      handle(call) {
        mustHave(behaviour.rights, 'GroupMember.Read.All', 'Group.ReadBasic.All');
        if (call.query.get('$select') !== 'id,displayName') throw bad('Only id and displayName are simulated.');
        const value = people.groupsBy(filterOf(call, 'displayName')).slice(0, topOf(call, 100));
        return { status: 200, body: { ...context('groups'), value } };
      },
    }),
    route('Groups_Get', '/groups/{id}', {
      query: ['$select'],
      handle(call) {
        mustHave(behaviour.rights, 'GroupMember.Read.All', 'Group.ReadBasic.All');
        return { status: 200, body: { ...context('groups/$entity'), ...people.group(call.param('id')) } };
      },
    }),
    route('Groups_ListTransitiveMembersAsUser', '/groups/{id}/transitiveMembers/microsoft.graph.user', {
      query: ['$select', '$count', '$top', '$skiptoken'],
      handle: (call) => members(call, graph),
    }),
  ];
}

function mailbox(call: Call, { people, behaviour }: Graph): Reply {
  mustHave(behaviour.rights, 'MailboxSettings.Read');
  const { mailbox: own } = people.user(call.param('id'));
  if (!own)
    throw new Refusal(
      404,
      'MailboxNotEnabledForRESTAPI',
      'The mailbox is either inactive, soft-deleted, or elsewhere.',
    );
  const at = (dateTime = '2026-01-01T00:00:00.0000000') => ({ dateTime, timeZone: 'UTC' });
  const { timeZone, status, from, until } = own;
  const automaticRepliesSetting = {
    status,
    scheduledStartDateTime: at(from),
    scheduledEndDateTime: at(until),
    internalReplyMessage: 'Nobody may keep this.',
  };
  return { status: 200, body: { timeZone, automaticRepliesSetting } };
}

/** One page of everybody in a group, as the lagging index has it. The token of a page is worth nothing elsewhere. */
function members(call: Call, { people, behaviour, origin, now }: Graph): Reply {
  mustHave(behaviour.rights, 'GroupMember.Read.All');
  mustBeEventual(call);
  const id = call.param('id');
  people.group(id);
  const all = people.members(id, now() - behaviour.lagMs);
  const token = call.query.get('$skiptoken');
  const from = token === null ? 0 : Number(Buffer.from(token, 'base64url').toString('utf8').split(`${id}:`)[1]);
  if (!Number.isInteger(from)) throw bad('The $skiptoken is not valid.');
  const size = Math.min(topOf(call, 100), behaviour.pageSize);
  const value = all.slice(from, from + size).map((user) => userWire(user, call, behaviour.rights));
  const isLast = from + size >= all.length;
  const query = new URLSearchParams(call.query);
  query.set('$skiptoken', Buffer.from(`${id}:${from + size}`, 'utf8').toString('base64url'));
  const next = isLast ? {} : { '@odata.nextLink': `${origin()}${call.path}?${query}` };
  return { status: 200, body: { '@odata.count': all.length, ...next, value } };
}
