import type { AzureFirewall, FirewallPolicyRuleCollectionUnion } from '@azure/arm-network';
import { JitError } from '../../../src/core/errors/errors.ts';
import { SECOND_MS } from '../../../src/core/language/instant.ts';
import type { Allowed } from '../../../src/kit/call.ts';
import { type Looked, pollUntil, type Try } from '../../../src/kit/poll.ts';
import { type Azure, siteOf } from '../arm/context.ts';
import { type ArmId, partsOf } from '../arm/ids.ts';
import { CLOUD, isChanged, isLocked, isNotFound, isSilent } from '../errors.ts';
import { closingName, groupName, leasesName, passesName, protectionName } from './names.ts';
import { DENY, groupPriorityBefore, PASS, prioritiesBefore } from './priority.ts';
import {
  classicNote,
  classicTranslation,
  policyNote,
  policyTranslation,
  type RuleChange,
  type SourceEdit,
} from './put-body.ts';
import { type ClassicRuleSource, type PolicyRuleSource, type RuleSource, readRuleSource } from './rule-source.ts';

/** How often a rule source is read until what was written is there and in force, and at what distance. */
const TRIES = 6;
const BETWEEN_MS = SECOND_MS;
/** A firewall takes minutes for a change: whoever waited that long comes back after this. */
const LATER_MS = 20 * SECOND_MS;
const NOTHING = { put: [], remove: [] };

/**
 * Writes into one rule source, all in one call, until it is as wanted and in force: `next` looks at it and gives what is to
 * change. Gives how often it was written. A firewall takes minutes: then `cloudBusy` says when to come back, and what was
 * written is found by reading; or it is enough that it is written (`until`). A rule source that is gone is as wanted.
 *
 * NB. A classic firewall is replaced as a whole, so it is only written if it still is what was read.
 */
export async function writeUntil(
  azure: Azure,
  id: ArmId,
  next: (ruleSource: RuleSource) => SourceEdit,
  allowed: Allowed,
  until: 'inForce' | 'written' = 'inForce',
): Promise<number> {
  let written = 0;
  let trouble: unknown = new JitError('cloudBusy', { cloud: CLOUD }, { retryAfterMs: LATER_MS });
  const polling = { tries: TRIES + 1, betweenMs: BETWEEN_MS, signal: allowed.signal };
  const look = async ({ isLast }: Try): Promise<Looked<number>> => {
    const ruleSource = await readRuleSource(azure, id, allowed.signal);
    if (!ruleSource) return { done: written };
    const edit = next(ruleSource);
    const { leases, notes, passes, denies } = edit;
    const isRight = [leases, notes, passes, denies].every((change) => isEmpty(change));
    if (isRight && (ruleSource.settled || until === 'written')) return { done: written };
    // While it is updated it takes nothing else. After an update that failed it takes one more, which is the way out of it.
    const takesMore = ruleSource.hasFailed
      ? !isRight || hasOurs(ruleSource, azure.installation)
      : ruleSource.settled && !isRight;
    if (isLast || !takesMore) return { notYet: trouble };
    try {
      await write(azure, ruleSource, edit, allowed);
      written += 1;
    } catch (error) {
      if (!isLocked(error) && !isSilent(error) && !isChanged(error)) throw error;
      if (isSilent(error)) trouble = error;
    }
    return { notYet: trouble };
  };
  // It takes one change at a time, also of this process.
  return azure.turns.inTurn(`rules of ${id}`, () => pollUntil<number>(polling, azure, look));
}

/** Is there something that may be written again as it is? Groups of others are not. */
function hasOurs(ruleSource: RuleSource, installation: string): boolean {
  if (!('policy' in ruleSource)) return true;
  const own = groupName(installation).toLowerCase();
  return ruleSource.groups.some(({ name }) => name?.toLowerCase() === own);
}

async function write(azure: Azure, ruleSource: RuleSource, edit: SourceEdit, allowed: Allowed): Promise<void> {
  if ('policy' in ruleSource) await writePolicy(azure, ruleSource, edit, allowed);
  else await writeClassic(azure, ruleSource, edit, allowed);
}

function isEmpty({ put, remove }: RuleChange<unknown> = NOTHING): boolean {
  return put.length === 0 && remove.length === 0;
}

async function writeClassic(
  azure: Azure,
  { id, firewall }: ClassicRuleSource,
  edit: SourceEdit,
  allowed: Allowed,
): Promise<void> {
  const { group, name } = partsOf(id);
  const next = edited(firewall, edit, azure.installation);
  await siteOf(azure, id).change(allowed, ({ network }, options) =>
    network.azureFirewalls.createOrUpdate(group, name, next, { ...options, ...ifStill(firewall.etag) }).submitted(),
  );
}

/** The whole firewall, with everything of others as it was read. */
function edited(
  firewall: AzureFirewall,
  { leases, notes, passes, denies }: SourceEdit,
  installation: string,
): AzureFirewall {
  const { natRuleCollections = [], networkRuleCollections = [] } = firewall;
  const [nat, network] = [leasesName(installation), protectionName(installation)];
  const allow = { action: { type: 'Allow' } };
  const deny = { action: { type: 'Deny' } };
  const front = prioritiesBefore(firewall, installation);
  const noted = withRules(networkRuleCollections, network, notes, classicNote, deny);
  const passed = withRules(noted, passesName(installation), passes, classicNote, allow, front?.pass);
  return {
    ...firewall,
    natRuleCollections: withRules(natRuleCollections, nat, leases, classicTranslation, { action: { type: 'Dnat' } }),
    networkRuleCollections: withRules(passed, closingName(installation), denies, classicNote, deny, front?.deny),
  };
}

/** Our own group holds nothing of others. The last rule takes it away. */
async function writePolicy(
  azure: Azure,
  { id, groups }: PolicyRuleSource,
  edit: SourceEdit,
  allowed: Allowed,
): Promise<void> {
  const { group, name } = partsOf(id);
  const site = siteOf(azure, id);
  const own = groupName(azure.installation);
  const before = groups.find((one) => one.name?.toLowerCase() === own.toLowerCase());
  const next = editedGroup(before?.ruleCollections ?? [], edit, azure.installation);
  const isClosing = edit.denies !== undefined && edit.denies.put.length > 0;
  const front = isClosing ? groupPriorityBefore(groups, azure.installation) : undefined;
  const priority = front ?? before?.priority ?? freePriority(groups);
  const still = ifStill(before?.etag);
  try {
    await site.change(allowed, ({ network: { firewallPolicyRuleCollectionGroups: all } }, options) =>
      next.length > 0
        ? all
            .createOrUpdate(group, name, own, { priority, ruleCollections: next }, { ...options, ...still })
            .submitted()
        : all.delete(group, name, own, { ...options, ...still }).submitted(),
    );
  } catch (error) {
    if (next.length > 0 || !isNotFound(error)) throw error;
  }
}

function editedGroup(
  all: readonly FirewallPolicyRuleCollectionUnion[],
  { leases, notes, passes, denies }: SourceEdit,
  installation: string,
): FirewallPolicyRuleCollectionUnion[] {
  const nat = { action: { type: 'DNAT' }, ruleCollectionType: 'FirewallPolicyNatRuleCollection' } as const;
  const filter = { action: { type: 'Deny' }, ruleCollectionType: 'FirewallPolicyFilterRuleCollection' } as const;
  const allow = { ...filter, action: { type: 'Allow' } } as const;
  const translated = withRules(all, leasesName(installation), leases, policyTranslation, nat);
  const noted = withRules(translated, protectionName(installation), notes, policyNote, filter);
  const passed = withRules(noted, passesName(installation), passes, policyNote, allow, PASS);
  return withRules(passed, closingName(installation), denies, policyNote, filter, DENY);
}

interface Collection {
  readonly name?: string;
  readonly priority?: number;
  readonly rules?: readonly { readonly name?: string }[];
}

/** The collections with the changed one of ours in its place; an empty one is none. */
function withRules<C extends Collection, O>(
  all: readonly C[],
  name: string,
  change: RuleChange<O> | undefined,
  wire: (one: O) => { readonly name?: string },
  kind: Omit<C, keyof Collection>,
  /** Where its place matters. */
  place?: number,
): C[] {
  if (!change) return [...all];
  const isOurs = (collection: C) => collection.name?.toLowerCase() === name.toLowerCase();
  const before = all.find(isOurs);
  const others = all.filter((collection) => !isOurs(collection));
  const added = change.put.map(wire);
  const touched = new Set([...change.remove, ...added.map((rule) => rule.name ?? '')].map((one) => one.toLowerCase()));
  const kept = (before?.rules ?? []).filter((rule) => !touched.has((rule.name ?? '').toLowerCase()));
  const rules = [...kept, ...added];
  if (rules.length === 0) return others;
  // Of its own kind: what `wire` and `kind` give belongs together.
  const priority = place ?? before?.priority ?? freePriority(all);
  return [...others, { ...kind, ...before, priority, name, rules } as unknown as C];
}

/** From 100 to 65000, each once. Which one is all the same: no other rule leads anywhere from the same port. */
function freePriority(all: readonly { readonly priority?: number }[]): number {
  const taken = new Set(all.map(({ priority }) => priority));
  let priority = 150;
  while (taken.has(priority)) priority += 1;
  return priority;
}

function ifStill(etag: string | undefined) {
  return etag === undefined ? {} : { requestOptions: { headers: { 'If-Match': etag } } };
}
