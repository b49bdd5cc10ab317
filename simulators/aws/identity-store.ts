import { AwsError } from './errors.ts';

type Json = Readonly<Record<string, unknown>>;

interface StoreUser {
  readonly id: string;
  readonly name: string;
  readonly displayName?: string;
  readonly mail?: string;
  readonly externalIds?: readonly { readonly Issuer: string; readonly Id: string }[];
  readonly status?: 'ENABLED' | 'DISABLED';
}

/** Members on one page; AWS gives up to 100. */
const PAGE = 2;
const MOST_GROUPS = 100;
/** UserId and GroupId (Identity Store API reference). */
const ID = /^(?:[0-9a-f]{10}-)?[A-Fa-f0-9]{8}(?:-[A-Fa-f0-9]{4}){3}-[A-Fa-f0-9]{12}$/;

const invalid = () => new AwsError('ValidationException', 'The request fails to satisfy a constraint.');
const notFound = (ResourceType: string, ResourceId = '') =>
  new AwsError('ResourceNotFoundException', `${ResourceType} not found.`, 400, { ResourceType, ResourceId });

/** Users and groups of the identity store; a group has users alone (Identity Store API, 2020-06-15). */
export class IdentityStore {
  readonly id: string;
  readonly #users = new Map<string, StoreUser>();
  readonly #groups = new Map<string, { readonly name: string; readonly members: Set<string> }>();

  constructor(id: string) {
    this.id = id;
  }

  /** Adds a user, or changes what it has; gives the UserId. */
  setUser(name: string, more: Partial<Omit<StoreUser, 'id' | 'name'>> = {}): string {
    const known = this.#named(name);
    const id = known?.id ?? this.#newId(this.#users.size, '0');
    this.#users.set(id, { ...known, ...more, id, name });
    return id;
  }

  removeUser(name: string): void {
    const id = this.#named(name)?.id ?? '';
    this.#users.delete(id);
    for (const { members } of this.#groups.values()) members.delete(id);
  }

  /** Gives a group these users, by name, in place of those it had; gives the GroupId. */
  setGroup(name: string, users: readonly string[]): string {
    const known = [...this.#groups].find(([, one]) => one.name === name)?.[0];
    const id = known ?? this.#newId(this.#groups.size, '1');
    this.#groups.set(id, { name, members: new Set(users.map((user) => this.setUser(user))) });
    return id;
  }

  run(action: string, { IdentityStoreId, ...input }: Json): Json {
    if (IdentityStoreId !== this.id) throw notFound('IDENTITY_STORE', String(IdentityStoreId));
    switch (action) {
      case 'GetUserId':
        return { IdentityStoreId, UserId: this.#userId(onlyWith(input, 'AlternateIdentifier')) };
      case 'GetGroupId':
        return { IdentityStoreId, GroupId: this.#groupId(onlyWith(input, 'AlternateIdentifier')) };
      case 'DescribeUser':
        return { IdentityStoreId, ...this.#described(onlyWith(input, 'UserId', 'Extensions')) };
      case 'IsMemberInGroups':
        return this.#isMember(onlyWith(input, 'MemberId', 'GroupIds'));
      case 'ListGroupMemberships':
        return this.#memberships(onlyWith(input, 'GroupId', 'MaxResults', 'NextToken'));
      default:
        throw new AwsError('UnknownOperationException', `There is no ${action}.`);
    }
  }

  #newId(count: number, kind: string): string {
    return `${this.id.slice(2)}-0000000${kind}-0000-4000-8000-${String(count).padStart(12, '0')}`;
  }

  #named(name: string): StoreUser | undefined {
    return [...this.#users.values()].find((one) => one.name === name);
  }

  #userId({ AlternateIdentifier }: Json): string {
    const { UniqueAttribute, ExternalId } = (AlternateIdentifier ?? {}) as Readonly<Record<string, Json | undefined>>;
    // A union: exactly one of them.
    if ((UniqueAttribute === undefined) === (ExternalId === undefined)) throw invalid();
    const users = [...this.#users.values()];
    const found = ExternalId
      ? users.filter(({ externalIds = [] }) =>
          externalIds.some((one) => one.Issuer === ExternalId.Issuer && one.Id === ExternalId.Id),
        )
      : users.filter(byAttribute(UniqueAttribute ?? {}));
    const [user] = found;
    if (!user) throw notFound('USER');
    return user.id;
  }

  #groupId({ AlternateIdentifier }: Json): string {
    const { UniqueAttribute } = (AlternateIdentifier ?? {}) as Readonly<Record<string, Json | undefined>>;
    if (UniqueAttribute?.AttributePath !== 'displayName') throw invalid();
    const found = [...this.#groups].find(([, { name }]) => name === UniqueAttribute.AttributeValue);
    if (!found) throw notFound('GROUP');
    return found[0];
  }

  #described({ UserId }: Json): Json {
    if (!isId(UserId)) throw invalid();
    const user = this.#users.get(UserId);
    if (!user) throw notFound('USER', UserId);
    const { id, name, displayName = name, mail, externalIds, status } = user;
    return {
      UserId: id,
      UserName: name,
      DisplayName: displayName,
      ...(mail ? { Emails: [{ Value: mail, Type: 'work', Primary: true }] } : {}),
      ...(externalIds ? { ExternalIds: externalIds } : {}),
      ...(status ? { UserStatus: status } : {}),
    };
  }

  #isMember({ MemberId, GroupIds }: Json): Json {
    const user = (MemberId as Json | undefined)?.UserId;
    if (!isId(user) || !Array.isArray(GroupIds) || !GroupIds.every(isId)) throw invalid();
    if (GroupIds.length === 0 || GroupIds.length > MOST_GROUPS) throw invalid();
    if (!this.#users.has(user)) throw notFound('USER', user);
    const gone = GroupIds.find((id) => !this.#groups.has(id));
    if (gone !== undefined) throw notFound('GROUP', gone);
    return {
      Results: GroupIds.map((GroupId) => {
        return { GroupId, MemberId, MembershipExists: this.#groups.get(GroupId)?.members.has(user) === true };
      }),
    };
  }

  #memberships({ GroupId, MaxResults, NextToken }: Json): Json {
    if (!isId(GroupId) || (MaxResults !== undefined && !(Number(MaxResults) >= 1 && Number(MaxResults) <= 100)))
      throw invalid();
    const group = this.#groups.get(GroupId);
    if (!group) throw notFound('GROUP', GroupId);
    const from = Number(NextToken ?? 0);
    const rows = [...group.members].slice(from, from + PAGE);
    return {
      GroupMemberships: rows.map((UserId) => {
        return { IdentityStoreId: this.id, MembershipId: UserId, GroupId, MemberId: { UserId } };
      }),
      ...(from + PAGE < group.members.size ? { NextToken: String(from + PAGE) } : {}),
    };
  }
}

function byAttribute({ AttributePath, AttributeValue }: Json): (user: StoreUser) => boolean {
  if (AttributePath === 'userName') return ({ name }) => name === AttributeValue;
  if (AttributePath === 'emails.value') return ({ mail }) => mail === AttributeValue;
  throw invalid();
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && ID.test(value);
}

function onlyWith(input: Json, ...names: readonly string[]): Json {
  if (Object.keys(input).some((name) => !names.includes(name))) throw invalid();
  return input;
}
