import { type AddressSet, type Family, readAddresses } from '../../../src/core/packet/addresses.ts';
import type { Answered } from '../../../src/core/packet/answers.ts';
import { type FilterRule, firstMatch } from '../../../src/core/packet/filter.ts';
import { EMPTY, union } from '../../../src/core/packet/ranges.ts';
import type { Port } from '../../../src/core/rule/port.ts';
import type { AclEntry, NetworkAcl } from './model.ts';

/** Ports from which clients connect: what all common systems use is in here ("Network ACLs", ephemeral ports). */
const EPHEMERAL = { first: 32_768, last: 60_999 } as const;
const WIDEST = { first: 1_024, last: 65_535 } as const;

/** Who passes the entries for inbound packets to a port: in the order of their numbers, the first that matches decides. */
export function passesIn({ id, inbound }: NetworkAcl, family: Family, port: Port, all: AddressSet): AddressSet {
  const rules = inOrder(inbound, { acl: id, family, port }, ({ from, to }) =>
    holdsPort(from, to, port.number, port.number),
  );
  return union(...firstMatch(rules, all, false).flatMap(({ verdict, sources }) => (verdict ? [sources] : [])));
}

/** A network ACL knows no connections: answers leave by the entries for outbound packets to the port that the client chose. */
export function answersOut(acl: NetworkAcl, family: Family, port: Port, all: AddressSet): readonly Answered[] {
  const because = `the network ACL ${acl.id} does not let answers out`;
  const through = ({ first, last }: typeof EPHEMERAL | typeof WIDEST) => {
    const denied = inOrder(acl.outbound, { acl: acl.id, family, port }, ({ from, to }) =>
      meetsPorts(from, to, first, last),
    );
    // An entry that denies some of the ports may deny the one; one that allows some of them may not be enough.
    const careful = denied.filter(({ entry }) => !entry.allows || holdsPort(entry.from, entry.to, first, last));
    return union(...firstMatch(careful, all, false).flatMap(({ verdict, sources }) => (verdict ? [sources] : [])));
  };
  const sure = through(EPHEMERAL);
  const none = firstMatch(
    inOrder(acl.outbound, { acl: acl.id, family, port }, ({ from, to }) =>
      meetsPorts(from, to, WIDEST.first, WIDEST.last),
    ).filter(({ entry }) => entry.allows || holdsPort(entry.from, entry.to, WIDEST.first, WIDEST.last)),
    all,
    false,
  ).flatMap(({ verdict, sources }) => (verdict ? [] : [sources]));
  return firstMatch<Answered['back']>(
    [
      { name: 'sure', verdict: 'yes', sources: sure },
      { name: 'none', verdict: 'no', sources: none.length > 0 ? union(...none) : EMPTY },
    ],
    all,
    'unclear',
  ).map(({ verdict, sources }) => ({ sources, back: verdict, ...(verdict === 'yes' ? {} : { because }) }));
}

function inOrder(
  entries: readonly AclEntry[],
  { acl, family, port: { protocol } }: { readonly acl: string; readonly family: Family; readonly port: Port },
  hasPort: (entry: AclEntry) => boolean,
): readonly (FilterRule<boolean> & { readonly entry: AclEntry })[] {
  const numbers: Readonly<Record<string, string>> = { tcp: '6', udp: '17' };
  return entries
    .filter((entry) => entry.protocol === '-1' || entry.protocol === protocol || entry.protocol === numbers[protocol])
    .filter((entry) => entry.protocol === '-1' || hasPort(entry))
    .toSorted((a, b) => a.number - b.number)
    .flatMap((entry) => {
      const read = readAddresses(entry.cidr);
      if (read?.family !== family) return [];
      return [{ name: `${acl} ${entry.number}`, verdict: entry.allows, sources: read.set, entry }];
    });
}

function holdsPort(from: number | undefined, to: number | undefined, first: number, last: number): boolean {
  return from === undefined || (from <= first && last <= (to ?? from));
}

function meetsPorts(from: number | undefined, to: number | undefined, first: number, last: number): boolean {
  return from === undefined || (from <= last && first <= (to ?? from));
}
