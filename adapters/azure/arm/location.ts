import type { Placement, Rule } from '../../../src/core/rule/rule.ts';
import { familyOf } from '../../../src/core/rule/source.ts';
import { type ArmId, armIds } from './ids.ts';
import type { Nic, Vm } from './machine.ts';

/** Where a rule is written: into these groups, for these addresses. */
export interface RuleLocation {
  readonly groups: readonly ArmId[];
  readonly addresses: readonly string[];
}

/** The placement, with all the places where its rule may be. */
export function located(placement: Placement, location: RuleLocation): Placement {
  const { groups, addresses } = mergedLocation([locationOf(placement), location]);
  return { ...placement, detail: { ...placement.detail, groups, addresses } };
}

/** Where a placement was recorded to be. */
export function locationOf(placement: Placement): RuleLocation {
  return { groups: recorded(placement, 'groups'), addresses: recorded(placement, 'addresses') };
}

/** The groups in front of a machine as it is now, and its addresses. */
export function locationNow({ nics }: Pick<Vm, 'nics'>): RuleLocation {
  return mergedLocation(nics);
}

export function mergedLocation(all: readonly RuleLocation[]): RuleLocation {
  return {
    groups: armIds(all.flatMap(({ groups }) => groups)),
    addresses: [...new Set(all.flatMap(({ addresses }) => addresses))],
  };
}

/** Can a source of this family reach the interface? */
export function hasFamily({ addresses }: Nic, { source }: Pick<Rule, 'source'>): boolean {
  return addresses.some((address) => familyOf(address) === familyOf(source));
}

/** What a placement has recorded under a word. */
export function recorded({ detail = {} }: Placement, word: string): readonly string[] {
  const value = detail[word];
  return typeof value === 'string' ? [value] : (value ?? []);
}
