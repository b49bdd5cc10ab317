import type { Instant } from '../../../src/core/language/instant.ts';
import type { MachineId } from '../../../src/core/machine/machine.ts';
import type { MarkSigner } from '../../../src/core/rule/mark.ts';
import type { MarkedRule, Placement } from '../../../src/core/rule/rule.ts';
import { familyOf, parseSource } from '../../../src/core/rule/source.ts';
import type { Azure } from '../arm/context.ts';
import type { GroupRule, Groups } from '../arm/groups.ts';
import type { ArmId } from '../arm/ids.ts';
import { hasFamily, located, type RuleLocation } from '../arm/location.ts';
import type { Nic, Vm } from '../arm/machine.ts';
import type { NsgRule } from '../arm/nsg-rules.ts';
import { allowName, placementOn, prefixOf } from './names.ts';

/** A group that a rule has to be in, and the addresses behind it that the rule is for. */
export interface GuardingGroup {
  readonly group: ArmId;
  readonly addresses: readonly string[];
}

/** The groups in front of those addresses of a machine that have the family of a source. */
export function guardsOf({ nics }: Pick<Vm, 'nics'>, source: string): readonly GuardingGroup[] {
  const own = nics.filter((nic) => hasFamily(nic, { source }));
  const groups = [...new Set(own.flatMap((nic) => nic.groups))];
  return groups.map((group) => ({ group, addresses: addressesIn(own, group, source) }));
}

function addressesIn(nics: readonly Nic[], group: ArmId, source: string): readonly string[] {
  const behind = nics.filter(({ groups }) => groups.includes(group)).flatMap(({ addresses }) => addresses);
  return [...new Set(behind.filter((address) => familyOf(address) === familyOf(source)))].sort();
}

/** Rules of leases that are ours by place, by their name, with the groups that they are in. */
export type AllowRules = ReadonlyMap<string, readonly (GroupRule & { readonly rule: NsgRule })[]>;

/** Those that let somebody in; or those that a lock kept, and that deny since they are over. */
export function allowRulesIn(groups: Groups, installation: string, access: NsgRule['access'] = 'allow'): AllowRules {
  const prefix = prefixOf(installation, 'allow');
  const all = [...groups].flatMap(([group, rules]) =>
    rules
      .filter((one) => one.access === access && one.name.toLowerCase().startsWith(prefix))
      .map((rule) => ({ group, name: rule.name, rule })),
  );
  return Map.groupBy(all, ({ name }) => name);
}

/** What was found under one name: where it is, whose it is, and whether its mark is ours. */
export interface FoundLease {
  readonly placement: Placement;
  readonly mark: MarkedRule['mark'];
  readonly until?: Instant;
  readonly written: readonly GroupRule[];
  /** As it stands in the first group, with the mark. */
  readonly description: string;
}

interface Ownership {
  readonly installation: string;
  readonly marks: MarkSigner;
  /** Placements by the names of their rules. */
  readonly placements: ReadonlyMap<string, Placement>;
  /** Machines that a rule may be of, by the addresses that it is for: several, where networks have the same addresses. */
  readonly owners: (addresses: readonly string[], group: ArmId) => Iterable<MachineId>;
  /** Take a rule that bears no valid mark of any of them for the first one's: else it is left out. */
  readonly claims: boolean;
}

/** Placements by the names that their rules have. */
export function byName(placements: readonly Placement[], installation: string): ReadonlyMap<string, Placement> {
  return new Map(placements.map((placement) => [placement.id ?? allowName(installation, placement), placement]));
}

/**
 * Reads what stands under our names. One end counts only where every group of it bears a valid mark with that end: the
 * rest is written again, or closed.
 */
export function leasesIn(written: AllowRules, known: Ownership): readonly FoundLease[] {
  return [...written].flatMap(([name, all]) => {
    const [first] = all;
    const placement = first && (known.placements.get(name) ?? placementOf(first, known));
    if (!first || !placement) return [];
    const marks = all.map(({ rule }) => markOf(rule, placement, known.marks));
    const worst = marks.find(({ mark }) => mark !== 'valid');
    const ends = new Set(marks.map(({ until }) => until));
    const where: RuleLocation = {
      groups: all.map(({ group }) => group),
      addresses: [...new Set(all.flatMap(({ rule }) => rule.destinations))],
    };
    const [until] = ends;
    return [
      {
        placement: { ...located(placement, where), locks: locksOf(placement, where), id: name },
        mark: worst?.mark ?? 'valid',
        ...(!worst && ends.size === 1 && until !== undefined ? { until } : {}),
        written: all.map(({ group }) => ({ group, name })),
        description: first.rule.description,
      },
    ];
  });
}

/** What is edited are the groups: another machine behind one of them has to wait. */
export function locksOf({ locks }: Placement, { groups }: RuleLocation): readonly string[] {
  return [...new Set([...locks, ...groups])].sort();
}

function placementOf({ group, rule }: GroupRule & { rule: NsgRule }, known: Ownership): Placement | undefined {
  const number = Number(/^\d+/.exec(rule.ports[0] ?? '')?.[0] ?? 0);
  const source = parseSource(rule.sources[0] ?? '') ?? '0.0.0.0/0';
  const port = { number, protocol: rule.protocol === 'udp' ? 'udp' : 'tcp' } as const;
  const all = [...known.owners(rule.destinations, group)].map((machine) => placementOn({ machine, port, source }));
  const marked = all.find((placement) => markOf(rule, placement, known.marks).mark === 'valid');
  return marked ?? (known.claims ? all[0] : undefined);
}

export function markOf(
  { description }: NsgRule,
  placement: Placement,
  marks: MarkSigner,
): Pick<MarkedRule, 'mark' | 'until'> {
  if (description === '') return { mark: 'missing' };
  const { valid, until } = marks.verify(description, placement);
  return valid && until !== undefined ? { mark: 'valid', until } : { mark: 'wrong' };
}

/** The name of a placement's rules. */
export function nameAt({ installation }: Azure, placement: Placement): string {
  return placement.id ?? allowName(installation, placement);
}
