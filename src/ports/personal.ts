import type { Instant } from '../core/language/instant.ts';
import type { ErasedPeople } from './people-keys.ts';

/** A place that says something of people, and can give it and take it away. */
export interface PersonalPlace {
  /** As docs/audit.md calls it. */
  readonly name: string;
  /** Held while it is changed, where others write to it. */
  readonly lock?: string;
  /** All that it says of a person, as it is kept. */
  find(person: string): AsyncIterable<unknown>;
  /** Takes away what it says of people who were erased, up to then. Once is as good as twice. Throws `eraseNoRoom`. */
  erase(erased: ErasedPeople): Promise<Erasure>;
  /** Who was erased, as far as this place was told, and it is signed: by `erasedId`. Absent where it remembers nobody. */
  erased?(): Promise<ReadonlyMap<string, KeptErasure>>;
  /** Remembers that somebody was. Without its note it would count for nothing. */
  keep?(id: string, until: Instant, note: string): Promise<void>;
}

/** Up to when what is said of somebody was erased. */
export interface KeptErasure {
  readonly until: Instant;
  /** What is signed of it (core/evidence/erasure.ts); absent where that is not known. */
  readonly note?: string;
}

export interface Erasure {
  /** In how many records something was taken away. */
  readonly changed: number;
  /** Records that are still needed as they are: their turn comes when they are over. */
  readonly left: number;
}

/** What is said of people, all over the store, and who was erased: the latter is beside the keys as well, so that neither forgets it alone. */
export interface PersonalRecords {
  readonly places: readonly PersonalPlace[];
  /** By `erasedId`. */
  erased(): Promise<ReadonlyMap<string, KeptErasure>>;
  keep(id: string, erasure: KeptErasure): Promise<void>;
}
