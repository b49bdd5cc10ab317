import type {
  AzureRoute,
  FirewallInPath,
  Forwarding,
  InterfaceAddress,
  NetworkInterfaceFacts,
  SecurityGroup,
  Surroundings,
} from '../../adapters/azure/reach/model.ts';
import type { OrUnknown } from '../../src/core/packet/read.ts';
import type { Asked, AzureTruth } from './azure-oracle.ts';
import { ASGS, FRONTEND, groupRules, managers } from './azure-rules.ts';
import { azureUnknowns, plainTruth } from './azure-unknowns.ts';
import { firewalls } from './azure-walls.ts';
import { type Dice, diceOf, truthsOf } from './dice.ts';

/** A machine as it could be read, and all that may be true of it. */
export interface AzureWorld {
  readonly view: NetworkInterfaceFacts;
  readonly walls: readonly FirewallInPath[];
  readonly asked: Asked;
  readonly truths: readonly AzureTruth[];
  /** Are these all the truths that there may be? */
  readonly isComplete: boolean;
  /** Is anything unknown, or decided by nothing that is written down? */
  readonly isKnown: boolean;
}

const MOST_TRUTHS = 32;

export function azureWorld(tape: Uint8Array): AzureWorld {
  const dice = diceOf(tape);
  const asked = dice.pick<Asked>([
    { number: 22, protocol: 'tcp' },
    { number: 22, protocol: 'tcp' },
    { number: 3389, protocol: 'tcp' },
    { number: 22, protocol: 'udp' },
  ]);
  return azureWorldOf(anyView(dice), firewalls(dice), asked);
}

export function azureWorldOf(view: NetworkInterfaceFacts, walls: readonly FirewallInPath[], asked: Asked): AzureWorld {
  const unknowns = azureUnknowns(view, walls, asked);
  const { truths, isComplete } = truthsOf(plainTruth(view, walls), unknowns, MOST_TRUTHS);
  return { view, walls, asked, truths, isComplete, isKnown: unknowns.length === 0 };
}

function anyView(dice: Dice): NetworkInterfaceFacts {
  const group = (name: string): OrUnknown<SecurityGroup> =>
    dice.once(25)
      ? { unknown: `the network security group ${name}, which may not be read` }
      : { is: { id: `/nsg/${name}`, name, rules: groupRules(dice, name) } };
  const own = group('own');
  const where = dice.pick(['own', 'subnet', 'both', 'none', 'same']);
  const subnet = where === 'same' ? own : group('subnet');
  return {
    id: '/nic/web',
    addresses: addresses(dice),
    ...(where === 'subnet' || where === 'both' || where === 'same' ? { subnetGroup: subnet } : {}),
    ...(where === 'own' || where === 'both' || where === 'same' ? { ownGroup: own } : {}),
    admin: dice.once(30) ? { unknown: 'the admin rules' } : { is: managers(dice) },
    around: surroundings(dice),
  };
}

function addresses(dice: Dice): readonly InterfaceAddress[] {
  const groups = () => dice.some(2, () => dice.pick(ASGS.slice(0, 2)));
  const sku = () => dice.pick(['standard', 'standard', 'basic'] as const);
  const forwarded = (family: 'ipv4' | 'ipv6') =>
    dice.some(2, (i): Forwarding => {
      const isPublic = dice.once(2);
      const backendPort = dice.pick([22, 3389, 0]);
      return {
        name: `lb ${family} ${i}`,
        protocol: dice.pick(['tcp', 'tcp', 'udp', '*']),
        frontend: {
          address: isPublic ? FRONTEND[family] : { ipv4: '10.0.0.100', ipv6: 'fd00:a::100' }[family],
          isPublic,
        },
        frontendPort: backendPort === 0 ? 0 : dice.pick([backendPort, 50_001]),
        backendPort,
        floating: dice.once(2),
        sku: sku(),
        ...(dice.once(9) ? { doubt: 'what the appliances let through' } : {}),
      };
    });
  const address = (text: string) => ({
    address: text,
    sku: sku(),
    ...(dice.once(12) ? { doubt: 'what the appliances let through' } : {}),
  });
  const first: InterfaceAddress = {
    address: dice.once(8) ? '10.0.0.0/29' : '10.0.0.4',
    family: 'ipv4',
    groups: groups(),
    ...(dice.once(4) ? {} : { publicAddress: address('203.0.113.4') }),
    forwarded: forwarded('ipv4'),
    ...(dice.once(15) ? { mayLead: ['a load balancer that was not read'] } : {}),
  };
  const second: InterfaceAddress = { ...first, address: '10.0.0.5', groups: groups(), forwarded: [] };
  const sixth: InterfaceAddress = {
    address: 'fd00:a::4',
    family: 'ipv6',
    groups: groups(),
    ...(dice.once(4) ? {} : { publicAddress: { address: '2001:db8:2::4', sku: 'standard' } }),
    forwarded: forwarded('ipv6'),
  };
  return [first, ...(dice.once(4) ? [second] : []), ...(dice.once(2) ? [sixth] : [])];
}

const HOPS: readonly Omit<AzureRoute, 'name' | 'prefix'>[] = [
  { nextHop: 'VirtualAppliance', nextHopAddress: '10.0.3.4', origin: 'user' },
  { nextHop: 'VirtualAppliance', nextHopAddress: '192.0.2.4', origin: 'user' },
  { nextHop: 'VirtualAppliance', nextHopAddress: 'fd00:a::3:4', origin: 'user' },
  { nextHop: 'None', origin: 'user' },
  { nextHop: 'Internet', origin: 'user' },
  { nextHop: 'VirtualNetworkGateway', origin: 'user' },
  { nextHop: 'VirtualNetworkGateway', origin: 'gateway' },
  { nextHop: 'VirtualHub', origin: 'gateway' },
];
const DESTINATIONS = [
  '192.168.0.0/16',
  '0.0.0.0/0',
  '198.51.100.0/24',
  '0.0.0.0/1',
  '128.0.0.0/1',
  '::/0',
  '2001:db8:1::/48',
  'Storage',
];

function surroundings(dice: Dice): Surroundings {
  const route = (i: number): AzureRoute => {
    const hop = dice.pick(HOPS);
    // An appliance is of the family of the prefix (Azure refuses others).
    const own = hop.nextHopAddress === undefined ? DESTINATIONS : DESTINATIONS.filter((one) => !one.includes(':'));
    const prefix = dice.pick(hop.origin === 'gateway' ? DESTINATIONS.slice(0, 3) : own);
    const isSixth = hop.nextHopAddress?.includes(':') === true;
    if (isSixth) return { ...hop, name: `route ${i}`, prefix: dice.pick(['2001:db8:1::/48', '::/0']) };
    return { ...hop, name: `route ${i}`, prefix };
  };
  const own = ['10.0.0.0/16', 'fd00:a::/48', ...(dice.once(10) ? ['198.51.100.0/26'] : [])];
  const peers = [['10.1.0.0/16', '10.9.0.0/16'], [], ['10.1.0.0/16', 'fd00:b::/48', '10.9.0.0/16'], ['20.0.0.0/12']];
  const platform: (readonly [string, readonly string[]])[] = [];
  if (dice.once(5)) platform.push(['virtualnetwork', [...own, ...dice.pick([['10.1.0.0/16'], ['0.0.0.0/0']])]]);
  if (dice.once(2))
    platform.push([
      'internet',
      dice.pick([['16.0.0.0/4', '128.0.0.0/3', '192.0.0.0/9', '196.0.0.0/6'], ['16.0.0.0/5']]),
    ]);
  if (dice.once(2)) platform.push(['azurecloud', ['20.0.0.0/8', '2001:db8:1::/56']]);
  if (dice.once(2)) platform.push(['storage', ['20.1.0.0/16', '198.51.100.128/25']]);
  return {
    own,
    connected: dice.once(30) ? { unknown: 'the peered networks' } : { is: dice.pick(peers) },
    learns: dice.once(10),
    routes: dice.once(30)
      ? { unknown: 'the route table' }
      : { is: dice.once(3) ? [route(0), ...dice.some(1, (i) => route(i + 1))] : [] },
    tags: new Map(platform),
    members: new Map<string, OrUnknown<readonly string[]>>([
      ['/asg/ops', { is: ['10.0.2.2', '10.0.2.3', 'fd00:a::22'] }],
      ['/asg/web', { is: ['10.0.0.4', '10.0.2.3'] }],
      ['/asg/none', { is: [] }],
      ['/asg/unread', { unknown: 'who is in the application security group unread' }],
    ]),
  };
}
