import { isMeant, type Person } from '../core/people/person.ts';
import { decidersOf, lackText } from '../core/policy/approval.ts';
import { everyChain } from '../core/policy/needs.ts';
import type { Policy } from '../core/policy/policy.ts';
import { lacking } from '../core/policy/progress.ts';
import type { Approver } from '../core/policy/stage.ts';

const MOST_NAMED = 3;

/** Of people of the file: whose requests nobody could ever approve under a policy that the file alone decides, and why. */
export function unreachable(
  policy: Policy,
  people: readonly Person[],
  isOfFile: (approver: Approver) => boolean,
): readonly string[] {
  if (!decidersOf([policy]).every(isOfFile)) return [];
  const ways = everyChain(policy);
  const stuck = people.flatMap((requester) => {
    if (!isMeant(requester, policy.who)) return [];
    const circle = { requester, tags: {}, onCall: new Map(), now: 0 };
    const [lack] = ways.flatMap((stages) => lacking([{ policy: policy.name, stages }], people, circle));
    return lack ? [{ requester, lack }] : [];
  });
  const [first] = stuck;
  if (!first) return [];
  const names = stuck.slice(0, MOST_NAMED).map(({ requester }) => requester.name);
  const more = stuck.length > MOST_NAMED ? ` and ${stuck.length - MOST_NAMED} more` : '';
  const { needs, have } = first.lack;
  return [
    `nobody can approve requests of ${names.join(', ')}${more}: \`${policy.name}\`${lackText(first.lack).slice(policy.name.length).replace(/,$/, '')} needs ${needs} and has ${have} besides them`,
  ];
}
