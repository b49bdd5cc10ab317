import {
  type AlternateIdentifier,
  DescribeUserCommand,
  type DescribeUserResponse,
  GetGroupIdCommand,
  GetUserIdCommand,
  IsMemberInGroupsCommand,
  ListGroupMembershipsCommand,
} from '@aws-sdk/client-identitystore';
import { JitError } from '../../../src/core/errors/errors.ts';
import { say } from '../../../src/core/language/say.ts';
import { away, IDENTITY_CENTER, isAbsent, type StoreCall } from './client.ts';

/** "ListGroupMemberships": members a page. */
const PAGE = 100;
/** A list that leads in a circle ends. */
const MOST_PAGES = 100;
/** Members of a group who are looked up, to be told: a call for each. */
const MOST_MEMBERS = 100;

export interface StoreAt {
  readonly call: StoreCall;
  readonly IdentityStoreId: string;
}

/** UserId; undefined for nobody. */
export async function userId({ call, IdentityStoreId }: StoreAt, AlternateIdentifier: AlternateIdentifier) {
  const input = { IdentityStoreId, AlternateIdentifier };
  const found = await call('users', 'identitystore:GetUserId', (to, abortSignal) =>
    to.send(new GetUserIdCommand(input), { abortSignal }),
  );
  if (isAbsent(found)) return undefined;
  if (!found.UserId) throw away(say`gives a user that cannot be read`);
  return found.UserId;
}

/** GroupId of the one group with this name. Throws `groupUnknown`. */
export async function groupId({ call, IdentityStoreId }: StoreAt, named: string): Promise<string> {
  const UniqueAttribute = { AttributePath: 'displayName', AttributeValue: named };
  const input = { IdentityStoreId, AlternateIdentifier: { UniqueAttribute } };
  const found = await call('groups', 'identitystore:GetGroupId', (to, abortSignal) =>
    to.send(new GetGroupIdCommand(input), { abortSignal }),
  );
  if (isAbsent(found)) throw unknownGroup(named);
  if (!found.GroupId) throw away(say`gives a group that cannot be read`);
  return found.GroupId;
}

export async function describe(
  { call, IdentityStoreId }: StoreAt,
  UserId: string,
): Promise<DescribeUserResponse | undefined> {
  const found = await call('users', 'identitystore:DescribeUser', (to, abortSignal) =>
    to.send(new DescribeUserCommand({ IdentityStoreId, UserId }), { abortSignal }),
  );
  return isAbsent(found) ? undefined : found;
}

/** Of these groups, those with the user; undefined when there is no such user. Throws `groupUnknown`. */
export async function memberIn(
  { call, IdentityStoreId }: StoreAt,
  UserId: string,
  GroupIds: string[],
): Promise<readonly string[] | undefined> {
  const input = { IdentityStoreId, MemberId: { UserId }, GroupIds };
  const found = await call('group memberships', 'identitystore:IsMemberInGroups', (to, abortSignal) =>
    to.send(new IsMemberInGroupsCommand(input), { abortSignal }),
  );
  if (isAbsent(found)) {
    if (found.gone === 'USER') return undefined;
    throw unknownGroup(found.id ?? GroupIds.join(', '));
  }
  const told = new Map((found.Results ?? []).map((one) => [one.GroupId, one.MembershipExists]));
  // A group of which nothing is said is no "not in it".
  if (GroupIds.some((id) => told.get(id) === undefined)) throw away(say`gives memberships that cannot be read`);
  return GroupIds.filter((id) => told.get(id) === true);
}

/** UserIds of a group, as many as are told. Throws `groupUnknown`. */
export async function membersOf({ call, IdentityStoreId }: StoreAt, GroupId: string): Promise<readonly string[]> {
  const users: string[] = [];
  let token: { NextToken?: string } = {};
  for (let pages = 0; pages < MOST_PAGES && users.length < MOST_MEMBERS; pages += 1) {
    const input = { IdentityStoreId, GroupId, MaxResults: PAGE, ...token };
    const page = await call('group members', 'identitystore:ListGroupMemberships', (to, abortSignal) =>
      to.send(new ListGroupMembershipsCommand(input), { abortSignal }),
    );
    if (isAbsent(page)) throw unknownGroup(GroupId);
    users.push(...(page.GroupMemberships ?? []).flatMap(({ MemberId }) => MemberId?.UserId ?? []));
    if (!page.NextToken) break;
    token = { NextToken: page.NextToken };
  }
  return users.slice(0, MOST_MEMBERS);
}

function unknownGroup(group: string): JitError {
  return new JitError('groupUnknown', { group: `idc:${group}`, directory: IDENTITY_CENTER, count: 'no' });
}
