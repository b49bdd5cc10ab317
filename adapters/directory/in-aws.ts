import { JitError } from '../../src/core/errors/errors.ts';
import { MINUTE_MS } from '../../src/core/language/instant.ts';
import type { GroupSubject } from '../../src/core/people/person.ts';
import type { Account } from '../../src/ports/accounts.ts';
import type { IdentityStore, StoreUser, UserKey } from '../../src/ports/identity-store.ts';
import { Kept } from './kept.ts';
import type { Linked, LinkOptions } from './links.ts';

/** How long it is remembered whose a user was: two who have the same one contradict each other for as long. */
const OWNER_MS = 10 * MINUTE_MS;

/** Somebody, as far as they were found elsewhere. */
interface Human {
  readonly id: string;
  readonly linked: Linked;
  readonly entra?: Account | undefined;
  readonly slack?: Account | undefined;
}

interface InAwsOptions extends Pick<LinkOptions, 'people' | 'entra' | 'slack' | 'mailDomains'> {
  readonly store: IdentityStore;
  readonly now: () => number;
}

/** What IAM Identity Center knows of one human. */
export type InAws = Pick<StoreUser, 'userName' | 'disabled'> & { readonly groups: readonly GroupSubject[] };

/**
 * The users of IAM Identity Center that belong to people who are known elsewhere: it makes nobody known, for it need not tell
 * that an account is switched off.
 */
export class UsersInAws {
  readonly #options: InAwsOptions;
  /** Ids of people by UserId; empty for one that two had. */
  readonly #owners: Kept<string>;

  constructor(options: InAwsOptions) {
    this.#options = options;
    this.#owners = new Kept(options.now);
  }

  /**
   * Undefined for whoever has no user there. Whom the file gives a user that is not there is `disabled`. Throws `personTwice`
   * where two users are one human's, or two humans have one user.
   */
  async of(human: Human): Promise<InAws | undefined> {
    const { store } = this.#options;
    const { id, linked } = human;
    const name = linked.file?.name ?? human.entra?.name ?? human.slack?.name ?? id;
    const keys = this.#keysOf(human);
    const ids = new Set((await Promise.all(keys.map((key) => store.idOf(key)))).flatMap((one) => one ?? []));
    if (ids.size > 1) throw twice(name, `IAM Identity Center has two users of this account`);
    const [found] = ids;
    const user = found === undefined ? undefined : await store.user(found);
    const named = linked.file?.identityCenter;
    if (!user) return named === undefined ? undefined : { userName: named, disabled: true, groups: [] };
    if (user.entra !== undefined && linked.entra !== undefined && user.entra !== linked.entra)
      throw twice(name, `user ${user.userName} of IAM Identity Center is another account of Entra`);
    this.#own(user, id, name);
    return user;
  }

  /** As accounts of Entra or Slack, which is where people are told. */
  async members(group: GroupSubject): Promise<readonly Account[]> {
    const users = await this.#options.store.members(group);
    const found: Account[] = [];
    for (const user of users) {
      if (user.disabled) continue;
      const account = await this.#told(user);
      if (account) found.push({ ...account, groups: [group] });
    }
    return found;
  }

  #keysOf({ linked, entra, slack }: Human): readonly UserKey[] {
    const { mailDomains } = this.#options;
    const named = linked.file?.identityCenter;
    const own: UserKey[] = named === undefined ? [] : [{ by: 'userName', value: named }];
    // Somebody from elsewhere is in no group of this house, unless the file says who they are.
    if ((entra ?? slack)?.guest) return own;
    if (linked.entra !== undefined) own.push({ by: 'entra', value: linked.entra });
    if (named === undefined && entra?.identityCenter) own.push({ by: 'userName', value: entra.identityCenter });
    const domain = slack?.mail?.split('@')[1];
    const isAlone = linked.entra === undefined && !this.#options.entra;
    if (isAlone && slack?.mail && domain !== undefined && mailDomains.includes(domain))
      own.push({ by: 'emails.value', value: slack.mail });
    return own;
  }

  #own({ id: user, userName }: StoreUser, id: string, name: string): void {
    const owner = this.#owners.within(user, OWNER_MS);
    if (owner === undefined || owner === id) {
      this.#owners.keep(user, id);
      return;
    }
    // Neither has it then, until one of them is corrected and the time is over.
    if (owner !== '') this.#owners.keep(user, '');
    throw twice(name, `somebody else has the same user ${userName} of IAM Identity Center`);
  }

  async #told(user: StoreUser): Promise<Omit<Account, 'groups'> | undefined> {
    const { people, entra, slack, mailDomains } = this.#options;
    const { name, mail, disabled } = user;
    const known = { name, disabled, guest: false, ...(mail ? { mail } : {}) };
    const own = people.find(({ identityCenter }) => identityCenter === user.userName);
    const id = own?.entra?.toLowerCase() ?? own?.slack ?? user.entra;
    if (id !== undefined) return { ...known, id };
    if (own || mail === undefined) return undefined;
    const isTold = entra !== undefined || mailDomains.includes(mail.split('@')[1] ?? '');
    try {
      return isTold ? await (entra ?? slack)?.byMail?.(mail) : undefined;
    } catch (error) {
      // One of whom there are two keeps nobody else from being told.
      if (error instanceof JitError && error.code === 'personTwice') return undefined;
      throw error;
    }
  }
}

function twice(name: string, why: string): JitError {
  return new JitError('personTwice', { name, why });
}
