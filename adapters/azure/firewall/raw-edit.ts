import { itemsIn, memberIn, nameIn, type Raw, withMembers } from '../arm/raw.ts';
import { closingName, leasesName, passesName, protectionName } from './names.ts';
import { type ClosingPriorities, DENY, PASS } from './priority.ts';
import {
  classicNote,
  classicTranslation,
  policyNote,
  policyTranslation,
  type RuleChange,
  type SourceEdit,
} from './put-body.ts';

/** Where the members of a collection are: beside its name in a policy, within its properties in a classic firewall. */
type Form = 'classic' | 'policy';

interface Ours<O> {
  readonly name: string;
  readonly change: RuleChange<O> | undefined;
  readonly wire: (one: O) => object;
  /** What a new one has besides. */
  readonly kind: Raw;
  /** Where its place matters. */
  readonly place?: number | undefined;
}

/** The whole of a classic firewall with other rules of ours, and all else as it was read, understood or not. */
export function editedFirewall(
  raw: unknown,
  { leases, notes, passes, denies }: SourceEdit,
  installation: string,
  front: ClosingPriorities | undefined,
): Raw {
  const properties = memberIn(raw, 'properties');
  const deny = { action: { type: 'Deny' } };
  const allow = { action: { type: 'Allow' } };
  const nat = withRules(
    itemsIn(properties, 'natRuleCollections'),
    {
      name: leasesName(installation),
      change: leases,
      wire: classicTranslation,
      kind: { action: { type: 'Dnat' } },
    },
    'classic',
  );
  const noted = withRules(
    itemsIn(properties, 'networkRuleCollections'),
    { name: protectionName(installation), change: notes, wire: classicNote, kind: deny },
    'classic',
  );
  const passed = withRules(
    noted,
    { name: passesName(installation), change: passes, wire: classicNote, kind: allow, place: front?.pass },
    'classic',
  );
  const closed = withRules(
    passed,
    { name: closingName(installation), change: denies, wire: classicNote, kind: deny, place: front?.deny },
    'classic',
  );
  return withMembers(raw, {
    properties: withMembers(properties, {
      ...changedList(properties, 'natRuleCollections', nat),
      ...changedList(properties, 'networkRuleCollections', closed),
    }),
  });
}

/** The rule collection group that is ours, and what of it is left: nothing where it is to go. */
export function editedGroup(raw: unknown, edit: SourceEdit, installation: string): readonly unknown[] {
  const { leases, notes, passes, denies } = edit;
  const nat = { ruleCollectionType: 'FirewallPolicyNatRuleCollection', action: { type: 'DNAT' } };
  const filter = { ruleCollectionType: 'FirewallPolicyFilterRuleCollection', action: { type: 'Deny' } };
  const allow = { ...filter, action: { type: 'Allow' } };
  const translated = withRules(
    itemsIn(memberIn(raw, 'properties'), 'ruleCollections'),
    { name: leasesName(installation), change: leases, wire: policyTranslation, kind: nat },
    'policy',
  );
  const noted = withRules(
    translated,
    { name: protectionName(installation), change: notes, wire: policyNote, kind: filter },
    'policy',
  );
  const passed = withRules(
    noted,
    { name: passesName(installation), change: passes, wire: policyNote, kind: allow, place: PASS },
    'policy',
  );
  return withRules(
    passed,
    { name: closingName(installation), change: denies, wire: policyNote, kind: filter, place: DENY },
    'policy',
  );
}

/** A list that was not changed stays as it is written, also where it is null or not there. */
function changedList(properties: unknown, name: string, list: readonly unknown[]): Raw {
  return list === itemsIn(properties, name) || (list.length === 0 && itemsIn(properties, name).length === 0)
    ? {}
    : { [name]: list };
}

/** The collections with the changed one of ours in its place; an empty one is none. */
function withRules<O>(
  all: readonly unknown[],
  { name, change, wire, kind, place }: Ours<O>,
  form: Form,
): readonly unknown[] {
  if (!change) return all;
  const isOurs = (collection: unknown) => nameIn(collection) === name.toLowerCase();
  const before = all.find(isOurs);
  const inner = form === 'classic' ? memberIn(before, 'properties') : before;
  const added = change.put.map(wire);
  const touched = new Set([...change.remove.map((one) => one.toLowerCase()), ...added.map(nameIn)]);
  const rules = [...itemsIn(inner, 'rules').filter((rule) => !touched.has(nameIn(rule))), ...added];
  if (rules.length === 0) return before === undefined ? all : all.filter((one) => !isOurs(one));
  const priority = place ?? memberIn(inner, 'priority') ?? freePriority(all, form);
  const changed = withMembers(before === undefined ? kind : inner, { priority, rules });
  const next =
    form === 'classic' ? withMembers(before ?? { name }, { properties: changed }) : withMembers({ name }, changed);
  return before === undefined ? [...all, next] : all.map((one) => (isOurs(one) ? next : one));
}

/** From 100 to 65000, each once. Which one is all the same: no other rule leads anywhere from the same port. */
function freePriority(all: readonly unknown[], form: Form): number {
  const taken = new Set(all.map((one) => memberIn(form === 'classic' ? memberIn(one, 'properties') : one, 'priority')));
  let priority = 150;
  while (taken.has(priority)) priority += 1;
  return priority;
}
