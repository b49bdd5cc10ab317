import type { Line } from '../language/text.ts';
import { isGroupSubject } from '../people/person.ts';
import { type Approver, approversText, isOnCall, isOwner } from '../policy/stage.ts';
import type { AskedPerson, Request } from '../request/request.ts';
import { MOST_NAMES, who } from './words.ts';

/** `Grace (manager) or Sam (on call for payments)`; of very many the first, and how many more. */
export function askedLine(asked: readonly AskedPerson[], word: 'or' | 'and' = 'or'): Line {
  const shown = asked.length > MOST_NAMES ? asked.slice(0, MOST_NAMES - 1) : asked;
  const more = asked.length > shown.length ? [[`${asked.length - shown.length} others`]] : [];
  const parts: readonly Line[] = [...shown.map((one): Line => [who(one), asText(one)]), ...more];
  return parts.flatMap((part, i) => (i === 0 ? part : [i === parts.length - 1 ? ` ${word} ` : ', ', ...part]));
}

/** As what somebody is asked, and that nobody tells them: ` (manager, has no chat here)`; empty where neither is known. */
export function asText({ as, isUntold, for: other }: AskedPerson): string {
  const role = as === undefined ? [] : [roleText(as)];
  const words = [...(other ? [`for ${other.name}`] : role), ...(isUntold ? ['has no chat here'] : [])];
  return words.length > 0 ? ` (${words.join(', ')})` : '';
}

const WHY = { away: 'out of office', 'off work': 'not at work now' } as const;

/** `Grace (out of office), Sam (not at work now)`. */
export function leftOutLine(leftOut: NonNullable<Request['leftOut']>): Line {
  return leftOut.flatMap((one, i): Line => [...(i === 0 ? [] : [', ']), who(one), ` (${WHY[one.why]})`]);
}

/** `You are asked because you are on call for payments.` Undefined where it is not known. */
export function becauseOf({ as, for: other }: AskedPerson, { requester, policies }: Request): string | undefined {
  if (other) return `You are asked because you decide for ${other.name}.`;
  return as === undefined ? undefined : `You are asked because ${youText(as, requester.name, policies)}.`;
}

function roleText(as: Approver): string {
  if (as.startsWith('person:')) return 'named by the policy';
  return isOwner(as) ? 'owner' : approversText([as]).replace(/^the /, '');
}

function youText(as: Approver, requester: string, policies: readonly string[]): string {
  if (as === 'manager') return `you are the manager of ${requester}`;
  if (as === 'managersManager') return `you are the manager of the manager of ${requester}`;
  if (isOwner(as)) return 'a tag of the machine names you as its owner';
  if (isOnCall(as)) return `you are ${approversText([as])}`;
  const group = isGroupSubject(as) ? `you are in ${approversText([as])}` : undefined;
  return group ?? `policy ${policies.join(', ')} names you`;
}
