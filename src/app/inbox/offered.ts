import { JitError } from '../../core/errors/errors.ts';
import { isMeant, type Person } from '../../core/people/person.ts';
import type { Deps } from '../deps.ts';

/** `/jit protect web-1` in code marks, of each command that is offered. */
const OFFERED = /`\/jit ([a-z]+(?:-glass)?)( (?:all|list)(?![\w-]))?[^`]*`/g;
/** What everybody may type in its place: machines of one's own are listed there, and the same may be requested. */
const FOR_ALL: Readonly<Record<string, (text: string) => string>> = {
  machines: () => '`/jit request`',
  'break-glass': (text) => text.replace('/jit break-glass', '/jit request'),
};

/** The same refusal, where what comes back to be typed is what this person may do at all, or what everybody may in its place; where nothing of it is, the help. */
export function offeredTo(deps: Deps, person: Person, error: unknown): unknown {
  if (!(error instanceof JitError) || error.correction === '') return error;
  const all = [...error.correction.matchAll(OFFERED)];
  const theirs = all.flatMap(([text, verb = '', more = '']) => {
    if (mayDo(deps, person, verb, more.trim())) return text;
    return FOR_ALL[verb]?.(text) ?? [];
  });
  const texts = [...new Set(theirs)];
  if (texts.join() === all.map(([text]) => text).join()) return error;
  const isThen = error.correction.includes('`, then `');
  return error.instead(texts.length === 0 ? '`/jit help`' : texts.join(isThen ? ', then ' : ' or '));
}

/** By the verb alone: what else stands against it is said when it is typed. */
function mayDo({ rules, ruleRecords }: Deps, person: Person, verb: string, more: string): boolean {
  switch (verb) {
    case 'protect':
    case 'unprotect':
    case 'restore':
    case 'consent':
    case 'machines':
    case 'lockdowns':
    case 'recommend':
      return isMeant(person, rules.protectors);
    case 'drill':
    case 'doctor':
      return isMeant(person, rules.security);
    case 'close':
    case 'list':
      return more !== 'all' || isMeant(person, rules.security);
    case 'links':
      return isMeant(person, rules.security);
    case 'link':
      return more !== 'list' || isMeant(person, rules.security);
    case 'rules':
      return ruleRecords !== undefined && isMeant(person, rules.policyChanges?.owners ?? []);
    case 'break-glass':
      return (rules.breakGlass ?? []).some(({ who }) => isMeant(person, who));
    default:
      return true;
  }
}
