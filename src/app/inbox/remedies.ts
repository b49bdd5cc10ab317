import { type Code, JitError } from '../../core/errors/errors.ts';
import type { Command } from '../../core/language/command.ts';
import { commandText } from '../../core/language/command-text.ts';
import { isMeant, type Person } from '../../core/people/person.ts';
import type { Deps } from '../deps.ts';

type Remedy = (command: Command, error: JitError, person: Person, deps: Deps) => Command | undefined;

/** What this person may type next, where the refusal itself cannot know who reads it or what was typed. */
const REMEDIES: Readonly<Partial<Record<Code, Remedy>>> = {
  notProtected: (_, { words: { machine } }, person, { rules }) =>
    typeof machine === 'string' && isMeant(person, rules.protectors)
      ? { verb: 'protect', which: [machine] }
      : undefined,
  notSecurity: ({ verb }) => (verb === 'close all' || verb === 'list' ? { verb: 'list' } : undefined),
  missingDenyReason: (command) =>
    command.verb === 'deny' && command.which !== undefined ? { ...command, reason: '<reason>' } : undefined,
};

/** The same refusal with what to type, where something may be. */
export function remedied(deps: Deps, person: Person, command: Command, error: unknown): unknown {
  if (!(error instanceof JitError) || error.correction !== '' || error.others.length > 0) return error;
  const remedy = REMEDIES[error.code]?.(command, error, person, deps);
  return remedy ? error.instead(`\`/jit ${commandText([remedy])}\``) : error;
}
