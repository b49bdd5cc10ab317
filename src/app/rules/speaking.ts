import type { PersonActing } from '../../core/audit/entry.ts';
import type { Person } from '../../core/people/person.ts';

/** Somebody who speaks in a chat: the command line approves no rules. */
export type Speaking = PersonActing & { readonly person: Person };
