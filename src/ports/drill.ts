import type { Instant } from '../core/language/instant.ts';
import type { Person } from '../core/people/person.ts';
import type { Drill } from '../core/request/drill.ts';
import type { Sender } from './inbox.ts';

/** Keeps the last drill. */
export interface DrillRecords {
  last(): Promise<Drill | undefined>;
  keep(drill: Drill): Promise<void>;
}

/** Begins drills, and watches them. */
export interface Driller {
  /** Judges and begins one; comes back once its lease is kept. Throws what stands against it. */
  begin(person: Person, typed: string | undefined, sender: Sender): Promise<Drill>;
}

/** A process of its own that closes the canary, and is killed as it does. */
export interface Hand {
  /** `closing`: it holds the locks and was about to call the cloud. */
  state(): 'waiting' | 'closing' | 'ended';
  /** SIGKILL; resolves once it is gone. */
  kill(): Promise<void>;
}

export type HandMaker = (canary: { readonly request: string; readonly dueAt: Instant }) => Hand;
