import type { Person } from '../core/people/person.ts';

/** Of whom enough is kept to know them while no directory answers. */
export type KnownPerson = Pick<Person, 'id' | 'name' | 'slack' | 'entra' | 'groups'>;

/** Those who may always close, as directories last knew them: outside the process, so that a new one knows them too. */
export interface LastKnown {
  /** In place of those before. */
  keep(people: readonly KnownPerson[]): Promise<void>;
  /** None where nothing is kept, or it is too old. */
  all(): Promise<readonly KnownPerson[]>;
}
