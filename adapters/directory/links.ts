import { JitError } from '../../src/core/errors/errors.ts';
import { say } from '../../src/core/language/say.ts';
import type { AccountLink } from '../../src/core/people/account-link.ts';
import type { Person } from '../../src/core/people/person.ts';
import type { AccountLinks } from '../../src/ports/account-links.ts';
import type { Account, Accounts } from '../../src/ports/accounts.ts';

/** The accounts of one human, as far as they are linked. */
export interface Linked {
  /** What the file says of them. */
  readonly file?: Person;
  /** Entra object id, in lower case. */
  readonly entra?: string;
  readonly slack?: string;
  /** Its owner linked the Slack account. */
  readonly isByOwner?: true;
}

export interface LinkOptions {
  readonly people: readonly Person[];
  /** Entra object ids by Slack user id, as the file has them. */
  readonly map: ReadonlyMap<string, string>;
  /** Of further accounts in Entra, the object id of their owner's own one, both in lower case; absent: there are none. */
  readonly further?: ReadonlyMap<string, string>;
  /** Those that their owners linked; absent where nobody can. */
  readonly kept?: Pick<AccountLinks, 'ofSlack' | 'ofEntra'>;
  readonly entra?: Accounts;
  readonly slack?: Accounts;
  /** Domains whose e-mail addresses link a Slack account to one of Entra. None: none do. */
  readonly mailDomains: readonly string[];
}

/**
 * Which accounts are one human's: by the file, by its map, by their owner, or by an e-mail address where that is switched on. What contradicts
 * itself stops that human alone (`personTwice`).
 */
export class Links {
  readonly #options: LinkOptions;
  readonly #byId: ReadonlyMap<string, Person>;
  readonly #byEntra: ReadonlyMap<string, Person>;
  readonly #bySlack: ReadonlyMap<string, Person>;
  readonly #slackOf: ReadonlyMap<string, string>;
  /** What owners linked, as it was read last: Entra object ids by Slack user id. */
  readonly #read = new Map<string, string>();

  constructor(options: LinkOptions) {
    this.#options = options;
    const { people, map } = options;
    this.#byId = new Map(people.map((one) => [one.id, one]));
    this.#byEntra = new Map(people.flatMap((one) => (one.entra ? [[one.entra.toLowerCase(), one]] : [])));
    this.#bySlack = new Map(people.flatMap((one) => (one.slack ? [[one.slack, one]] : [])));
    this.#slackOf = new Map([...map].map(([slack, entra]) => [entra.toLowerCase(), slack]));
  }

  /** Whose id it is: of the file, of Entra, or, where there is no Entra, of Slack. */
  ofId(id: string): Linked | undefined {
    const file = this.#byId.get(id);
    if (file) return this.#ofFile(file);
    if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(id)) return this.ofEntra(id);
    return /^[UW][A-Z0-9]+$/.test(id) && this.#isAlone() ? { slack: id } : undefined;
  }

  /** A further account is its owner: whatever it is used for, it is that one human. */
  ofEntra(id: string): Linked {
    const named = id.toLowerCase();
    const entra = this.#options.further?.get(named) ?? named;
    const file = this.#byEntra.get(entra);
    if (file) return this.#ofFile(file);
    const slack = this.#slackOf.get(entra);
    return { entra, ...(slack === undefined ? {} : { slack }) };
  }

  /** Undefined: nothing links this account to anybody. */
  async ofSlack(slack: string): Promise<Linked | undefined> {
    const file = this.#bySlack.get(slack);
    if (file) return this.#ofFile(file);
    if (this.#isAlone()) return { slack };
    const entra =
      this.#options.map.get(slack) ?? (await this.#byOwner('ofSlack', slack))?.entra ?? (await this.#byMail(slack));
    if (entra === undefined) return undefined;
    const linked = await this.whole(this.ofEntra(entra));
    if (linked.slack !== undefined && linked.slack !== slack)
      throw new JitError('personTwice', {
        name: linked.file?.name ?? slack,
        why: say`${slack} and ${linked.slack} are two Slack accounts of one account of Entra`,
      });
    return { ...linked, slack };
  }

  /** With the Slack account that its owner linked, where nothing in the file says another one. */
  async whole(linked: Linked): Promise<Linked> {
    const { entra, slack } = linked;
    if (entra === undefined || slack !== undefined) return linked;
    const link = await this.#byOwner('ofEntra', entra).catch(unlessStrange);
    const isOthers = link && (this.#bySlack.has(link.slack) || this.#options.map.has(link.slack));
    return link && !isOthers ? { ...linked, slack: link.slack, isByOwner: true } : linked;
  }

  /** The same without asking anybody; what contradicts itself is nobody. `via` says whose id it is. */
  quietly(via: 'id' | 'slack' | 'teams', id: string): Linked | undefined {
    try {
      if (via === 'id') return this.ofId(id);
      if (via === 'teams') return this.ofEntra(id);
      const file = this.#bySlack.get(id);
      if (file) return this.#ofFile(file);
      const entra = this.#options.map.get(id) ?? this.#read.get(id);
      return entra === undefined ? { slack: id } : this.ofEntra(entra);
    } catch {
      return undefined;
    }
  }

  /** The Slack account with the address of an account of Entra, that nothing else links. */
  async slackOf({ mail, guest }: Pick<Account, 'mail' | 'guest'>): Promise<string | undefined> {
    const { slack, mailDomains, map } = this.#options;
    if (mail === undefined || guest || !mailDomains.includes(mail.split('@')[1] ?? '')) return undefined;
    const id = (await slack?.byMail?.(mail))?.id;
    const isLinked = id === undefined || this.#bySlack.has(id) || map.has(id);
    if (isLinked) return undefined;
    const byOwner = await this.#byOwner('ofSlack', id).catch((error: unknown) => unlessStrange(error) ?? 'strange');
    return byOwner ? undefined : id;
  }

  async #byOwner(way: 'ofSlack' | 'ofEntra', id: string): Promise<AccountLink | undefined> {
    const link = await this.#options.kept?.[way](id);
    if (link) this.#read.set(link.slack, link.entra);
    else if (way === 'ofSlack') this.#read.delete(id);
    return link;
  }

  /** Slack is the directory where there is no other. */
  #isAlone(): boolean {
    return this.#options.slack !== undefined && this.#options.entra === undefined;
  }

  #ofFile(file: Person): Linked {
    const entra = file.entra?.toLowerCase() ?? (file.slack && this.#options.map.get(file.slack)?.toLowerCase());
    const slack = file.slack ?? (entra && this.#slackOf.get(entra));
    const mapped = slack && this.#options.map.get(slack)?.toLowerCase();
    const other = entra && this.#byEntra.get(entra);
    if ((mapped && entra && mapped !== entra) || (other && other !== file))
      throw new JitError('personTwice', { name: file.name, why: say`two entries name accounts of one human` });
    return { file, ...(entra ? { entra } : {}), ...(slack ? { slack } : {}) };
  }

  /** The Entra account with the address of a Slack account, where both are confirmed, and of the house. */
  async #byMail(id: string): Promise<string | undefined> {
    const { slack, entra, mailDomains } = this.#options;
    if (!slack || !entra || mailDomains.length === 0) return undefined;
    const account = await slack.account(id);
    const domain = account?.mail?.split('@')[1];
    if (!account?.mail || account.guest || account.disabled || domain === undefined) return undefined;
    if (!mailDomains.includes(domain)) return undefined;
    const found = await entra.byMail?.(account.mail);
    return found && !found.guest ? found.id : undefined;
  }
}

/** A link that was not made here counts for nobody, in Slack; whom Entra itself proved is somebody all the same. */
function unlessStrange(error: unknown): undefined {
  if (!(error instanceof JitError && error.code === 'linkNotOurs')) throw error;
}
