import type { Instant } from '../core/language/instant.ts';
import type { Person } from '../core/people/person.ts';

/** Who may break glass, as it was known last: kept on this computer for when no directory answers. */
export interface GlassSnapshot {
  keep(known: KnownPeople): Promise<void>;
  /** Undefined where there is none, or one that this installation did not write. */
  read(): Promise<KnownPeople | undefined>;
}

export interface KnownPeople {
  readonly at: Instant;
  readonly people: readonly Person[];
}
