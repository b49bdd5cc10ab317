import type { Instant } from '../../../src/core/language/instant.ts';
import type { MachineId } from '../../../src/core/machine/machine.ts';
import type { MarkSigner } from '../../../src/core/rule/mark.ts';
import type { Placement } from '../../../src/core/rule/rule.ts';
import { parseSource } from '../../../src/core/rule/source.ts';
import type { GroupRule, Groups } from '../arm/groups.ts';
import { type ArmId, armIds } from '../arm/ids.ts';
import { located, locationOf, recorded } from '../arm/location.ts';
import type { NsgRule } from '../arm/nsg-rules.ts';
import { behindPrefix, placementOn, ruleName } from './names.ts';
import type { RuleSource } from './rule-source.ts';
import type { FirewallRule } from './rules.ts';

/** Half of a lease: the rule of the firewall, or the one of a group that lets in what the firewall translates. */
export type LeasePart = { readonly name: string } & (
  | { readonly ruleSource: ArmId; readonly rule: FirewallRule }
  | { readonly group: ArmId; readonly behind: NsgRule }
);

/** Everything of ours on these firewalls and in these groups. */
export function leasePartsIn(
  ruleSources: readonly RuleSource[],
  groups: Groups,
  installation: string,
): readonly LeasePart[] {
  const prefix = behindPrefix(installation);
  return [
    ...ruleSources.flatMap(({ id, rules }) =>
      rules
        .filter(({ ours }) => ours === 'lease' || ours === 'pass')
        .map((rule) => ({ name: rule.name, ruleSource: id, rule })),
    ),
    ...[...groups].flatMap(([group, rules]) =>
      rules
        .filter(({ name }) => name.toLowerCase().startsWith(prefix))
        .map((behind) => ({ name: behind.name.slice(prefix.length), group, behind })),
    ),
  ];
}

/** What was found under one name. */
export interface FoundOnFirewall {
  readonly placement: Placement;
  readonly mark: 'valid' | 'missing' | 'wrong';
  /** Where all parts that are there say the same. */
  readonly until?: Instant;
  readonly parts: readonly LeasePart[];
  /** Our rules in groups. */
  readonly written: readonly GroupRule[];
}

interface Ownership {
  readonly marks: MarkSigner;
  readonly placements: readonly Placement[];
  /** Machines that a rule for this address may be of, in this group or on this firewall. */
  readonly owners: (address: string, at: ArmId) => Iterable<MachineId>;
  /** Take a rule that bears no valid mark of any of them for the first one's: else it is left out. */
  readonly claims: boolean;
}

/** Reads whose the parts are, by placements that are known and else by what they say themselves. */
export function leasesOn(parts: readonly LeasePart[], known: Ownership): readonly FoundOnFirewall[] {
  const byName = new Map(known.placements.map((placement) => [ruleName(placement), placement]));
  return [...Map.groupBy(parts, ({ name }) => name)].flatMap(([name, all]) => {
    const placement = byName.get(name) ?? placementOf(all, known);
    if (!placement) return [];
    const marks = all.map((part) => markOf(part, placement, known.marks));
    const worst = marks.find(({ mark }) => mark !== 'valid');
    const ends = new Set(marks.map(({ until }) => until));
    const [until] = ends;
    const written = all.flatMap((part) => ('group' in part ? [{ group: part.group, name: part.behind.name }] : []));
    const where = { groups: written.map(({ group }) => group), addresses: all.map(addressOf) };
    const ruleSources = all.flatMap((part) => ('ruleSource' in part ? [part.ruleSource] : []));
    return [
      {
        placement: { ...locatedOn(located(placement, where), ruleSources), id: name },
        mark: worst?.mark ?? 'valid',
        ...(!worst && ends.size === 1 && until !== undefined ? { until } : {}),
        parts: all,
        written,
      },
    ];
  });
}

/** The placement with the rule sources that its rule may be in, and the locks of all that is edited. */
export function locatedOn(placement: Placement, ruleSources: readonly ArmId[]): Placement {
  const all = armIds([...ruleSourcesIn(placement), ...ruleSources]);
  const locks = [...new Set([...placement.locks, ...all, ...locationOf(placement).groups])].sort();
  return { ...placement, locks, detail: { ...placement.detail, books: all } };
}

/** Its own words, as far as they can be read; the client's address is in both parts. */
function placementOf(all: readonly LeasePart[], known: Ownership): Placement | undefined {
  const candidates = all.flatMap((part) => {
    const at = 'group' in part ? part.group : part.ruleSource;
    const source = sourceOf(part);
    const port = portOf(part);
    return [...known.owners(addressOf(part), at)].map((machine) => placementOn({ machine, port, source }));
  });
  const isMarked = (placement: Placement) => all.some((part) => markOf(part, placement, known.marks).mark === 'valid');
  return candidates.find(isMarked) ?? (known.claims ? candidates[0] : undefined);
}

function addressOf(part: LeasePart): string {
  if ('behind' in part) return part.behind.destinations[0] ?? '';
  return part.rule.to?.address ?? part.rule.destinations[0] ?? '';
}

function sourceOf(part: LeasePart): string {
  const text =
    'behind' in part ? (/ from=(\S+)/.exec(part.behind.description)?.[1] ?? '') : (part.rule.sources[0] ?? '');
  return parseSource(text) ?? '0.0.0.0/0';
}

function portOf(part: LeasePart) {
  const [text = '', protocol = ''] =
    'behind' in part
      ? [part.behind.ports[0], part.behind.protocol]
      : [part.rule.to?.port ?? part.rule.ports[0], part.rule.protocols[0]];
  return { number: Number(/^\d+/.exec(text)?.[0] ?? 0), protocol: protocol === 'udp' ? 'udp' : 'tcp' } as const;
}

export function markOf(
  part: LeasePart,
  placement: Placement,
  marks: MarkSigner,
): Pick<FoundOnFirewall, 'mark' | 'until'> {
  const { description } = 'behind' in part ? part.behind : part.rule;
  if (description === '') return { mark: 'missing' };
  const { valid, until } = marks.verify(description, placement);
  return valid && until !== undefined ? { mark: 'valid', until } : { mark: 'wrong' };
}

/** Where a placement's rule was recorded to be written on firewalls. */
export function ruleSourcesIn(placement: Placement): readonly ArmId[] {
  return recorded(placement, 'books');
}
