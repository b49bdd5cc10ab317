import type { Person } from '../core/people/person.ts';
import type { ChatName, Place } from '../core/people/place.ts';

/** Who is who. An unknown or ambiguous person is undefined, and that is a refusal. */
export interface Directory {
  person(chat: ChatName, user: string): Promise<Person | undefined>;
  byId(id: string): Promise<Person | undefined>;
  members(group: string): Promise<readonly Person[]>;
  /** All that are known by name; absent where they are too many to list. */
  everybody?(): Promise<readonly Person[]>;
  /** The person's own chat, best one first; empty when they have none. */
  reach(person: Person): readonly Place[];
}
