import { DAY_MS } from '../../../src/core/language/instant.ts';
import type { Placement } from '../../../src/core/rule/rule.ts';
import type { Allowed } from '../../../src/kit/call.ts';
import { type Azure, nowAt, siteOf } from '../arm/context.ts';
import type { GroupRule } from '../arm/groups.ts';
import type { NsgRule } from '../arm/nsg-rules.ts';
import { RuleTimes } from '../arm/rule-times.ts';
import { lastFree } from './priority.ts';
import { many } from './rule-body.ts';
import { type Wanted, writeUntil } from './write.ts';

/** Why it is still there: what a lock keeps is deleted once that is gone; for the rest it is tried again once a day. */
const [BY_LOCK, OTHERWISE] = ['Over; a management lock keeps this rule', 'Over; Azure forbids deleting this rule'];

/**
 * Closes what a lock keeps from being deleted: the rule of this name denies from now on. A PUT passes where a DELETE is
 * refused (Azure/azure-cli#16958). It goes behind all others, so that it keeps out nobody whom another lease lets in. What is
 * not there is not made.
 */
export async function shut(
  azure: Azure,
  { group, name, isLocked }: GroupRule & { readonly isLocked: boolean },
  placement: Placement,
  allowed: Allowed,
): Promise<void> {
  const site = siteOf(azure, group);
  tries.note(azure, { group, name });
  if (!isLocked) azure.log.warn({ group, rule: name }, 'a rule that is over denies now, as Azure forbids deleting it');
  const description = `${azure.marks.sign(placement, nowAt(azure, site))} ${isLocked ? BY_LOCK : OTHERWISE}`;
  await writeUntil(azure, site, group, (rules) => nextShut(rules, name, description), allowed);
}

/** Is it one that goes with its lock? */
export function isKeptByLock({ description }: Pick<NsgRule, 'description'>): boolean {
  return description.endsWith(BY_LOCK);
}

/** When deleting was forbidden last; a process that has just started tries at once. */
const tries = new RuleTimes(DAY_MS);

/**
 * Is it time to try again to delete one that Azure Policy, a deny assignment, or a lock that may not be read kept? Whether they
 * still do nobody is told.
 */
export function isToBeTried(azure: Azure, rule: GroupRule & { readonly rule: NsgRule }): boolean {
  if (!isKeptByLock(rule.rule) && !rule.rule.description.endsWith(OTHERWISE)) return false;
  return (tries.age(azure, rule) ?? DAY_MS) >= DAY_MS;
}

function nextShut(rules: readonly NsgRule[], name: string, description: string): Wanted | 'wait' | undefined {
  const rule = rules.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (!rule) return undefined;
  if (rule.access === 'deny' && !rule.hasFailed) return rule.settled ? undefined : 'wait';
  return {
    name: rule.name,
    properties: {
      access: 'Deny',
      direction: 'Inbound',
      priority: rule.access === 'deny' ? rule.priority : (lastFree(rules) ?? rule.priority),
      protocol: rule.protocol === 'udp' ? 'Udp' : 'Tcp',
      ...many('sourceAddressPrefix', rule.sources),
      sourcePortRange: '*',
      ...many('destinationPortRange', rule.ports),
      ...many('destinationAddressPrefix', rule.destinations),
      description,
    },
  };
}
