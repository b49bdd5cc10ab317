import type { Instant } from '../language/instant.ts';
import { type CloudName, cloudOf, type Machine, whereaboutsOf } from '../machine/machine.ts';
import type { Person } from '../people/person.ts';
import type { Holds } from './holds.ts';

/** What a policy demands besides all else, in an expression. */
export interface Condition {
  readonly text: string;
  /** Being in fewer groups may let more through. */
  readonly negatesGroups: boolean;
  /** Unknown where it names something that is not there, or cannot be evaluated. */
  holds(facts: Facts): Holds;
}

/**
 * All that an expression may look at: closed, and absent where it is not known. Nothing of what is asked for: an expression over
 * that could refuse less where it lets more through.
 */
export interface Facts {
  readonly person: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  readonly machine: Readonly<Record<string, string | undefined>>;
  readonly tags: Machine['tags'];
  /** Whose tags they are. */
  readonly cloud: CloudName;
  readonly now: Instant;
}

/** The person and the machine, as an expression sees them. */
export function factsFor(person: Person, machine: Machine, now: Instant): Facts {
  const { account, subscription, project, group, region } = whereaboutsOf(machine);
  const { name, network, os, tags } = machine;
  return {
    person: { ...person.attributes, id: person.id, groups: person.groups, guest: person.guest },
    machine: { name, cloud: cloudOf(machine.id), account, subscription, project, group, region, network, os },
    tags,
    cloud: cloudOf(machine.id),
    now,
  };
}
