import { randomUUID } from 'node:crypto';
import { people } from '../world.ts';
import { Refusal } from './errors.ts';

/** A user as Graph keeps it. What is null was never filled in. */
export interface GraphUser {
  readonly id: string;
  readonly displayName: string;
  readonly userPrincipalName: string;
  readonly mail: string | null;
  readonly accountEnabled: boolean;
  readonly userType: 'Member' | 'Guest';
  readonly creationType: 'Invitation' | null;
  readonly externalUserState: 'Accepted' | 'PendingAcceptance' | null;
  readonly department: string | null;
  readonly companyName: string | null;
  readonly jobTitle: string | null;
  readonly officeLocation: string | null;
  readonly country: string | null;
  readonly employeeType: string | null;
  readonly employeeOrgData: { readonly costCenter: string | null; readonly division: string | null } | null;
  readonly preferredLanguage: string | null;
  /** Of a user, or of a contact. */
  readonly managerId?: string;
  /** Absent: no mailbox. */
  readonly mailbox?: {
    readonly timeZone: string;
    readonly status: 'disabled' | 'alwaysEnabled' | 'scheduled';
    readonly from?: string;
    readonly until?: string;
  };
}

export interface GraphGroup {
  readonly id: string;
  readonly displayName: string;
}

/** From when until when (UTC, on the simulator's clock) somebody, or a group, is in a group. */
interface Membership {
  readonly group: string;
  readonly member: string;
  readonly fromMs: number;
  readonly untilMs?: number;
}

export const absent = (what: string): Refusal =>
  new Refusal(
    404,
    'Request_ResourceNotFound',
    `Resource '${what}' does not exist or one of its queried reference-property objects are not present.`,
  );

export const newUser = (given: Pick<GraphUser, 'id' | 'displayName'> & Partial<GraphUser>): GraphUser => ({
  userPrincipalName: given.mail ?? `${given.id}@example.com`,
  mail: null,
  accountEnabled: true,
  userType: 'Member',
  creationType: null,
  externalUserState: null,
  department: null,
  companyName: null,
  jobTitle: null,
  officeLocation: null,
  country: null,
  employeeType: null,
  employeeOrgData: null,
  preferredLanguage: null,
  ...given,
});

/** The users and groups of the tenant, and the hands of its administrator. */
export class GraphPeople {
  readonly #now: () => number;
  readonly #users = new Map<string, GraphUser>();
  readonly #groups = new Map<string, GraphGroup>();
  /** By group. */
  readonly #memberships = new Map<string, Membership[]>();
  /** Contacts: people of elsewhere who may be somebody's manager. */
  readonly #contacts = new Set<string>();

  constructor(now: () => number) {
    this.#now = now;
    for (const { entraId: id, name: displayName, title: jobTitle, email: mail } of Object.values(people)) {
      const isManaged = id === people.requester.entraId || id === people.colleague.entraId;
      this.setUser({ id, displayName, jobTitle, mail, ...(isManaged ? { managerId: people.manager.entraId } : {}) });
    }
  }

  /** Adds a user, or changes one. */
  setUser(given: Pick<GraphUser, 'id'> & Partial<GraphUser>): GraphUser {
    const before = this.#users.get(given.id.toLowerCase());
    const user = { ...(before ?? newUser({ displayName: given.id, ...given })), ...given };
    this.#users.set(user.id.toLowerCase(), user);
    return user;
  }

  /** As an administrator deletes an account: it is no longer found. */
  removeUser(id: string): void {
    this.#users.delete(id.toLowerCase());
  }

  addContact(id: string): void {
    this.#contacts.add(id.toLowerCase());
  }

  addGroup(displayName: string, id: string = randomUUID()): GraphGroup {
    const group = { id, displayName };
    this.#groups.set(id.toLowerCase(), group);
    return group;
  }

  removeGroup(id: string): void {
    this.#groups.delete(id.toLowerCase());
  }

  /** Puts a user or a group into a group. */
  join(group: string, ...members: readonly string[]): void {
    const all = this.#memberships.get(group.toLowerCase()) ?? [];
    for (const member of members) all.push({ group, member: member.toLowerCase(), fromMs: this.#now() });
    this.#memberships.set(group.toLowerCase(), all);
  }

  leave(group: string, member: string): void {
    const all = this.#memberships.get(group.toLowerCase()) ?? [];
    const left = all.map((one) =>
      one.member === member.toLowerCase() && one.untilMs === undefined ? { ...one, untilMs: this.#now() } : one,
    );
    this.#memberships.set(group.toLowerCase(), left);
  }

  /** By object id or user principal name. */
  user(name: string): GraphUser {
    const wanted = name.toLowerCase();
    const found =
      this.#users.get(wanted) ??
      [...this.#users.values()].find(({ userPrincipalName }) => userPrincipalName.toLowerCase() === wanted);
    if (!found) throw absent(name);
    return found;
  }

  /** The manager of a user: another user, or a contact. */
  manager({ managerId = '' }: GraphUser): GraphUser | { readonly contact: string } {
    const id = managerId.toLowerCase();
    if (this.#contacts.has(id)) return { contact: id };
    const found = this.#users.get(id);
    if (!found) throw absent('manager');
    return found;
  }

  usersBy(field: 'mail', value: string): readonly GraphUser[] {
    return [...this.#users.values()].filter((user) => user[field]?.toLowerCase() === value.toLowerCase());
  }

  group(id: string): GraphGroup {
    const found = this.#groups.get(id.toLowerCase());
    if (!found) throw absent(id);
    return found;
  }

  groupsBy(displayName: string): readonly GraphGroup[] {
    return [...this.#groups.values()].filter((one) => one.displayName.toLowerCase() === displayName.toLowerCase());
  }

  /** The users in a group, those of nested groups too, as it was at `atMs`. */
  members(group: string, atMs = this.#now()): readonly GraphUser[] {
    const seen = new Set<string>();
    const found: GraphUser[] = [];
    const waiting = [group.toLowerCase()];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      const user = this.#users.get(next);
      if (user) found.push(user);
      for (const { member, fromMs, untilMs } of this.#memberships.get(next) ?? [])
        if (fromMs <= atMs && atMs < (untilMs ?? Number.POSITIVE_INFINITY)) waiting.push(member);
    }
    return found.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  isIn(group: string, user: GraphUser): boolean {
    return this.members(group).includes(user);
  }
}
