import type { Subject } from '../people/person.ts';

/** Who looks at it afterwards, and until when. */
export interface ReviewRule {
  /** One of them does; never whoever broke the glass. */
  readonly by: readonly Subject[];
  /** Counted from the end that was fixed when the glass was broken. */
  readonly withinMs: number;
  /** Who may do it as well, and is asked, once it is overdue. */
  readonly later?: readonly Subject[];
  /** Whoever has an overdue review cannot break glass by this rule until it is done. */
  readonly isBar: boolean;
}
