import type { Person } from '../../core/people/person.ts';
import type { Sender } from '../../ports/inbox.ts';
import type { Deps } from '../deps.ts';
import type { Caller } from '../protect/caller.ts';

/** A person, with the account that they speak through. */
export function callerOf(person: Person, { chat, user }: Sender): Caller {
  return { person, chat, account: user };
}

/** What is done now is done for this person, says the audit. */
export function speaking(deps: Deps, person: Person, sender: Sender): Deps {
  return { ...deps, acting: callerOf(person, sender) };
}
