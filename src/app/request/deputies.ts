import type { Instant } from '../../core/language/instant.ts';
import { type Delegation, delegateOf, delegatorsOf } from '../../core/people/delegation.ts';
import type { Person } from '../../core/people/person.ts';
import type { Policy } from '../../core/policy/policy.ts';
import type { ApprovalGiven } from '../../core/policy/progress.ts';
import { type Approver, type Circle, isOneOf, isParty } from '../../core/policy/stage.ts';
import type { Judging } from './judging.ts';

interface Reviewed {
  readonly person: Person | undefined;
  readonly at: Instant;
}

interface Standing {
  /** Everybody whom the policies let decide. */
  readonly deciders: readonly Approver[];
  readonly circle: Circle;
  /** Ids of those who take a seat of some stage by these approvals. */
  readonly seats: (given: readonly ApprovalGiven[]) => ReadonlySet<string>;
}

/** Whom people decide for: themselves where they may, else whoever let them, as far as every policy allows it. */
export class Deputies {
  readonly #directory: Pick<Judging['directory'], 'byId'>;
  readonly #all: readonly Delegation[];

  static async of({ directory, delegations }: Judging, policies: readonly Policy[]): Promise<Deputies> {
    const isAllowed = policies.every(({ noDelegation }) => !noDelegation);
    return new Deputies(directory, isAllowed ? ((await delegations?.all()) ?? []) : []);
  }

  private constructor(directory: Pick<Judging['directory'], 'byId'>, all: readonly Delegation[]) {
    this.#directory = directory;
    this.#all = all;
  }

  /**
   * Each review with whom it counts for: whoever gave it where that takes a seat, else somebody they decided for then whose seat it
   * takes. One human is one vote, whoever casts it: a second one of theirs counts for nobody.
   */
  async stoodFor<R extends Reviewed>(
    reviews: readonly R[],
    { deciders, circle, seats }: Standing,
  ): Promise<readonly (R & { readonly as: Person | undefined })[]> {
    const given: ApprovalGiven[] = [];
    const stood = new Map<R, Person | undefined>();
    const voted = new Set<string>();
    for (const review of reviews.toSorted((a, b) => a.at - b.at)) {
      const { person, at } = review;
      if (person && voted.has(person.id)) continue;
      if (person) voted.add(person.id);
      const others = person ? await this.#delegatorsOf(person, { deciders, circle, at }) : [];
      const takesSeat = (one: Person) =>
        !given.some((before) => before.person.id === one.id) && seats([...given, { person: one, at }]).has(one.id);
      const isOwn = person !== undefined && (others.length === 0 || isOneOf(person, deciders, circle));
      const as = others.length === 0 ? person : [...(person ? [person] : []), ...others].find(takesSeat);
      const counted = as ?? (isOwn ? person : (others[0] ?? person));
      stood.set(review, counted);
      if (counted) given.push({ person: counted, at });
    }
    return reviews.map((review) => ({ ...review, as: stood.get(review) }));
  }

  /** Those who let somebody decide for them at that time, and decide something here. */
  async #delegatorsOf(
    { id, disabled }: Person,
    { deciders, circle, at }: Pick<Standing, 'deciders' | 'circle'> & { readonly at: Instant },
  ): Promise<readonly Person[]> {
    if (disabled || isParty(circle, id)) return [];
    const ids = delegatorsOf(this.#all, id, at);
    const people = await Promise.all(ids.map((one) => this.#directory.byId(one)));
    return people.filter((one) => one !== undefined).filter((one) => isOneOf(one, deciders, circle));
  }

  /** Who is asked in place of somebody; undefined where nobody is, or only whoever requests. */
  async insteadOf({ id }: Person, circle: Circle): Promise<Person | undefined> {
    const to = delegateOf(this.#all, id, circle.now);
    if (!to || isParty(circle, to.id)) return undefined;
    const person = await this.#directory.byId(to.id);
    return person && !person.disabled ? person : undefined;
  }
}
