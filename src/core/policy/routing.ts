import type { Person } from '../people/person.ts';
import { allowedNow, type Progress, type StageState } from './progress.ts';
import { type Approver, type Circle, isOneOf } from './stage.ts';

/** Who is not there now, by id. */
export type Absences = ReadonlyMap<string, 'away' | 'off work'>;

/** Whom the open stages ask now. */
export interface Routed {
  /** The requester's manager first. */
  readonly asked: readonly AskedNow[];
  /** Who may approve, and is not asked: they are not there, and there are enough others. */
  readonly leftOut: readonly Person[];
}

export interface AskedNow {
  readonly person: Person;
  /** As what they are asked: the first word of a stage that means them. */
  readonly as?: Approver;
}

/**
 * Those of `people` who may approve what is open now. Whoever is not there is left out where the others can fill the stage
 * without them; else everybody is asked. Who is asked is never who is allowed.
 */
export function routed(people: readonly Person[], { stages }: Progress, circle: Circle, absences: Absences): Routed {
  const open = stages.filter(({ state }) => state === 'open');
  const seated = new Set(stages.flatMap(({ by }) => by));
  const asked = new Map<string, AskedNow>();
  const leftOut = new Map<string, Person>();
  for (const stage of open) {
    const words = allowedNow(stage, circle.now);
    const own = people.filter((person) => isOneOf(person, words, circle));
    const here = own.filter(({ id }) => !absences.has(id));
    const isEnough = here.filter(({ id }) => !seated.has(id)).length >= missingIn(stage);
    for (const person of isEnough ? here : own)
      if (!asked.has(person.id)) asked.set(person.id, { person, ...reasonOf(person, words, circle) });
    if (isEnough) for (const person of own) if (absences.has(person.id)) leftOut.set(person.id, person);
  }
  const { manager } = circle.requester;
  return {
    asked: [...asked.values()].sort((a, b) => Number(b.person.id === manager) - Number(a.person.id === manager)),
    leftOut: [...leftOut.values()].filter(({ id }) => !asked.has(id)),
  };
}

function missingIn({ stage, by }: StageState): number {
  return stage.seats.length - by.length;
}

function reasonOf(person: Person, words: readonly Approver[], circle: Circle): { readonly as?: Approver } {
  const as = words.find((word) => isOneOf(person, [word], circle));
  return as === undefined ? {} : { as };
}
