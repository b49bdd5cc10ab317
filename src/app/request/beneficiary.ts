import { JitError } from '../../core/errors/errors.ts';
import { tidy } from '../../core/language/text.ts';
import type { Person } from '../../core/people/person.ts';
import type { Who } from '../../core/request/review.ts';
import type { Sender } from '../../ports/inbox.ts';
import type { Deps } from '../deps.ts';
import { calledText, personCalled } from './called.ts';

export interface Beneficiary {
  /** Whose access it is to be. */
  readonly person: Person;
  readonly askedBy?: Who;
}

/** Whom an ask is for: whoever asks where nobody is named. Throws `nobodyCalled`. */
export async function beneficiaryOf(
  deps: Deps,
  asker: Person,
  whom: string | undefined,
  { chat }: Pick<Sender, 'chat'>,
): Promise<Beneficiary> {
  if (whom === undefined) return { person: asker };
  const person = await personCalled(deps, whom, chat);
  if (!person) throw new JitError('nobodyCalled', { typed: tidy(calledText(whom), 80) });
  return person.id === asker.id ? { person } : { person, askedBy: { id: asker.id, name: asker.name } };
}
