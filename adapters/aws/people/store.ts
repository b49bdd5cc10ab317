import type { AlternateIdentifier, DescribeUserResponse } from '@aws-sdk/client-identitystore';
import { say } from '../../../src/core/language/say.ts';
import { tidy } from '../../../src/core/language/text.ts';
import type { GroupSubject } from '../../../src/core/people/person.ts';
import type { IdentityStore, StoreUser, UserKey } from '../../../src/ports/identity-store.ts';
import type { CallWatch } from '../../../src/ports/meter.ts';
import { sdkConfig } from '../ec2/sdk-config.ts';
import { type AwsSettings, fullSettings, type Role } from '../settings.ts';
import { describe, groupId, memberIn, membersOf, type StoreAt, userId } from './calls.ts';
import { away, storeCall } from './client.ts';

/** UserId and GroupId (Identity Store API reference). */
const ID = /^(?:[0-9a-f]{10}-)?[A-Fa-f0-9]{8}(?:-[A-Fa-f0-9]{4}){3}-[A-Fa-f0-9]{12}$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** "IsMemberInGroups": ids a call. */
const MOST_IDS = 100;
const AT_ONCE = 5;
const LONGEST_NAME = 80;

export interface IdentityCenterPeople {
  /** `d-…` */
  readonly identityStoreId: string;
  /** The home Region of the instance: no other one answers. */
  readonly region: string;
  /** The role to assume; without it the program's own credentials are used as they are. */
  readonly role?: Role;
  /** Who provisions it: the `Issuer` of the external IDs that are object IDs of Entra. Without it they link nobody. */
  readonly issuer?: string;
}

/**
 * Users and groups of IAM Identity Center (Identity Store API). Groups have users alone: groups that are nested in Entra come
 * here each for itself. A group that is named by its name is looked for once, as those of Entra are.
 *
 * @param asked the groups that policies name: membership of others is not looked up
 */
export function identityStore(
  { identityStoreId, issuer, region, role }: IdentityCenterPeople,
  asked: readonly GroupSubject[],
  given: Pick<AwsSettings, 'endpoint' | 'credentials'> & { readonly called?: CallWatch | undefined },
): IdentityStore {
  const account = { id: '', regions: [], ...(role ? { role } : {}) };
  // `arn:aws:iam::123456789012:role/…`
  const owner = role?.arn.split(':')[4] ?? '';
  const call = storeCall(sdkConfig({ account, region }, fullSettings({ accounts: [], ...given })), owner, given.called);
  const store = { call, IdentityStoreId: identityStoreId };
  const words = asked.filter((word) => word.startsWith('idc:'));
  const groups = namedGroups(store);
  const described = async (id: string) => {
    const found = await describe(store, id);
    return found && userOf(found, issuer);
  };
  return {
    async idOf(key) {
      const alternate = identifierOf(key, issuer);
      return alternate && userId(store, alternate);
    },
    async user(id) {
      const wanted = await Promise.all(words.map(async (word) => ({ word, id: await groups(word) })));
      const all = [...new Set(wanted.map((one) => one.id))];
      const chunks = Array.from({ length: Math.ceil(all.length / MOST_IDS) }, (_, i) =>
        all.slice(i * MOST_IDS, (i + 1) * MOST_IDS),
      );
      const [user, ...found] = await Promise.all([described(id), ...chunks.map((chunk) => memberIn(store, id, chunk))]);
      if (!user || found.includes(undefined)) return undefined;
      const member = new Set(found.flat());
      return { ...user, groups: wanted.filter((one) => member.has(one.id)).map(({ word }) => word) };
    },
    async members(group) {
      // Somebody may be listed only where their own record would show it: a tag may name any group.
      if (!words.includes(group)) return [];
      const users = await membersOf(store, await groups(group));
      const known: StoreUser[] = [];
      for (let from = 0; from < users.length; from += AT_ONCE) {
        const some = await Promise.all(users.slice(from, from + AT_ONCE).map(described));
        known.push(...some.flatMap((one) => one ?? []));
      }
      return known;
    },
  };
}

/** Gives the GroupId of `idc:…`. */
function namedGroups(store: StoreAt): (word: GroupSubject) => Promise<string> {
  const ids = new Map<GroupSubject, Promise<string>>();
  const lookUp = async (word: GroupSubject) => {
    const named = word.slice('idc:'.length);
    return ID.test(named) ? named : groupId(store, named);
  };
  return (word) => {
    const known = ids.get(word) ?? lookUp(word);
    ids.set(word, known);
    known.catch(() => ids.delete(word));
    return known;
  };
}

function identifierOf({ by, value }: UserKey, issuer: string | undefined): AlternateIdentifier | undefined {
  if (by !== 'entra') return { UniqueAttribute: { AttributePath: by, AttributeValue: value } };
  return issuer === undefined ? undefined : { ExternalId: { Issuer: issuer, Id: value } };
}

function userOf(found: DescribeUserResponse, issuer: string | undefined): StoreUser {
  const { UserId: id, UserName: userName, DisplayName, Emails = [], ExternalIds = [], UserStatus } = found;
  if (!id || !userName) throw away(say`gives a user that cannot be read`);
  const mail = (Emails.find(({ Primary }) => Primary) ?? Emails[0])?.Value?.toLowerCase();
  const entra = ExternalIds.find(({ Issuer }) => issuer !== undefined && Issuer === issuer)?.Id?.toLowerCase();
  return {
    id,
    userName,
    // Somebody else wrote it.
    name: tidy(DisplayName || userName, LONGEST_NAME),
    disabled: UserStatus === 'DISABLED',
    ...(mail ? { mail } : {}),
    ...(entra !== undefined && UUID.test(entra) ? { entra } : {}),
  };
}
