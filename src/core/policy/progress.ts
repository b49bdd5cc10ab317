import type { Instant } from '../language/instant.ts';
import type { Person } from '../people/person.ts';
import { ladderOf, reachedBy } from './ladder.ts';
import { type Approver, type Chain, type Circle, isOneOf, type Stage, stageKey } from './stage.ts';

/** An approval that was given, by whoever gave it as they are now. */
export interface ApprovalGiven {
  readonly person: Person;
  readonly at: Instant;
}

/** How far one stage has come. */
export interface StageState {
  /** The policies that ask for it. */
  readonly policies: readonly string[];
  readonly stage: Stage;
  /** Its number, and how many there are, in the first of these policies. */
  readonly no: number;
  readonly of: number;
  readonly state: 'later' | 'open' | 'done';
  /** What tells it from every other stage of the request, by what it says. */
  readonly key: string;
  /** When it began. */
  readonly since?: Instant;
  /** When the next rung of its ladder was asked before its time. */
  readonly hurried: readonly Instant[];
  /** Those who took its seats, by id. */
  readonly by: readonly string[];
}

export interface Progress {
  /** In the order in which they are asked; one that several policies ask for stands there once. */
  readonly stages: readonly StageState[];
  /** Nobody else has to approve. */
  readonly isDone: boolean;
}

/** One stage with the stages that must be done before it, of which one is enough. */
interface Place {
  readonly key: string;
  readonly stage: Stage;
  readonly policies: readonly string[];
  readonly no: number;
  readonly of: number;
  /** Keys; a stage that is the first of some policy waits for none. */
  readonly after: readonly (string | undefined)[];
}

function placesOf(chains: readonly Chain[]): readonly Place[] {
  const places = new Map<string, Place>();
  for (const { policy, stages } of chains) {
    const keys = keysOf(stages);
    stages.forEach((stage, i) => {
      const key = keys[i] ?? stageKey(stage);
      const before = keys[i - 1];
      const known = places.get(key) ?? { key, stage, policies: [], no: i + 1, of: stages.length, after: [] };
      const policies = [...new Set([...known.policies, policy])];
      places.set(key, { ...known, policies, after: [...known.after, before] });
    });
  }
  return [...places.values()];
}

/** Several policies share what is the same in each; one policy that says the same twice means two people. */
function keysOf(stages: readonly Stage[]): readonly string[] {
  const all = stages.map(stageKey);
  return all.map((key, i) => `${key}#${all.slice(0, i).filter((other) => other === key).length}`);
}

/**
 * Who sits where: each human in one seat of the whole request at most, and nobody gives up a seat but to another one that they
 * may take as well. So it never matters in which order two people approved who could both have taken a seat.
 */
class Seating {
  readonly #taken = new Map<string, readonly (Person | undefined)[]>();

  by({ key }: Place): readonly Person[] {
    return (this.#taken.get(key) ?? []).flatMap((person) => person ?? []);
  }

  isFull(place: Place): boolean {
    return this.by(place).length === place.stage.seats.length;
  }

  /** Fills what seats of these stages it can with these people. */
  fill(places: readonly Place[], people: readonly Person[], mayTake: MayTake): void {
    for (const place of places)
      place.stage.seats.forEach((_, seat) => {
        if (!this.#taken.get(place.key)?.[seat]) this.#find({ place, seat }, { places, people, mayTake }, new Set());
      });
  }

  #find(at: Seat, with_: Search, seen: Set<string>): boolean {
    const { places, people, mayTake } = with_;
    // Somebody who sits nowhere yet goes before somebody who would have to move.
    const taken = (person: Person) => Number(this.#seatOf(places, person) !== undefined);
    for (const person of people.toSorted((a, b) => taken(a) - taken(b))) {
      if (seen.has(person.id) || !mayTake(person, at)) continue;
      seen.add(person.id);
      const other = this.#seatOf(places, person);
      if (!other || this.#find(other, with_, seen)) {
        this.#take(at, person);
        return true;
      }
    }
    return false;
  }

  #seatOf(places: readonly Place[], { id }: Person): Seat | undefined {
    for (const place of places) {
      const seat = (this.#taken.get(place.key) ?? []).findIndex((person) => person?.id === id);
      if (seat >= 0) return { place, seat };
    }
    return undefined;
  }

  #take({ place, seat }: Seat, person: Person): void {
    const now = this.#taken.get(place.key) ?? place.stage.seats.map(() => undefined);
    this.#taken.set(place.key, now.with(seat, person));
  }
}

interface Seat {
  readonly place: Place;
  readonly seat: number;
}
type MayTake = (person: Person, at: Seat) => boolean;
interface Search {
  readonly places: readonly Place[];
  readonly people: readonly Person[];
  readonly mayTake: MayTake;
}

/** How far the stages have come with these approvals, whatever was counted before. `since`: when it was asked for. */
export function progressOf(
  chains: readonly Chain[],
  approvals: readonly ApprovalGiven[],
  circle: Circle,
  since: Instant,
): Progress {
  const places = placesOf(chains);
  const seating = new Seating();
  const began = new Map<string, Instant>();
  const people: Person[] = [];
  const hurriedOf = (key: string) => (circle.hurried ?? []).flatMap((one) => (one.stage === key ? [one.at] : []));
  const begunOf = (key: string) => ({ ...sinceOf(began.get(key)), hurried: hurriedOf(key) });
  const mayTake: MayTake = (person, { place: { key, stage }, seat }) =>
    isOneOf(person, allowedIn(stage, seat, reachedBy(stage, begunOf(key), circle.now)), circle);
  const settle = (at: Instant) => {
    let before: number;
    do {
      before = began.size;
      seating.fill(
        places.filter(({ key }) => began.has(key)),
        people,
        mayTake,
      );
      for (const place of places)
        if (!began.has(place.key) && hasCome(place, places, seating)) began.set(place.key, at);
    } while (began.size > before);
  };
  settle(since);
  for (const { person, at } of approvals.toSorted((a, b) => a.at - b.at)) {
    people.push(person);
    settle(at);
  }
  const stages = places.map(({ key, stage, policies, no, of }, i): StageState => {
    const place = places[i];
    const by = place ? seating.by(place).map(({ id }) => id) : [];
    const begun = begunOf(key);
    const state = begun.since === undefined ? 'later' : by.length === stage.seats.length ? 'done' : 'open';
    return { policies, stage, no, of, key, state, by, ...begun };
  });
  return { stages, isDone: stages.every(({ state }) => state === 'done') };
}

function sinceOf(since: Instant | undefined): { readonly since?: Instant } {
  return since === undefined ? {} : { since };
}

function hasCome({ after }: Place, places: readonly Place[], seating: Seating): boolean {
  return after.some((key) => {
    const before = places.find((one) => one.key === key);
    return !before || seating.isFull(before);
  });
}

function allowedIn({ seats }: Stage, seat: number, late: readonly Approver[]): readonly Approver[] {
  return [...(seats[seat] ?? []), ...late];
}

/** Whoever may take a seat of the stage now. */
export function allowedNow(state: StageState, now: Instant): readonly Approver[] {
  const { stage } = state;
  const late = reachedBy(stage, state, now);
  return [...new Set(stage.seats.flatMap((_, seat) => allowedIn(stage, seat, late)))];
}

/** A stage that too few people could take the seats of, whoever approves what. */
export interface Lack {
  readonly policies: readonly string[];
  readonly no: number;
  readonly of: number;
  readonly needs: number;
  readonly have: number;
}

/** The stages that these people cannot fill, if all of them approved, and `later` where it comes to that. */
export function lacking(chains: readonly Chain[], people: readonly Person[], circle: Circle): readonly Lack[] {
  const places = placesOf(chains);
  const seating = new Seating();
  seating.fill(places, people, (person, { place, seat }) =>
    isOneOf(
      person,
      allowedIn(
        place.stage,
        seat,
        ladderOf(place.stage).flatMap(({ to }) => to),
      ),
      circle,
    ),
  );
  return places.flatMap((place) => {
    const { policies, no, of, stage } = place;
    const [needs, have] = [stage.seats.length, seating.by(place).length];
    return have < needs ? [{ policies, no, of, needs, have }] : [];
  });
}
