import { everyAddress, type Family, readAddresses } from '../../../src/core/packet/addresses.ts';
import type { Admitted } from '../../../src/core/packet/filter.ts';
import {
  type Assumption,
  type KnownSet,
  known,
  knownUnion,
  NOTHING,
  type Unknown,
  unclear,
  under,
  unknownsOf,
} from '../../../src/core/packet/known.ts';
import type { OrUnknown } from '../../../src/core/packet/read.ts';
import type { Port } from '../../../src/core/rule/port.ts';
import type { IngressGroup, IngressRule } from './model.ts';

/** The security groups of an interface, ready to be asked: one rule that admits is enough. */
export interface PreparedGroups {
  readonly unknowns: readonly Unknown[];
  admits(assumption: Assumption): readonly Admitted[];
}

/** `keepsGroups`: does the way show the instance whose interface a packet comes from? A public address never does. */
export function prepareGroups(
  groups: readonly OrUnknown<IngressGroup>[],
  family: Family,
  port: Port,
  keepsGroups: boolean,
): PreparedGroups {
  const rules = groups.flatMap((group): readonly { readonly name: string; readonly sources: KnownSet }[] => {
    if ('unknown' in group) return [{ name: group.unknown, sources: unclear(group.unknown, everyAddress(family)) }];
    return group.is.rules
      .filter((rule) => takes(rule, port))
      .map((rule) => ({ name: rule.id, sources: sourcesOf(rule, family, keepsGroups) }));
  });
  return {
    unknowns: unknownsOf(rules.map(({ sources }) => sources)),
    // Every rule that lets somebody in is told, also where another does: who closes one has to know the others.
    admits: (assumption) =>
      rules.flatMap(({ name, sources }): readonly Admitted[] => {
        const admitted = under(sources, assumption);
        return admitted.length > 0 ? [{ sources: admitted, through: [name] }] : [];
      }),
  };
}

/** Any protocol but these four opens all ports, whatever ports it names ("Security group rules", AuthorizeSecurityGroupIngress). */
const WITH_PORTS: ReadonlyMap<string, string> = new Map([
  ['tcp', 'tcp'],
  ['6', 'tcp'],
  ['udp', 'udp'],
  ['17', 'udp'],
]);

/** NB. The destination is no part of a rule: it holds for every address of the interface. */
export function takes({ protocol, from, to }: Pick<IngressRule, 'protocol' | 'from' | 'to'>, port: Port): boolean {
  if (protocol === '-1') return true;
  if (WITH_PORTS.get(protocol.toLowerCase()) !== port.protocol) return false;
  return from === undefined || from === -1 || (from <= port.number && port.number <= (to ?? from));
}

function sourcesOf({ source }: IngressRule, family: Family, keepsGroups: boolean): KnownSet {
  if ('cidr' in source) return cidrSet(source.cidr, family);
  if ('prefixList' in source) {
    return 'is' in source.entries
      ? knownUnion(source.entries.is.map((cidr) => cidrSet(cidr, family)))
      : unclear(source.entries.unknown, everyAddress(family));
  }
  if (!keepsGroups) return NOTHING;
  return 'is' in source.members
    ? knownUnion(source.members.is.map((address) => cidrSet(address, family)))
    : // A member's private address can be in a public range: every IPv6 address of a VPC is.
      unclear(source.members.unknown, everyAddress(family));
}

function cidrSet(text: string, family: Family): KnownSet {
  const read = readAddresses(text);
  if (!read) return unclear(`which addresses ${text} are`, everyAddress(family));
  return read.family === family ? known(read.set) : NOTHING;
}
