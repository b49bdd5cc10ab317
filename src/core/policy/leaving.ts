import type { Machine } from '../machine/machine.ts';
import { isDirectoryGroup, isGroupSubject, isMeant, type Person, type Subject } from '../people/person.ts';
import { type Port, samePort } from '../rule/port.ts';
import { mayShareMachines } from './machines.ts';
import { stricterThan } from './overlap.ts';
import { covers, type Policy } from './policy.ts';

/** Somebody who leaves a group of the first policy is judged by the later one, which asks for less. */
interface Fall {
  readonly from: Policy;
  readonly to: Policy;
  /** In what the first one is stricter. */
  readonly without: readonly string[];
}

/** By which later policies leaving a group leads to more, as far as the file tells who is in both. */
export function fallsOf(policies: readonly Policy[], people: readonly Person[]): readonly Fall[] {
  return policies.flatMap((to, at) =>
    policies.slice(0, at).flatMap((from): readonly Fall[] => {
      const isShared = to.ports.some((port) => hasPort(from, port)) && mayShareMachines(from.machines, to.machines);
      if (!isShared || !mayBeInBoth(from, to, people)) return [];
      return fall(from, to);
    }),
  );
}

/** The same for somebody at a machine: what would judge these ports without the groups that the policy names. */
export function fallsFor(
  policies: readonly Policy[],
  from: Policy,
  { person, machine, ports }: { readonly person: Person; readonly machine: Machine; readonly ports: readonly Port[] },
): readonly Fall[] {
  const left = withoutGroups(person, from.who);
  if (isMeant(left, from.who)) return [];
  const port = ports.find((one) => hasPort(from, one));
  const to = policies.find((one) => one !== from && port && hasPort(one, port) && covers(one, left, machine) === true);
  return to ? fall(from, to) : [];
}

function fall(from: Policy, to: Policy): readonly Fall[] {
  const without = stricterThan(from, to);
  return without.length > 0 ? [{ from, to, without }] : [];
}

/** Whom only a directory knows may be in both. Nobody leaves who is named in person, or meant by the same words. */
function mayBeInBoth(from: Policy, to: Policy, people: readonly Person[]): boolean {
  const groups = from.who.filter((subject) => isGroupSubject(subject) && !to.who.every((one) => one === subject));
  if (groups.length === 0) return false;
  const isElsewhere = [...from.who, ...to.who].some(isDirectoryGroup);
  return isElsewhere || people.some((one) => isMeant(one, groups) && isMeant(withoutGroups(one, groups), to.who));
}

function withoutGroups(person: Person, subjects: readonly Subject[]): Person {
  const names = subjects.map((subject) => subject.replace(/^group:/, ''));
  return { ...person, groups: person.groups.filter((group) => !names.includes(group)) };
}

function hasPort({ ports }: Policy, port: Port): boolean {
  return ports.some((one) => samePort(one, port));
}
