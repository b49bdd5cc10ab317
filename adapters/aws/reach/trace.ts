import type { TraceStep } from '../../../src/core/machine/trace.ts';
import { addressesIn, everyAddress, readAddresses } from '../../../src/core/packet/addresses.ts';
import type { Answered } from '../../../src/core/packet/answers.ts';
import { intersection, isWithin } from '../../../src/core/packet/ranges.ts';
import type { Port } from '../../../src/core/rule/port.ts';
import { answersOut, passesIn } from './acl.ts';
import { diverted } from './evaluate.ts';
import { prepareGroups } from './groups.ts';
import type { IngressRule, InstanceAddress, InstanceInterface, WayToInstance } from './model.ts';
import { answersBy } from './routes.ts';
import { rulesById } from './ways-in.ts';

const ACL = 'An entry of that network ACL has to allow it; Drawbridge changes none.';
const EXCLUSION = 'An exclusion for its subnet has to allow both directions; Drawbridge makes none.';
const REQUEST = 'An approved request opens a group of Drawbridge on it, if the port is protected.';
const ROUTE = 'A route of its subnet has to lead back; Drawbridge changes no routes.';

/** What keeps packets from the Internet off an address before anything of its subnet is met, or may. */
export function gatewaySteps(nic: InstanceInterface, { address, family }: InstanceAddress): readonly TraceStep[] {
  const { id, publicAccess, deniesGateway } = nic;
  const told = (at: string, because: string): TraceStep => ({ at, passing: 'unknown', because });
  const stopped = (at: string, because: string, remedy: string): TraceStep => {
    return { at, passing: 'stopped', because, remedy };
  };
  const six = family === 'ipv6' ? deniesGateway : { is: false };
  return [
    ...('unknown' in publicAccess ? [told('Internet gateway', `nobody can tell ${publicAccess.unknown}`)] : []),
    ...('is' in publicAccess && publicAccess.is === 'noGateway'
      ? [stopped('Internet gateway', 'its VPC has none', 'One has to be attached; Drawbridge attaches none.')]
      : []),
    ...('is' in publicAccess && publicAccess.is === 'blocked'
      ? [stopped('VPC Block Public Access', 'it keeps the Internet out', EXCLUSION)]
      : []),
    ...('unknown' in six ? [told(`network interface ${id}`, `nobody can tell ${six.unknown}`)] : []),
    ...('is' in six && six.is
      ? [stopped(`network interface ${id}`, 'it is shut to the Internet', 'Connect over a private network.')]
      : []),
    ...diverted(nic, address).map((because) => told('Internet gateway', `nobody can tell ${because}`)),
  ];
}

/** The security groups of an interface: one rule of any of them is enough. */
export function groupStep(
  nic: InstanceInterface,
  { port, source }: { readonly port: Port; readonly source: string },
  kind: WayToInstance['kind'],
): TraceStep {
  const names = nic.groups.map((group) => ('is' in group ? group.is.name : group.unknown));
  const at = `security ${names.length === 1 ? 'group' : 'groups'} ${names.join(', ')}`;
  const wanted = readAddresses(source) ?? { family: 'ipv4', set: [] };
  const groups = prepareGroups(nic.groups, wanted.family, port, kind === 'network');
  const rules = rulesById(nic);
  const ruleText = (name = '') => {
    const found = rules.get(name);
    return found ? `rule ${name} of ${found.group}, from ${sourceName(found.rule.source)},` : name;
  };
  const through = groups.admits(new Map()).find(({ sources }) => isWithin(wanted.set, sources));
  if (through) return { at, passing: 'passes', because: `${ruleText(through.through[0])} allows it` };
  const assumed = groups.admits(new Map(groups.unknowns.map((unknown) => [unknown, true])));
  const perhaps = assumed.find(({ sources }) => intersection(wanted.set, sources).length > 0);
  if (perhaps) return { at, passing: 'unknown', because: `${ruleText(perhaps.through[0])} may allow it` };
  return { at, passing: 'stopped', because: 'no rule allows it', remedy: REQUEST };
}

function sourceName(source: IngressRule['source']): string {
  if ('cidr' in source) return source.cidr;
  return 'prefixList' in source ? source.prefixList : source.group;
}

/** What a packet from a source meets at the subnet: its network ACL on the way in, and on the way back ACL and routes. */
export function subnetSteps(
  { acl, routes, subnet, isSubnetUnread }: InstanceInterface,
  { port, source }: { readonly port: Port; readonly source: string },
  kind: WayToInstance['kind'],
): readonly TraceStep[] {
  const wanted = readAddresses(source);
  if (!wanted) return [];
  const { family, set } = wanted;
  const all = everyAddress(family);
  const way = backStep(
    'routes of its subnet',
    'is' in routes ? answersBy(routes.is, kind, family, set) : routes.unknown,
    ROUTE,
  );
  // Between two interfaces of one subnet no ACL is asked ("Network ACLs").
  const isNear = isSubnetUnread !== true && isWithin(set, addressesIn(subnet, family).set);
  if (isNear && kind === 'network') return way;
  if ('unknown' in acl)
    return [{ at: 'network ACL', passing: 'unknown', because: `${acl.unknown} could not be read` }, ...way];
  const at = `network ACL ${acl.is.id}`;
  const passed = intersection(set, passesIn(acl.is, family, port, all));
  const inward: TraceStep = isWithin(set, passed)
    ? { at, passing: 'passes', because: 'its entries let it in' }
    : passed.length > 0
      ? { at, passing: 'unknown', because: 'its entries let in a part of these addresses' }
      : { at, passing: 'stopped', because: 'its entries do not let it in', remedy: ACL };
  return [inward, ...backStep(at, answersOut(acl.is, family, port, set), ACL), ...way];
}

/** Of the way back only what is in the way is told. */
function backStep(at: string, answered: readonly Answered[] | string, remedy: string): readonly TraceStep[] {
  if (typeof answered === 'string') return [{ at, passing: 'unknown', because: `${answered} could not be read` }];
  return answered
    .filter(({ back }) => back !== 'yes')
    .slice(0, 1)
    .map(({ back, because = 'answers do not get back' }) =>
      back === 'no' ? { at, passing: 'stopped', because, remedy } : { at, passing: 'unknown', because },
    );
}
