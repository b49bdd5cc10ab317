import type { Capacity, CommandLine, PersonActing } from '../../core/audit/entry.ts';
import { JitError } from '../../core/errors/errors.ts';
import { isMeant, type Person } from '../../core/people/person.ts';
import type { Deps } from '../deps.ts';

/** Who asks for a machine to be protected, or not any more: a person in a chat, or a user of the command line, who has the program's own rights. */
export type ProtectActor = (PersonActing & { readonly person: Person }) | CommandLine;

/** Throws `notProtector` for a person who is not meant by `protectors`. */
export function mayProtect(deps: Deps, actor: ProtectActor): void {
  if ('person' in actor && !isMeant(actor.person, deps.rules.protectors)) throw new JitError('notProtector');
}

/** What others are told who it was. */
export function nameOf(actor: ProtectActor): string {
  return 'person' in actor ? actor.person.name : `${actor.user} on ${actor.host}`;
}

/** The actor, for the audit. */
export function actingAs(actor: ProtectActor): { readonly by: ProtectActor; readonly as: Capacity } {
  return { by: actor, as: 'person' in actor ? 'protector' : 'commandLine' };
}
