import type { Instant } from '../../../src/core/language/instant.ts';
import type { MachineId } from '../../../src/core/machine/machine.ts';
import type { MarkSigner } from '../../../src/core/rule/mark.ts';
import type { Placement } from '../../../src/core/rule/rule.ts';
import { parseSource } from '../../../src/core/rule/source.ts';
import { type ArmId, armIds } from '../arm/ids.ts';
import type { NsgRule } from '../arm/nsg-rules.ts';
import { booksIn, type Groups, located, type Standing, whereOf } from '../arm/reading.ts';
import type { Book } from './book.ts';
import { innerPrefix, placementOn, ruleName } from './names.ts';
import type { WallRule } from './rules.ts';

/** Half of a lease: the rule of the firewall, or the one of a group that lets in what the firewall translates. */
export type Half = { readonly name: string } & (
  | { readonly book: ArmId; readonly rule: WallRule }
  | { readonly group: ArmId; readonly inner: NsgRule }
);

/** Everything of ours on these firewalls and in these groups. */
export function halvesIn(books: readonly Book[], groups: Groups, installation: string): readonly Half[] {
  const prefix = innerPrefix(installation);
  return [
    ...books.flatMap(({ id, rules }) =>
      rules
        .filter(({ ours }) => ours === 'lease' || ours === 'pass')
        .map((rule) => ({ name: rule.name, book: id, rule })),
    ),
    ...[...groups].flatMap(([group, rules]) =>
      rules
        .filter(({ name }) => name.toLowerCase().startsWith(prefix))
        .map((inner) => ({ name: inner.name.slice(prefix.length), group, inner })),
    ),
  ];
}

/** What was found under one name. */
export interface Spot {
  readonly placement: Placement;
  readonly mark: 'valid' | 'missing' | 'wrong';
  /** Where all halves that are there say the same. */
  readonly until?: Instant;
  readonly halves: readonly Half[];
  /** Our rules in groups. */
  readonly standing: readonly Standing[];
}

interface Known {
  readonly marks: MarkSigner;
  readonly placements: readonly Placement[];
  /** Machines that a rule for this address may be of, in this group or on this firewall. */
  readonly owners: (address: string, at: ArmId) => Iterable<MachineId>;
  /** Take a rule that bears no valid mark of any of them for the first one's: else it is left out. */
  readonly claims: boolean;
}

/** Reads whose the halves are, by placements that are known and else by what they say themselves. */
export function spotsIn(halves: readonly Half[], known: Known): readonly Spot[] {
  const byName = new Map(known.placements.map((placement) => [ruleName(placement), placement]));
  return [...Map.groupBy(halves, ({ name }) => name)].flatMap(([name, all]) => {
    const placement = byName.get(name) ?? placementOf(all, known);
    if (!placement) return [];
    const marks = all.map((half) => markOf(half, placement, known.marks));
    const worst = marks.find(({ mark }) => mark !== 'valid');
    const ends = new Set(marks.map(({ until }) => until));
    const [until] = ends;
    const standing = all.flatMap((half) => ('group' in half ? [{ group: half.group, name: half.inner.name }] : []));
    const where = { groups: standing.map(({ group }) => group), addresses: all.map(addressOf) };
    const books = all.flatMap((half) => ('book' in half ? [half.book] : []));
    return [
      {
        placement: { ...placedAt(located(placement, where), books), id: name },
        mark: worst?.mark ?? 'valid',
        ...(!worst && ends.size === 1 && until !== undefined ? { until } : {}),
        halves: all,
        standing,
      },
    ];
  });
}

/** The placement with the books that its rule may be in, and the locks of all that is edited. */
export function placedAt(placement: Placement, books: readonly ArmId[]): Placement {
  const all = armIds([...booksIn(placement), ...books]);
  const locks = [...new Set([...placement.locks, ...all, ...whereOf(placement).groups])].sort();
  return { ...placement, locks, detail: { ...placement.detail, books: all } };
}

/** Its own words, as far as they can be read; the client's address is in both halves. */
function placementOf(all: readonly Half[], known: Known): Placement | undefined {
  const candidates = all.flatMap((half) => {
    const at = 'group' in half ? half.group : half.book;
    const source = sourceOf(half);
    const port = portOf(half);
    return [...known.owners(addressOf(half), at)].map((machine) => placementOn({ machine, port, source }));
  });
  const isMarked = (placement: Placement) => all.some((half) => markOf(half, placement, known.marks).mark === 'valid');
  return candidates.find(isMarked) ?? (known.claims ? candidates[0] : undefined);
}

function addressOf(half: Half): string {
  if ('inner' in half) return half.inner.destinations[0] ?? '';
  return half.rule.to?.address ?? half.rule.destinations[0] ?? '';
}

function sourceOf(half: Half): string {
  const text = 'inner' in half ? (/ from=(\S+)/.exec(half.inner.description)?.[1] ?? '') : (half.rule.sources[0] ?? '');
  return parseSource(text) ?? '0.0.0.0/0';
}

function portOf(half: Half) {
  const [text = '', protocol = ''] =
    'inner' in half
      ? [half.inner.ports[0], half.inner.protocol]
      : [half.rule.to?.port ?? half.rule.ports[0], half.rule.protocols[0]];
  return { number: Number(/^\d+/.exec(text)?.[0] ?? 0), protocol: protocol === 'udp' ? 'udp' : 'tcp' } as const;
}

function markOf(half: Half, placement: Placement, marks: MarkSigner): Pick<Spot, 'mark' | 'until'> {
  const { description } = 'inner' in half ? half.inner : half.rule;
  if (description === '') return { mark: 'missing' };
  const { valid, until } = marks.verify(description, placement);
  return valid && until !== undefined ? { mark: 'valid', until } : { mark: 'wrong' };
}
