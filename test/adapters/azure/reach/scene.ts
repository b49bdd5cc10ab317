import { evaluate, waysInto } from '../../../../adapters/azure/reach/evaluate.ts';
import type {
  AzureRoute,
  InterfaceAddress,
  ManagerRules,
  NetworkInterfaceFacts,
  SecurityGroup,
  TrafficRule,
} from '../../../../adapters/azure/reach/model.ts';
import { addressNumber } from '../../../../src/core/packet/addresses.ts';
import { holds } from '../../../../src/core/packet/ranges.ts';

/** One interface with its groups and ways, for the vectors; and what is said of a source there. */

export const rule = (text: string, more: Partial<TrafficRule> = {}): TrafficRule => {
  const [, priority = '', access = '', source = '', destination = '', port = ''] =
    /^(\d+) (\w+) (\S+)→(\S+) (\S+)$/.exec(text) ?? [];
  return {
    name: text,
    priority: Number(priority),
    access: access as TrafficRule['access'],
    protocol: '*',
    sources: [source],
    sourceGroups: [],
    sourcePorts: ['*'],
    destinations: [destination],
    destinationGroups: [],
    ports: [port],
    isInForce: true,
    ...more,
  };
};

const DEFAULTS = [
  rule('65000 allow VirtualNetwork→VirtualNetwork *'),
  rule('65001 allow AzureLoadBalancer→* *'),
  rule('65500 deny *→* *'),
];

export const group = (name: string, ...rules: readonly TrafficRule[]): { readonly is: SecurityGroup } => ({
  is: { id: `/nsg/${name}`, name, rules: [...rules, ...DEFAULTS] },
});

export interface Scene {
  readonly subnetGroup?: NetworkInterfaceFacts['subnetGroup'];
  readonly ownGroup?: NetworkInterfaceFacts['ownGroup'];
  readonly admin?: NetworkInterfaceFacts['admin'];
  readonly routes?: readonly AzureRoute[];
  readonly address?: Partial<InterfaceAddress>;
  readonly tags?: ReadonlyMap<string, readonly string[]>;
}

export function facts({
  subnetGroup,
  ownGroup,
  admin = { is: [] },
  routes = [],
  address,
  tags,
}: Scene): NetworkInterfaceFacts {
  return {
    id: '/nic/web',
    addresses: [
      { address: '10.0.0.4', family: 'ipv4', groups: [], forwarded: [], publicAddress: PUBLIC, ...address },
      { address: 'fd00:a::4', family: 'ipv6', groups: [], forwarded: [], publicAddress: PUBLIC_V6 },
    ],
    ...(subnetGroup ? { subnetGroup } : {}),
    ...(ownGroup ? { ownGroup } : {}),
    admin,
    around: {
      own: ['10.0.0.0/16', 'fd00:a::/48'],
      connected: { is: ['10.1.0.0/16', '10.9.0.0/16'] },
      learns: false,
      routes: { is: routes },
      tags: tags ?? new Map(),
      members: new Map(),
    },
  };
}

const PUBLIC = { address: '203.0.113.4', sku: 'standard' } as const;
const PUBLIC_V6 = { address: '2001:db8::4', sku: 'standard' } as const;
export const manager = (
  ...collections: readonly (readonly TrafficRule[])[]
): { readonly is: readonly ManagerRules[] } => ({
  is: [{ manager: 'avnm', collections: collections.map((rules, i) => ({ name: `c${i}`, rules })) }],
});

/** `open`, `closed` or `cannot tell` for one source by one kind of way. */
export function said(scene: Scene, source: string, port = 22, kind?: string): string {
  const nic = facts(scene);
  const from = addressNumber(source);
  if (!from) throw new Error(source);
  const isInside = /^(?:10\.|fd)/.test(source);
  const wanted = kind ?? (isInside ? 'network' : 'publicAddress');
  const asked = { number: port, protocol: 'tcp' } as const;
  const [way] = waysInto(nic, asked).filter((one) => one.kind === wanted && one.family === from.family);
  if (!way) throw new Error(`no way ${wanted}`);
  const verdict = evaluate(nic, way, asked);
  const through = verdict.open.find(({ sources }) => holds(sources, from.value));
  if (through) return `open: ${through.through.join(', ')}`;
  const cause = verdict.unclear.find(({ sources }) => holds(sources, from.value));
  return cause ? `cannot tell: ${cause.because.join(', ')}` : 'closed';
}
