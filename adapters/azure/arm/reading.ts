import type { Instant } from '../../../src/core/language/instant.ts';
import { type MachineId, providerIdOf } from '../../../src/core/machine/machine.ts';
import { type Placement, placementKey, type Rule } from '../../../src/core/rule/rule.ts';
import { familyOf } from '../../../src/core/rule/source.ts';
import { orNoPlan, policyHolding, policyRef, readPolicy } from '../defender/policy.ts';
import { type Access, accessesOf, BACKEND as DEFENDER, isFor, isLive } from '../defender/records.ts';
import { type Firewalls, firewallsBefore, NO_FIREWALLS } from '../firewall/in-front.ts';
import { BACKEND as FIREWALL } from '../firewall/names.ts';
import { type RuleSource, readRuleSource } from '../firewall/rule-source.ts';
import type { Subscription } from './clients.ts';
import { type Azure, nowAt, siteOf } from './context.ts';
import { type ArmId, armIds } from './ids.ts';
import { type Nic, readGroup, readVm, type Vm } from './machine.ts';
import { isAllowOf, type NsgRule, rulesOf } from './nsg-rules.ts';

/** What one look at a machine, its policy's records and its groups showed. */
export interface Reading {
  readonly site: Subscription;
  readonly now: Instant;
  /** Undefined when the machine is gone. */
  readonly vm?: Vm;
  /** What the records say of this machine, newest last. */
  readonly accesses: readonly Access[];
  /** Groups where its rules were placed and those it has now, as far as they are there. */
  readonly groups: Groups;
  /** Addresses that it had when it was placed, and those it has now. */
  readonly addresses: readonly string[];
  /** Firewalls in front of it, and everywhere that rules were placed on firewalls. */
  readonly firewalls: Firewalls;
  readonly ruleSources: readonly RuleSource[];
}

/** What Defender's rules are judged by. */
export type Records = Pick<Reading, 'vm' | 'now' | 'accesses' | 'groups' | 'addresses'>;

export type Groups = ReadonlyMap<ArmId, readonly NsgRule[]>;

/** Where a rule is written. */
export interface RuleLocation {
  readonly groups: readonly ArmId[];
  readonly addresses: readonly string[];
}

/** One rule of Defender's in one group. */
export interface GroupRule {
  readonly group: ArmId;
  readonly name: string;
}

/** What is at one placement. */
export interface Spot {
  readonly standing: readonly GroupRule[];
  /** Does it stand in every group that the machine has now? */
  readonly complete: boolean;
  /** Our newest record for it. */
  readonly ours?: Access;
  /** Somebody else's request for the very same, in force: then what stands there is not ours alone. */
  readonly foreign?: Access;
}

/** Reads all there is to know of these placements of one machine. */
export async function read(
  azure: Azure,
  machine: MachineId,
  placements: readonly Placement[],
  signal: AbortSignal,
): Promise<Reading> {
  const site = siteOf(azure, providerIdOf(machine));
  const [vm, accesses] = await Promise.all([
    readVm(site, machine, signal),
    readAccesses(azure, site, machine, placements, signal),
  ]);
  const where = merge([...placements.map(whereOf), ...(vm ? [whereNow(vm)] : [])]);
  const [groups, behind] = await Promise.all([
    readGroups(site, where.groups, signal),
    readBehind(azure, vm, placements, signal),
  ]);
  const now = nowAt(azure, site);
  return { site, now, ...(vm ? { vm } : {}), accesses, groups, addresses: where.addresses, ...behind };
}

/** The firewalls in front of a machine, where we write rules ourselves, and those where its rules were placed. */
export async function readBehind(
  azure: Azure,
  vm: Vm | undefined,
  placements: readonly Placement[],
  signal: AbortSignal,
): Promise<Pick<Reading, 'firewalls' | 'ruleSources'>> {
  const placed = placements.filter(({ backend }) => backend === FIREWALL);
  const isOwn = vm && (placed.length > 0 || siteOf(azure, providerIdOf(vm.machine.id)).backend !== DEFENDER);
  const firewalls = isOwn ? await firewallsBefore(azure, vm, signal) : NO_FIREWALLS;
  const now = new Map([...firewalls.values()].map(({ ruleSource }) => [ruleSource.id, ruleSource]));
  const ids = armIds(placed.flatMap(ruleSourcesIn)).filter((id) => !now.has(id));
  const others = await Promise.all(ids.map((id) => readRuleSource(azure, id, signal)));
  return { firewalls, ruleSources: [...now.values(), ...others.flatMap((ruleSource) => ruleSource ?? [])] };
}

/** What the records of the recorded policies (without placements, of the policy that holds the machine) say of it. */
export async function readAccesses(
  azure: Azure,
  site: Subscription,
  machine: MachineId,
  placements: readonly Placement[],
  signal: AbortSignal,
): Promise<readonly Access[]> {
  const ids = armIds(placements.filter(({ backend }) => backend === DEFENDER).map(({ at }) => at));
  // What Defender never wrote it need not be asked about; the role may not even let us.
  if (ids.length === 0 && site.backend !== DEFENDER) return [];
  const policies = await orNoPlan(
    ids.length > 0
      ? Promise.all(ids.map((id) => readPolicy(site, policyRef(id), signal)))
      : policyHolding(site, machine, signal).then((policy) => [policy]),
  );
  return (policies ?? [])
    .flatMap((policy) => (policy ? accessesOf(policy, azure.marks) : []))
    .filter((access) => access.machine === machine);
}

export async function readGroups(site: Subscription, ids: readonly ArmId[], signal: AbortSignal): Promise<Groups> {
  return (await readFlushing(site, ids, signal)).groups;
}

/** The groups, and which of them look at open connections again when their rules change. */
export async function readFlushing(
  site: Subscription,
  ids: readonly ArmId[],
  signal: AbortSignal,
): Promise<{ readonly groups: Groups; readonly flushing: ReadonlySet<ArmId> }> {
  const all = await Promise.all(ids.map(async (id) => ({ id, group: await readGroup(site, id, signal) })));
  const groups = new Map(all.flatMap(({ id, group }) => (group ? [[id, rulesOf(group)]] : [])));
  return { groups, flushing: new Set(all.flatMap(({ id, group }) => (group?.flushConnection ? [id] : []))) };
}

/** What stands at a placement, and whose it is. */
export function spotOf(reading: Records, placement: Placement): Spot {
  const { accesses, groups, addresses, vm, now } = reading;
  const { rule } = placement;
  const key = placementKey(placement);
  const standing = standingIn(groups, rule, addresses);
  const guards = armIds((vm?.nics ?? []).filter((nic) => hasFamily(nic, rule)).flatMap((nic) => nic.groups));
  const complete = guards.length > 0 && guards.every((id) => standing.some(({ group }) => group === id));
  const ours = accesses.findLast((access) => access.ours && placementKey(access.ours.placement) === key);
  const foreign = accesses.findLast((access) => !access.ours && isLive(access, now) && isFor(access, rule));
  return { standing, complete, ...(ours ? { ours } : {}), ...(foreign ? { foreign } : {}) };
}

/** Defender's allow rules for exactly this rule. */
export function standingIn(groups: Groups, rule: Rule, addresses: readonly string[]): readonly GroupRule[] {
  return [...groups].flatMap(([group, rules]) =>
    rules.filter((one) => isAllowOf(one, rule, addresses)).map(({ name }) => ({ group, name })),
  );
}

/** The placement, with all the places where its rule may be. */
export function located(placement: Placement, where: RuleLocation): Placement {
  const { groups, addresses } = merge([whereOf(placement), where]);
  return { ...placement, detail: { ...placement.detail, groups, addresses } };
}

/** Where a placement was recorded to be. */
export function whereOf({ detail = {} }: Placement): RuleLocation {
  return { groups: list(detail.groups), addresses: list(detail.addresses) };
}

/** Where Defender writes rules for a machine as it is now. */
export function whereNow({ nics }: Pick<Vm, 'nics'>): RuleLocation {
  return merge(nics);
}

export function merge(all: readonly RuleLocation[]): RuleLocation {
  return {
    groups: armIds(all.flatMap(({ groups }) => groups)),
    addresses: [...new Set(all.flatMap(({ addresses }) => addresses))],
  };
}

/** Can a source of this family reach the interface? */
export function hasFamily({ addresses }: Nic, { source }: Pick<Rule, 'source'>): boolean {
  return addresses.some((address) => familyOf(address) === familyOf(source));
}

/** Where a placement's rule was recorded to be written on firewalls. */
export function ruleSourcesIn({ detail = {} }: Placement): readonly ArmId[] {
  return list(detail.books);
}

function list(value: string | readonly string[] | undefined): readonly string[] {
  return typeof value === 'string' ? [value] : (value ?? []);
}
