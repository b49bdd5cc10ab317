import type { Instant } from '../core/language/instant.ts';

/** A key for each person, with which what is said of them is sealed before it goes where nothing can be taken away. */
export interface PeopleKeys {
  /** Their key, made where there is none; undefined for what was written before they were erased: its key is destroyed. */
  of(person: string, at: Instant): Promise<Buffer | undefined>;
  /**
   * Destroys the key of a person, by their `erasedId`, and remembers that what is said of them up to this instant was erased, and what is signed of
   * that (core/evidence/erasure.ts), where it is known.
   */
  destroy(id: string, until: Instant, note?: string): Promise<void>;
  /** What was signed of those who were erased, by their `erasedId`, as far as it is known. */
  notes(): Promise<ReadonlyMap<string, string>>;
  /** Until when what is said of a person was erased, as it is now; undefined of whoever never was. */
  erasedUntil(person: string): Promise<Instant | undefined>;
  /** All who were erased. Reads everything. */
  erased(): Promise<ErasedPeople>;
  /** Keys for reading: what cannot be found is undefined. */
  known(): Promise<(person: string) => Buffer | undefined>;
}

/** Until when what is said of a person was erased; undefined of whoever never was. */
export interface ErasedPeople {
  /** By `erasedId` (core/people/erased-id.ts). */
  readonly all: ReadonlyMap<string, Instant>;
  of(person: string): Instant | undefined;
}
