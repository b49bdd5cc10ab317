import { JitError } from '../../core/errors/errors.ts';
import { wordsOf } from '../../core/language/grammar.ts';
import { isMeant, type Person } from '../../core/people/person.ts';
import type { Deps } from '../deps.ts';

/** `/jit protect web-1` in code marks, of each command that is offered. */
const OFFERED = /`\/jit ([a-z]+(?:-glass)?)( all)?[^`]*`/g;

/**
 * The same refusal, where what comes back to be typed is what this person may do at all, or the verb that they typed, of which they are told when it
 * is read; where nothing of it is, the help.
 */
export function offeredTo(deps: Deps, person: Person, typed: string, error: unknown): unknown {
  if (!(error instanceof JitError) || error.correction === '') return error;
  const all = [...error.correction.matchAll(OFFERED)];
  const own = wordsOf(typed).verb;
  const theirs = all.filter(([, verb = '', more = '']) => verb === own || mayDo(deps, person, `${verb}${more}`));
  if (theirs.length === all.length) return error;
  const isThen = error.correction.includes('`, then `');
  const texts = theirs.map(([text]) => text);
  return error.instead(texts.length === 0 ? '`/jit help`' : texts.join(isThen ? ', then ' : ' or '));
}

/** By the verb alone: what else stands against it is said when it is typed. */
function mayDo({ rules }: Deps, person: Person, verb: string): boolean {
  switch (verb) {
    case 'protect':
    case 'unprotect':
    case 'restore':
    case 'consent':
      return isMeant(person, rules.protectors);
    case 'close all':
    case 'drill':
    case 'doctor':
      return isMeant(person, rules.security);
    case 'break-glass':
      return (rules.breakGlass ?? []).some(({ who }) => isMeant(person, who));
    default:
      return true;
  }
}
