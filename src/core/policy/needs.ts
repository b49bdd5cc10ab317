import type { Instant } from '../language/instant.ts';
import { contains } from '../rule/source.ts';
import type { Auto, ReasonRule, Ticket } from './bounds.ts';
import { isWithinHours, touchesHours } from './hours.ts';
import type { Policy } from './policy.ts';
import { type Chain, type Stage, stageKey } from './stage.ts';
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
  const { hours, auto } = policy;
  const { from, until } = spanOf(wish);
  const own = auto && isAutomatic(auto, wish) ? [] : policy.stages;
  if (!isOutside(policy, from, until)) return own;
  // Nobody decides outside of hours that name nobody for it: it is refused.
  const outside = hours?.outside;
  if (!hours || !outside) return policy.stages;
  // Of what is partly within, more time never makes those of the other part needless.
  return touchesHours(hours, from, until) ? withBoth(own, outside) : outside;
}

/** The stages, and after them what others want more than these do. */
function withBoth(stages: readonly Stage[], others: readonly Stage[]): readonly Stage[] {
  const left = stages.map(stageKey);
  const more = others.filter((stage) => {
    const at = left.indexOf(stageKey(stage));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return [...stages, ...more];
}

/** Does any of the time fall out of the policy's hours? */
export function isOutside({ hours }: Pick<Policy, 'hours'>, from: Instant, until: Instant): boolean {
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

/** The lists of stages that a policy may demand together: within its hours, outside of them, and partly within. */
export function everyChain({ stages, hours }: Policy): readonly (readonly Stage[])[] {
  const outside = hours?.outside;
  return outside ? [stages, outside, withBoth(stages, outside)] : [stages];
}
