import type { Person } from '../../core/people/person.ts';
import type { Who } from '../../core/request/review.ts';
import type { Sender } from '../../ports/inbox.ts';
import type { Deps } from '../deps.ts';
import type { ProtectActor } from '../protect/actor.ts';

/** A person, with the account that they speak through. */
export function actorOf(person: Person, { chat, user, through }: Sender): ProtectActor {
  return { person, chat, account: user, ...(through === undefined ? {} : { through }) };
}

/** What is done now is done for this person, say audit and log. */
export function speaking(deps: Deps, { id, name }: Who, { chat, user, through }: Sender): Deps {
  const acting = { person: { id, name }, chat, account: user, ...(through === undefined ? {} : { through }) };
  return { ...deps, acting };
}
