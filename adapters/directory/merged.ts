import { JitError } from '../../src/core/errors/errors.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/core/language/instant.ts';
import { fileGroups, type GroupTable, membersOf } from '../../src/core/people/groups.ts';
import type { GroupSubject, Person } from '../../src/core/people/person.ts';
import type { ChatName } from '../../src/core/people/place.ts';
import type { Account } from '../../src/ports/accounts.ts';
import type { Directory, Freshness } from '../../src/ports/directory.ts';
import type { IdentityStore } from '../../src/ports/identity-store.ts';
import { UsersInAws } from './in-aws.ts';
import { Kept } from './kept.ts';
import { type Linked, type LinkOptions, Links } from './links.ts';
import { merged } from './merge.ts';
import { reachIn } from './reach.ts';

export interface MergedOptions extends LinkOptions {
  readonly groups: GroupTable;
  /** The configured chats, best first. */
  readonly chats: readonly ChatName[];
  /** How long a record may be shown; what decides is read anew. */
  readonly keptMs: number;
  readonly now: () => number;
  /** Users and groups of IAM Identity Center, of people who are known elsewhere. */
  readonly store?: IdentityStore;
}

/** Who is in a group of a directory: who is told of a request. Whoever acts is judged by their own record. */
const MEMBERS_MS = 10 * MINUTE_MS;
const ADDRESS_MS = HOUR_MS;
const ABSENCES_MS = 10 * MINUTE_MS;
/** Of a group, so many are looked at: there are no more places that are told. */
const MOST_ABSENCES = 30;
/** Outlook takes four calls of an app at once (“Microsoft Graph service-specific throttling limits”). */
const AT_ONCE_IN_MAILBOXES = 4;
/** Of a group so many are looked for in Slack: there are no more places that are told. */
const MOST_ADDRESSES = 30;
const AT_ONCE = 5;
/** While a directory is away, people are told by a list that is older. */
const OLD_MEMBERS_MS = HOUR_MS;

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** People of several directories: one human is one record. */
export class MergedDirectory implements Directory {
  readonly #options: MergedOptions;
  readonly #links: Links;
  readonly #inAws: UsersInAws | undefined;
  /** By `id:…`, `slack:…`, `teams:…`. */
  readonly #people: Kept<Person>;
  readonly #members: Kept<readonly Account[]>;
  /** Slack user IDs by Entra object ID; empty for nobody. */
  readonly #addresses: Kept<string>;
  readonly #absences: Kept<boolean>;

  constructor(options: MergedOptions) {
    this.#options = options;
    this.#links = new Links(options);
    this.#inAws = options.store && new UsersInAws({ ...options, store: options.store });
    this.#people = new Kept(options.now);
    this.#members = new Kept(options.now);
    this.#addresses = new Kept(options.now);
    this.#absences = new Kept(options.now);
  }

  person(chat: ChatName, user: string, freshness?: Freshness): Promise<Person | undefined> {
    const id = chat === 'teams' ? user.toLowerCase() : user;
    const find = async () => (chat === 'teams' ? this.#links.whole(this.#links.ofEntra(id)) : this.#inSlack(id));
    return this.#read(`${chat}:${id}`, find, freshness);
  }

  byId(id: string, freshness?: Freshness): Promise<Person | undefined> {
    const find = async () => {
      const linked = this.#links.ofId(id);
      return linked && this.#links.whole(linked);
    };
    return this.#read(`id:${id}`, find, freshness);
  }

  async members(group: GroupSubject): Promise<readonly Person[]> {
    if (!group.startsWith('group:')) return this.#listed(await this.#accountsIn(group), group);
    const name = group.slice('group:'.length);
    const { ids, groups } = membersOf(this.#options.groups, name);
    const lists = await Promise.all(groups.map((one) => this.#accountsIn(one)));
    const found = await Promise.all(ids.map((id) => this.byId(id, 'last')));
    return [
      ...found.flatMap((one) => (one && !one.disabled ? [one] : [])),
      ...(await this.#listed(lists.flat(), name)),
    ];
  }

  async find(typed: string): Promise<Person | undefined> {
    if (!typed.includes('@')) return this.byId(typed);
    const found = await this.#options.entra?.byMail?.(typed);
    return found && this.byId(found.id);
  }

  async away(people: readonly Person[]): Promise<readonly string[]> {
    const { entra } = this.#options;
    const known = people.filter((person) => person.entra !== undefined).slice(0, MOST_ABSENCES);
    const away: string[] = [];
    for (let from = 0; entra?.away && from < known.length; from += AT_ONCE_IN_MAILBOXES) {
      const some = known.slice(from, from + AT_ONCE_IN_MAILBOXES);
      const found = await Promise.all(some.map((person) => this.#isAway(person.entra?.toLowerCase() ?? '')));
      away.push(...some.filter((_, i) => found[i]).map(({ id }) => id));
    }
    return away;
  }

  accountOf(chat: ChatName, id: string): string | undefined {
    const known = this.#people.last(`id:${id}`) ?? this.#links.quietly('id', id);
    return chat === 'slack' ? known?.slack : known?.entra;
  }

  reach(person: Person) {
    return reachIn(this.#options.chats, person);
  }

  async #read(key: string, find: () => Promise<Linked | undefined>, freshness: Freshness = 'now') {
    const { keptMs } = this.#options;
    const kept = freshness === 'now' ? undefined : this.#people.within(key, keptMs);
    if (kept) return kept;
    try {
      return await this.#people.anew(key, async () => {
        const linked = await find();
        return linked && this.#load(linked);
      });
    } catch (error) {
      if (freshness !== 'last' || !isAway(error)) throw error;
      // Nobody answers: what is known without asking ends access, and never gives any.
      return this.#people.last(key) ?? this.#withoutAsking(key);
    }
  }

  async #isAway(id: string): Promise<boolean | undefined> {
    const kept = this.#absences.within(id, ABSENCES_MS);
    return kept ?? this.#absences.anew(id, async () => this.#options.entra?.away?.(id));
  }

  async #inSlack(id: string): Promise<Linked | undefined> {
    const linked = await this.#links.ofSlack(id);
    if (linked || !this.#options.entra) return linked;
    throw this.#options.kept ? new JitError('linkFirst') : new JitError('notLinked', { id });
  }

  async #load(linked: Linked): Promise<Person | undefined> {
    const { entra: entraAccounts, slack: slackAccounts, groups, now } = this.#options;
    const askedEntra = entraAccounts !== undefined && linked.entra !== undefined;
    const askedSlack = slackAccounts !== undefined && linked.slack !== undefined;
    const [entra, slack] = await Promise.all([
      askedEntra ? entraAccounts.account(linked.entra) : undefined,
      askedSlack ? slackAccounts.account(linked.slack) : undefined,
    ]);
    const byMail = entra && linked.slack === undefined ? await this.#byMail(entra) : undefined;
    const accounts = byMail ? { linked: { ...linked, slack: byMail.id }, slack: byMail } : { linked, slack };
    const found = { ...accounts, entra, askedEntra, askedSlack };
    const merging = { groups, idOf: (one: string) => idIn(this.#links.ofEntra(one)) ?? one };
    const known = merged(found, merging, now());
    const inAws = known && (await this.#inAws?.of({ ...accounts, id: known.id, entra }));
    const person = inAws ? merged({ ...found, inAws }, merging, now()) : known;
    if (person) this.#remember(person);
    return person;
  }

  /** The Slack account of somebody who was found in Entra. Whose it is is looked up now and then; what it is, each time. */
  async #byMail(entra: Account): Promise<Account | undefined> {
    const known = this.#addresses.within(entra.id, ADDRESS_MS);
    if (known === '') return undefined;
    const id = known ?? (await this.#links.slackOf(entra));
    const account = id === undefined ? undefined : await this.#options.slack?.account(id);
    const isTheirs = account && !account.guest && !account.disabled && account.mail === entra.mail;
    this.#addresses.keep(entra.id, isTheirs ? account.id : '');
    return isTheirs ? account : undefined;
  }

  #remember(person: Person): void {
    const { id, slack, entra } = person;
    if (slack && entra) this.#addresses.keep(entra.toLowerCase(), slack);
    for (const key of [`id:${id}`, slack && `slack:${slack}`, entra && `teams:${entra.toLowerCase()}`])
      if (key) this.#people.keep(key, person);
  }

  /** The entry of the file, or the account that spoke: in the groups of the file that name them, and in none of a directory. */
  #withoutAsking(key: string): Person | undefined {
    const [via, account = ''] = key.split(/:(.*)/s) as ['id' | 'slack' | 'teams', string];
    const { file, entra, slack } = this.#links.quietly(via, account) ?? {};
    const id = file?.id ?? entra ?? slack;
    if (id === undefined) return undefined;
    const groups = fileGroups(this.#options.groups, [id, ...(entra ? [entra] : [])], []);
    return { id, name: file?.name ?? id, groups, ...(entra ? { entra } : {}), ...(slack ? { slack } : {}) };
  }

  async #accountsIn(group: GroupSubject): Promise<readonly Account[]> {
    const { entra, slack } = this.#options;
    const source = group.startsWith('idc:') ? this.#inAws : group.startsWith('entra:') ? entra : slack;
    if (!source) return [];
    const kept = this.#members.within(group, MEMBERS_MS);
    if (kept) return kept;
    try {
      return (await this.#members.anew(group, () => source.members(group))) ?? [];
    } catch (error) {
      const old = this.#members.within(group, OLD_MEMBERS_MS);
      if (old) return old;
      throw error;
    }
  }

  /** People of a list, the first of them with the Slack account that has their address. */
  async #listed(accounts: readonly Account[], group: string): Promise<readonly Person[]> {
    const people = accounts.flatMap((one) => this.#personOf(one, [group]).map((person) => ({ one, person })));
    const wanted = this.#options.chats.includes('slack') ? people.filter(({ person }) => !person.slack) : [];
    for (let from = 0; from < Math.min(wanted.length, MOST_ADDRESSES); from += AT_ONCE) {
      const some = wanted.slice(from, from + AT_ONCE);
      // Where one cannot be told in Slack, the others are told all the same.
      await Promise.all(some.map(({ one }) => this.#byMail(one).catch(() => undefined)));
    }
    return people.map(({ one, person }) => {
      const slack = person.slack ?? this.#addresses.within(one.id, ADDRESS_MS);
      return slack ? { ...person, slack } : person;
    });
  }

  /** As the list of a group has them: enough to tell them. Whose accounts contradict each other is told nothing. */
  #personOf(account: Account, groups: readonly string[]): readonly Person[] {
    const isEntra = UUID.test(account.id);
    const linked = this.#links.quietly(isEntra ? 'teams' : 'slack', account.id);
    // The groups of a further account are none of its owner's.
    const isFurther = isEntra && linked?.entra !== account.id.toLowerCase();
    if (!linked || account.disabled || isFurther) return [];
    const id = linked.file?.id ?? linked.entra ?? account.id;
    const slack = linked.slack ?? this.#people.last(`id:${id}`)?.slack;
    return [
      {
        id,
        name: linked.file?.name ?? account.name,
        groups,
        ...(linked.entra === undefined ? {} : { entra: linked.entra }),
        ...(slack === undefined ? {} : { slack }),
        ...(linked.file?.prefers ? { prefers: linked.file.prefers } : {}),
        ...(linked.file?.work ? { work: linked.file.work } : {}),
        ...(account.guest ? { guest: true } : {}),
      },
    ];
  }
}

/** The id of whoever is meant, without what only Slack knows. */
function idIn({ file, entra }: Linked): string | undefined {
  return file?.id ?? entra;
}

/** Whoever has to be asked does not answer: a directory, or the store where owners' links are. */
function isAway(error: unknown): boolean {
  return error instanceof JitError && (error.kind === 'unjudged' || error.code === 'storeAway');
}
