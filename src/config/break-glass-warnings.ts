import { isMeant, type Person, type Subject } from '../core/people/person.ts';
import { type Crowd, mayShare } from '../core/policy/crowd.ts';
import { mayShareMachines } from '../core/policy/machines.ts';
import type { BreakGlass, Refusal } from '../core/policy/policy.ts';
import { samePort } from '../core/rule/port.ts';
import type { Fault } from './fault.ts';

const MOST_NAMED = 3;

/** Rules that open what a policy refuses at all times: no refusal stops breaking glass, and that may not be meant. */
export function refusedWarnings(
  rules: readonly BreakGlass[],
  refusals: readonly Refusal[],
  crowd: Crowd,
): readonly Fault[] {
  return rules.flatMap((rule, i) => {
    const names = refusals
      .filter((one) => !one.during && mayBothCover(one, rule, crowd))
      .map(({ name }) => `\`${name}\``);
    if (names.length === 0) return [];
    const message = `\`${rule.name}\` may open what ${names.join(', ')} ${names.length > 1 ? 'refuse' : 'refuses'}: nothing refuses breaking glass; leave such machines out with \`except\` unless that is meant`;
    return [{ path: ['breakGlass', i], message }];
  });
}

function mayBothCover({ who, machines, ports }: Refusal, rule: BreakGlass, crowd: Crowd): boolean {
  const isPort = !ports || ports.some((port) => rule.ports.some((one) => samePort(one, port)));
  return isPort && (!who || mayShare(who, rule.who, crowd)) && mayShareMachines(machines, rule.machines);
}

/** Of people of the file: whose break-glass access nobody else could review. Directories are not asked. */
export function glassWarnings(
  rules: readonly BreakGlass[],
  people: readonly Person[],
  isOfFile: (reviewer: Subject) => boolean,
): readonly Fault[] {
  return rules.flatMap(({ who, review }, i): readonly Fault[] => {
    const reviewers = [...review.by, ...(review.later ?? [])];
    if (!reviewers.every(isOfFile)) return [];
    const alone = people.filter(
      (person) =>
        isMeant(person, who) && !people.some((other) => other.id !== person.id && isMeant(other, reviewers, person)),
    );
    if (alone.length === 0) return [];
    const names = alone.slice(0, MOST_NAMED).map(({ name }) => name);
    const more = alone.length > MOST_NAMED ? ` and ${alone.length - MOST_NAMED} more` : '';
    const message = `nobody can review what ${names.join(', ')}${more} breaks; name somebody else as well`;
    return [{ path: ['breakGlass', i, 'review', 'by'], message }];
  });
}
