import { contains } from '../rule/source.ts';
import type { Auto, ReasonRule, Ticket } from './bounds.ts';
import { isWithinHours } from './hours.ts';
import type { Policy } from './policy.ts';
import type { Chain, Stage } from './stage.ts';
import type { Wish } from './wish.ts';

/** When the time that is asked for begins, or began, and when it is over. */
export function spanOf({ now, from, since, forMs }: Wish): { readonly from: number; readonly until: number } {
  const start = since ?? from ?? now;
  return { from: start, until: start + forMs };
}

/** When it opens: what holds then counts. */
export function beginOf({ now, from }: Pick<Wish, 'now' | 'from'>): number {
  return Math.max(now, from ?? now);
}

/** The stages that each of these policies demands of the wish. */
export function chainsOf(needed: readonly Policy[], wish: Wish): readonly Chain[] {
  return needed.map((policy) => ({ policy: policy.name, stages: stagesFor(policy, wish) }));
}

function stagesFor(policy: Policy, wish: Wish): readonly Stage[] {
  if (isOutside(policy, wish)) return policy.hours?.outside ?? policy.stages;
  return policy.auto && isAutomatic(policy.auto, wish) ? [] : policy.stages;
}

/** Does any of the time that is asked for fall out of the policy's hours? */
export function isOutside({ hours }: Policy, wish: Wish): boolean {
  const { from, until } = spanOf(wish);
  return hours !== undefined && !isWithinHours(hours, from, until);
}

function isAutomatic({ from, upToMs }: Auto, { forMs, source, isBastion }: Wish): boolean {
  return forMs <= upToMs && !isBastion && (!from || from.some((one) => contains(one.source, source)));
}

/** What a reason lacks, in words; undefined where it has all that the rule demands. */
export function lackOfReason(rule: ReasonRule, reason: string): string | undefined {
  const { ticket, leastLetters = 0 } = rule;
  if (ticket && ticketIn(rule, reason) === undefined) return `a ticket that fits the pattern \`${ticket.text}\``;
  return [...reason.trim()].length < leastLetters ? `at least ${leastLetters} letters` : undefined;
}

/** The first word that is a ticket as the rule wants it. */
function ticketIn({ ticket }: ReasonRule, reason: string): string | undefined {
  const words = reason.split(/[\s,;:()[\]]+/).map((word) => word.replace(/[.!?]+$/, ''));
  return words.find((word) => word !== '' && ticket?.isIn(word));
}

/** The tickets that a reason names and that these policies have looked up, each once. */
export function ticketsOf(policies: readonly Policy[], reason: string): readonly Ticket[] {
  const all = new Map<string, Ticket>();
  for (const { because: rule } of policies) {
    const id = rule?.check === undefined ? undefined : ticketIn(rule, reason);
    if (rule?.check !== undefined && id !== undefined) all.set(`${rule.check} ${id}`, { system: rule.check, id });
  }
  return [...all.values()];
}

/** All stages that a policy may demand, whenever. */
export function everyStage({ stages, hours }: Policy): readonly Stage[] {
  return [...stages, ...(hours?.outside ?? [])];
}
