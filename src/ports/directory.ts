import type { GroupSubject, Person } from '../core/people/person.ts';
import type { ChatName, Place } from '../core/people/place.ts';

/**
 * How old an answer may be: asked anew (`now`) for what decides or opens; minutes (`lately`) for what is only shown; for what
 * closes, whatever was known last when nobody answers (`last`), so that no directory holds up a closing.
 */
export type Freshness = 'now' | 'lately' | 'last';

/**
 * Who is who. An unknown person is undefined, and that is a refusal. Whoever is disabled or gone from a directory, and is known
 * by another one, is `disabled`. Without `freshness`, it is asked anew. Throws `directoryAway` and `directoryRights` (never for
 * `last`); `personTwice` for somebody whose records contradict each other, and for nobody else; `notLinked` for a Slack account beside Entra
 * that nothing links.
 */
export interface Directory {
  person(chat: ChatName, user: string, freshness?: Freshness): Promise<Person | undefined>;
  byId(id: string, freshness?: Freshness): Promise<Person | undefined>;
  /** For routing and telling: each has at least this group, and whoever acts is judged by their own record. */
  members(group: GroupSubject): Promise<readonly Person[]>;
  /** All that are known by name; absent where they are too many to list. */
  everybody?(): Promise<readonly Person[]>;
  /** Whoever has this id or, where a directory finds people by it, this e-mail address. */
  find(typed: string): Promise<Person | undefined>;
  /** Ids of those of them who are out of office now, as far as it is known; absent where no directory tells. */
  away?(people: readonly Person[]): Promise<readonly string[]>;
  /** The person's account in a chat, as far as it is known without asking anybody. */
  accountOf(chat: ChatName, id: string): string | undefined;
  /** The person's own chat, best one first; empty when they have none. */
  reach(person: Person): readonly Place[];
}
