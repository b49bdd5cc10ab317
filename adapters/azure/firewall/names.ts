import { createHash } from 'node:crypto';
import { type Placement, placementKey, type Rule } from '../../../src/core/rule/rule.ts';

/** The backend's name in placements. */
export const BACKEND = 'firewall';

/** Collections of a classic firewall, and the group of a policy with collections of the same names, that only we write. */
export function leasesName(installation: string): string {
  return `drawbridge-${installation}-leases`;
}

export function protectionName(installation: string): string {
  return `drawbridge-${installation}-protection`;
}

/** What lets leases through where ports were closed before the rules of others; and what closes them. */
export function passesName(installation: string): string {
  return `drawbridge-${installation}-passes`;
}

export function closingName(installation: string): string {
  return `drawbridge-${installation}-closing`;
}

export function groupName(installation: string): string {
  return `drawbridge-${installation}`;
}

/** How rules of leases in network security groups are called that let in what the firewall translates. */
export function behindPrefix(installation: string): string {
  return `drawbridge-${installation}-behind-`;
}

/** Says what is written, so that writing twice is writing once: the name of a lease's rule, and the end of its behind rule's name. */
export function ruleName(placement: Placement): string {
  return placement.id ?? digest(placementKey(placement));
}

export function behindName(installation: string, placement: Placement): string {
  return `${behindPrefix(installation)}${ruleName(placement)}`;
}

/** Says what a note protects. */
export function noteName(what: readonly string[]): string {
  return digest(JSON.stringify(what));
}

/** The placement of a rule on a machine (its ARM id, which the firewall in front of it may change under), without where it is. */
export function placementOn(rule: Rule): Placement {
  return { rule, backend: BACKEND, at: rule.machine, locks: [] };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}
