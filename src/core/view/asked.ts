import { and, commas, or, say } from '../language/say.ts';
import type { Line, Phrase } from '../language/text.ts';
import { isGroupSubject } from '../people/person.ts';
import { decidersWords } from '../policy/deciders.ts';
import { type Approver, approversText, isOnCall, isOwner, scheduleOf } from '../policy/stage.ts';
import type { AskedPerson, Request } from '../request/request.ts';
import { MOST_NAMES, who } from './words.ts';

/** `Grace (manager) or Sam (on call for payments)`; of very many the first, and how many more. */
export function askedLine(asked: readonly AskedPerson[], word: 'or' | 'and' = 'or'): Line {
  const shown = asked.length > MOST_NAMES ? asked.slice(0, MOST_NAMES - 1) : asked;
  const more = asked.length > shown.length ? [[say`${asked.length - shown.length} others`]] : [];
  const parts: readonly Line[] = [...shown.map((one): Line => [who(one), asText(one)]), ...more];
  return [say`${word === 'or' ? or(parts) : and(parts)}`];
}

/** As what somebody is asked, and that nobody tells them: ` (manager, has no chat here)`; empty where neither is known. */
export function asText({ as, isUntold, for: other }: AskedPerson): Phrase {
  const role = as === undefined ? [] : [roleText(as)];
  const words = [...(other ? [say`for ${other.name}`] : role), ...(isUntold ? [say`has no chat here`] : [])];
  return words.length > 0 ? say` (${commas(words)})` : '';
}

const WHY = { away: say`out of office`, 'off work': say`not at work now` } as const;

/** `Grace (out of office), Sam (not at work now)`. */
export function leftOutLine(leftOut: NonNullable<Request['leftOut']>): Line {
  return leftOut.flatMap((one, i): Line => [...(i === 0 ? [] : [', ']), who(one), ' (', WHY[one.why], ')']);
}

/** `You are asked because you are on call for payments.` Undefined where it is not known. */
export function becauseOf({ as, for: other }: AskedPerson, { requester, policies }: Request): Phrase | undefined {
  if (other) return say`You are asked because you decide for ${other.name}.`;
  return as === undefined ? undefined : say`You are asked because ${youText(as, requester.name, policies)}.`;
}

function roleText(as: Approver): Phrase {
  if (as.startsWith('person:')) return say`named by the policy`;
  if (isOwner(as)) return say`owner`;
  if (as === 'manager') return say`manager`;
  if (as === 'managersManager') return say`manager’s manager`;
  return isOnCall(as) ? say`on call for ${scheduleOf(as)}` : decidersWords(approversText([as]));
}

function youText(as: Approver, requester: string, policies: readonly string[]): Phrase {
  if (as === 'manager') return say`you are the manager of ${requester}`;
  if (as === 'managersManager') return say`you are the manager of the manager of ${requester}`;
  if (isOwner(as)) return say`a tag of the machine names you as its owner`;
  if (isOnCall(as)) return say`you are on call for ${scheduleOf(as)}`;
  const group = isGroupSubject(as) ? say`you are in ${decidersWords(approversText([as]))}` : undefined;
  return group ?? say`policy ${policies.join(', ')} names you`;
}
