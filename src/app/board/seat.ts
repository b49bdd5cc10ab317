import type { PersonActing } from '../../core/audit/entry.ts';
import type { Instant } from '../../core/language/instant.ts';
import type { Person } from '../../core/people/person.ts';
import type { ChatName } from '../../core/people/place.ts';
import type { ReadingRight } from '../../core/policy/readers.ts';
import type { BoardViewer } from '../../ports/board.ts';

/** Who looks, for as long as one question takes. */
export interface Seat {
  readonly person: Person;
  readonly viewer: BoardViewer;
  readonly right: ReadingRight;
  /** What the audit tells sessions apart by: nobody gets in with it. */
  readonly session: string;
  readonly chat: ChatName;
  readonly account: string;
  /** Until when their sign-in counts as fresh; 0 where it was none. */
  readonly freshUntil: Instant;
}

/** Who looks, for the audit: by the account that they are known by. */
export function actorIn({ person, chat, account }: Seat): PersonActing & { readonly person: Person } {
  return { person, chat, account, through: 'board' };
}
