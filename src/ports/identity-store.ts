import type { GroupSubject } from '../core/people/person.ts';

/** What leads to a user: names that are unique in the store. */
export type UserKey =
  | { readonly by: 'userName' | 'emails.value'; readonly value: string }
  | { readonly by: 'entra'; readonly value: string };

/** A user of the store. That one is not disabled proves nothing: the store need not know. */
export interface StoreUser {
  readonly id: string;
  readonly userName: string;
  readonly name: string;
  readonly mail?: string;
  /** The object ID of Entra that the provisioner wrote. */
  readonly entra?: string;
  readonly disabled: boolean;
}

export interface IdentityStore {
  /** UserId, read anew; undefined for nobody. Throws `directoryAway`, `directoryRights`. */
  idOf(key: UserKey): Promise<string | undefined>;
  /** With the groups that were asked about; undefined when there is none any more. Throws `groupUnknown`, too. */
  user(id: string): Promise<(StoreUser & { readonly groups: readonly GroupSubject[] }) | undefined>;
  /** Who is in a group that was asked about, as far as people are told. */
  members(group: GroupSubject): Promise<readonly StoreUser[]>;
}
