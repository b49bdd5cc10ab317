import type { MachineAddress } from '../../src/core/machine/address.ts';
import type { Port } from '../../src/core/rule/port.ts';
import { familyOf } from '../../src/core/rule/source.ts';
import { armIds, partsOf } from './arm/ids.ts';
import type { Nic, NicAddress, Vm } from './arm/machine.ts';
import type { Firewalls } from './firewall/in-front.ts';
import { leadingTo } from './reach/forwardings.ts';
import { type Fronts, NO_FRONTS } from './reach/fronts.ts';
import type { Forwarding } from './reach/model.ts';
import type { Networks } from './reach/networks.ts';

/**
 * Where people connect to a machine: its private and public addresses, and what load balancers lead to it alone. Behind a firewall
 * only the private ones: answers to others would leave through it. Without a group or firewall before an address nothing can be
 * opened at it.
 */
export function addressesOf({ nics }: Vm, firewalls: Firewalls, networks: Networks): readonly MachineAddress[] {
  return nics.flatMap((nic) =>
    nic.configurations.flatMap((one) => {
      const isBehind = familyOf(one.address) === 'ipv4' && firewalls.has(nic.id);
      const own = { address: one.address, isPublic: false, isServed: nic.groups.length > 0 || isBehind };
      return isBehind ? [own] : [own, ...frontsOf(nic, one, networks.get(one.subnet)?.fronts ?? NO_FRONTS)];
    }),
  );
}

/** Public addresses that could not be read, as it is said to who asks. */
export function unreadAddresses({ nics }: Vm, networks: Networks): readonly string[] {
  const unread = nics.flatMap(({ configurations }) =>
    configurations.flatMap(({ publicAddress, subnet }) =>
      publicAddress === undefined || networks.get(subnet)?.fronts.addresses.has(publicAddress) ? [] : [publicAddress],
    ),
  );
  return armIds(unread).map(
    (id) =>
      `The public address ${partsOf(id).name} could not be read: Drawbridge cannot say that people connect to it.`,
  );
}

function frontsOf({ groups }: Nic, one: NicAddress, fronts: Fronts): readonly MachineAddress[] {
  const isServed = groups.length > 0;
  const address = fronts.addresses.get(one.publicAddress ?? '');
  return [
    ...(address === undefined ? [] : [{ address, isPublic: true, isServed }]),
    ...leadingTo(one, fronts).forwarded.flatMap((rule) => ledBy(rule, isServed)),
  ];
}

/** NB. A rule for the machine's own address lets in nothing that comes with a floating IP. */
function ledBy(rule: Forwarding, isServed: boolean): readonly MachineAddress[] {
  const { frontend, frontendPort, lastFrontendPort, backendPort, protocol } = rule;
  if (rule.isShared || rule.floating || backendPort === 0 || rule.doubt !== undefined) return [];
  const host = frontend.address.includes(':') ? `[${frontend.address}]` : frontend.address;
  const at =
    lastFrontendPort === undefined
      ? `${host}:${frontendPort}`
      : `${host}, one of the ports ${frontendPort} to ${lastFrontendPort}`;
  const protocols: readonly Port['protocol'][] = protocol === '*' ? ['tcp', 'udp'] : [protocol];
  const leads = protocols.map((one) => ({ to: { number: backendPort, protocol: one }, at }));
  return [{ address: frontend.address, isPublic: frontend.isPublic, isServed, leads }];
}
