import { createHash } from 'node:crypto';
import { canonicalCidr } from './cidr.ts';
import { putGroup } from './groups.ts';
import type { AclEntry, Instance, Interface, Peer, Route, Subnet, Tags, Vpc } from './model.ts';
import { newId, type Region, uniqueName } from './region.ts';

/** A rule of a machine that is set up, or that a person adds by hand: it lets in, unless told. */
export interface RuleSpec {
  readonly egress?: boolean;
  /** `tcp` unless told; `-1` for everything. */
  readonly protocol?: string;
  /** One port, or the first of a range; -1 or absent for none. */
  readonly port?: number;
  readonly toPort?: number;
  /** CIDR, `sg-…`, `123456789012/sg-…` of another account, or `pl-…`. */
  readonly source: string;
  readonly description?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** `active`, or what became of the connection to the VPC that the group is in. */
  readonly peeringStatus?: string;
}

export interface GroupSpec {
  readonly name: string;
  readonly rules?: readonly RuleSpec[];
}

export interface InterfaceSpec {
  readonly privateIp: string;
  /** An Elastic IP address; only the first interface gets an address of its own at launch. */
  readonly publicIp?: string;
  readonly ipv6?: readonly string[];
  readonly groups: readonly GroupSpec[];
  /** `efa-only` has no address of its own ("Elastic Fabric Adapter for AI/ML and HPC workloads on Amazon EC2"). */
  readonly type?: string;
  /** Of a network card other than the first: its first interface has device index 0 as well. */
  readonly card?: number;
}

/** A machine to set up. Machines of one region and VPC share groups of the same name. */
export interface MachineSpec {
  /** Also its `Name` tag; ids are made from it, so they are the same every time. */
  readonly name: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** In 10.1.0.0/16, or in 10.2.0.0/24, which is another VPC; '' for one in the IPv6-only subnet, with `ipv6` in 2001:db8:1:6::/64. */
  readonly privateIp: string;
  readonly publicIp?: string;
  readonly ipv6?: readonly string[];
  /** Of the first interface. */
  readonly groups: readonly GroupSpec[];
  /** More interfaces, each with its address and its groups. */
  readonly moreInterfaces?: readonly InterfaceSpec[];
  /** Where it runs: the first account and region unless told. */
  readonly account?: string;
  readonly region?: string;
}

/** `api-1` serves the public, `batch-1` is private, and `legacy-1` has the group that the launch wizard made. */
export const defaultMachines: readonly MachineSpec[] = [
  {
    name: 'api-1',
    tags: { env: 'prod', team: 'api' },
    privateIp: '10.1.0.10',
    publicIp: '198.51.100.10',
    groups: [{ name: 'api', rules: [{ port: 443, source: '0.0.0.0/0', description: 'public API' }] }],
  },
  {
    name: 'batch-1',
    tags: { env: 'prod', team: 'data' },
    privateIp: '10.1.1.20',
    groups: [{ name: 'batch' }],
  },
  {
    name: 'legacy-1',
    tags: { env: 'prod', team: 'core' },
    privateIp: '10.1.0.30',
    publicIp: '198.51.100.30',
    groups: [{ name: 'launch-wizard-1', rules: [{ port: 22, source: '0.0.0.0/0' }] }],
  },
];

/** Many machines, `m-0001` onwards, in one shared group. */
export function largeWorld({ machines }: { readonly machines: number }): MachineSpec[] {
  return Array.from({ length: machines }, (_, i) => ({
    name: `m-${`${i + 1}`.padStart(4, '0')}`,
    tags: { env: 'prod', team: 'fleet' },
    privateIp: `10.1.${Math.floor(i / 250)}.${(i % 250) + 4}`,
    groups: [{ name: 'fleet' }],
  }));
}

/** The same id for the same thing every time. */
const fixedId = (prefix: string, seed: string): string =>
  `${prefix}-0${createHash('sha256').update(`${prefix} ${seed}`).digest('hex').slice(0, 16)}`;

export const toTags = (tags: Readonly<Record<string, string>> = {}): Tags => new Map(Object.entries(tags));

/** The VPC, its two subnets with what is around them, its default group and two prefix lists. */
export function furnish(region: Region, isDefaultVpc: boolean): void {
  const row = rowsOf(region);
  const vpc = { ...row('vpc', 'main'), cidr: '10.1.0.0/16', ipv6Cidr: '2001:db8:1::/56', isDefault: isDefaultVpc };
  region.vpcs.put(vpc);
  const [a, b] = ['a', 'b'].map((zone) => ({ vpcId: vpc.id, zone: `${region.name}${zone}` }));
  if (a) region.subnets.put({ ...row('subnet', 'public'), ...a, cidr: '10.1.0.0/24', ipv6Cidr: '2001:db8:1::/64' });
  if (b) region.subnets.put({ ...row('subnet', 'private'), ...b, cidr: '10.1.1.0/24' });
  furnishAround(region, vpc);
  putGroup(region, {
    id: fixedId('sg', `${region.account}/${region.name}/default`),
    name: 'default',
    description: 'default VPC security group',
    vpcId: vpc.id,
    tags: new Map(),
  });
  region.prefixLists.put({
    ...row('pl', 'office'),
    name: 'office',
    family: 'IPv4',
    ownerId: region.account,
    maxEntries: 5,
    entries: [{ cidr: '192.0.2.0/24', description: 'head office' }],
  });
  region.prefixLists.put({
    ...row('pl', 's3'),
    tags: new Map(),
    name: `com.amazonaws.${region.name}.s3`,
    family: 'IPv4',
    ownerId: 'AWS',
    maxEntries: 1,
    entries: [{ cidr: '198.18.0.0/24' }],
  });
}

/** What a new VPC with an Internet gateway has: a network ACL that lets everything through, and the main route table. */
function furnishAround(region: Region, { id: vpcId, cidr, ipv6Cidr }: Vpc): void {
  const row = rowsOf(region);
  const subnetIds = [...region.subnets.all()].filter((one) => one.vpcId === vpcId).map(({ id }) => id);
  const allow = (number: number, to: string) =>
    [false, true].map((egress): AclEntry => ({ number, egress, action: 'allow', protocol: '-1', cidr: to }));
  const entries = [...allow(100, '0.0.0.0/0'), ...(ipv6Cidr ? allow(101, '::/0') : [])];
  region.acls.put({ ...row('acl', `default ${vpcId}`), tags: new Map(), vpcId, isDefault: true, subnetIds, entries });
  const gateway = fixedId('igw', vpcId);
  region.gateways.put({ id: gateway, seq: region.nextSeq(), tags: new Map(), vpcId });
  const routes: readonly Route[] = [
    { destination: cidr, target: 'local' },
    { destination: '0.0.0.0/0', target: gateway },
    ...(ipv6Cidr
      ? [
          { destination: ipv6Cidr, target: 'local' },
          { destination: '::/0', target: gateway },
        ]
      : []),
  ];
  region.routeTables.put({
    ...row('rtb', `main ${vpcId}`),
    tags: new Map(),
    vpcId,
    isMain: true,
    subnetIds: [],
    routes,
  });
}

function rowsOf(region: Region) {
  return (prefix: string, name: string) => ({
    id: fixedId(prefix, `${region.account}/${region.name}/${name}`),
    seq: region.nextSeq(),
    tags: toTags({ Name: name }),
  });
}

/** Another VPC, once a machine is to be in it. */
function furnishOther(region: Region, privateIp: string): void {
  if (!privateIp.startsWith('10.2.0.') || [...region.vpcs.all()].length > 1) return;
  const row = rowsOf(region);
  const other = { ...row('vpc', 'other'), cidr: '10.2.0.0/16', isDefault: false };
  region.vpcs.put(other);
  region.subnets.put({ ...row('subnet', 'other'), vpcId: other.id, cidr: '10.2.0.0/24', zone: `${region.name}a` });
  furnishAround(region, other);
}

/** The IPv6-only subnet of the VPC, once a machine is to be in it ("IPv6-only subnets": no IPv4 block, `ipv6Native`). */
function furnishNative(region: Region, { privateIp, ipv6 = [] }: MachineSpec): Subnet | undefined {
  if (privateIp !== '' || ipv6.length === 0) return undefined;
  const [first] = [...region.subnets.all()];
  const present = [...region.subnets.all()].find(({ cidr }) => cidr === '');
  if (present || !first) return present;
  const { vpcId, zone } = first;
  const made = { ...rowsOf(region)('subnet', 'native'), vpcId, zone, cidr: '', ipv6Cidr: '2001:db8:1:6::/64' };
  region.subnets.put(made);
  for (const acl of region.acls.all())
    if (acl.vpcId === vpcId && acl.isDefault) region.acls.put({ ...acl, subnetIds: [...acl.subnetIds, made.id] });
  return made;
}

function toPeer({ source, peeringStatus }: RuleSpec): Peer {
  const [, account, group] = /^(?:(\d{12})\/)?(sg-.+)$/.exec(source) ?? [];
  if (group !== undefined)
    return {
      kind: 'group',
      value: group,
      ...(account === undefined ? {} : { account }),
      ...(peeringStatus === undefined ? {} : { peeringStatus }),
    };
  if (source.startsWith('pl-')) return { kind: 'prefixList', value: source };
  const kind = source.includes(':') ? 'ipv6' : 'ipv4';
  return { kind, value: canonicalCidr(source, kind) };
}

/** Adds a rule as a person in the console would; gives its id. */
export function putRule(region: Region, groupId: string, spec: RuleSpec): string {
  const id = newId('sgr');
  region.rules.put({
    id,
    seq: region.nextSeq(),
    tags: toTags(spec.tags),
    groupId,
    egress: spec.egress ?? false,
    protocol: spec.protocol ?? 'tcp',
    fromPort: spec.port ?? -1,
    toPort: spec.toPort ?? spec.port ?? -1,
    peer: toPeer(spec),
    description: spec.description,
  });
  return id;
}

function ensureGroup(region: Region, vpcId: string, spec: GroupSpec): string {
  const present = region.groups.by('unique', uniqueName(vpcId, spec.name))[0];
  if (present) return present.id;
  const { id } = putGroup(region, {
    id: fixedId('sg', `${region.account}/${region.name}/${spec.name}`),
    name: spec.name,
    description: spec.name,
    vpcId,
    tags: new Map(),
  });
  for (const rule of spec.rules ?? []) putRule(region, id, rule);
  return id;
}

/** Starts a machine in a furnished region; gives its instance id. */
export function launch(region: Region, spec: MachineSpec, nowMs: number): string {
  const seed = `${region.account}/${region.name}/${spec.name}`;
  furnishOther(region, spec.privateIp);
  const subnets = [...region.subnets.all()];
  const isIn = ({ cidr }: Subnet) => cidr !== '' && spec.privateIp.startsWith(cidr.slice(0, cidr.lastIndexOf('.') + 1));
  const subnet = furnishNative(region, spec) ?? subnets.find(isIn) ?? subnets[0];
  if (!subnet) throw new Error(`Region ${region.name} has no subnet`);
  const instance: Instance = {
    id: fixedId('i', seed),
    seq: region.nextSeq(),
    tags: toTags({ Name: spec.name, ...spec.tags }),
    reservationId: fixedId('r', seed),
    state: 'running',
    subnetId: subnet.id,
    vpcId: subnet.vpcId,
    launchedMs: nowMs,
    wantsPublicIp: spec.publicIp !== undefined,
  };
  if (region.instances.get(instance.id)) throw new Error(`There is a machine ${spec.name} already`);
  region.instances.put(instance);
  const [first, ...more] = [spec, ...(spec.moreInterfaces ?? [])];
  for (const [index, one] of [first, ...more].entries()) {
    const { card = 0, type }: Partial<InterfaceSpec> = one === spec ? {} : one;
    const deviceIndex = card === 0 ? index : 0;
    const made: Interface = {
      ...(type === undefined ? {} : { type }),
      card,
      id: fixedId('eni', `${seed}/${index}`),
      seq: region.nextSeq(),
      tags: new Map(),
      instanceId: instance.id,
      deviceIndex,
      attachmentId: fixedId('eni-attach', `${seed}/${index}`),
      attachedMs: nowMs,
      subnetId: subnet.id,
      vpcId: subnet.vpcId,
      privateIp: one.privateIp,
      publicIp: one.publicIp,
      ipv6: one.ipv6 ?? [],
      groups: one.groups.map((group) => ensureGroup(region, subnet.vpcId, group)),
      description: '',
      requesterManaged: false,
      sourceDestCheck: true,
    };
    region.interfaces.put(made);
  }
  return instance.id;
}
