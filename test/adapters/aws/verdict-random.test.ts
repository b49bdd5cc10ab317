import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import type { MachineSpec } from '../../../simulators/aws/index.ts';
import { addressText, readAddresses } from '../../../src/core/packet/addresses.ts';
import { never } from '../../conformance/cloud-steps.ts';
import { often } from '../../setup/lane.ts';
import { type AwsHarness, awsHarness } from './harness.ts';

let aws: AwsHarness;
afterEach(() => aws.stop());

/** One of both families with public addresses, a private one, and one with an interface in each subnet. */
const machines: readonly MachineSpec[] = [
  { name: 'api-1', privateIp: '10.1.0.10', groups: [{ name: 'api' }] },
  { name: 'legacy-1', privateIp: '10.1.0.11', groups: [{ name: 'api' }] },
  {
    name: 'open-1',
    privateIp: '10.1.0.60',
    publicIp: '198.51.100.60',
    ipv6: ['2001:db8:1::60'],
    groups: [{ name: 'open' }],
  },
  { name: 'inner-1', privateIp: '10.1.1.60', groups: [{ name: 'open' }] },
  {
    name: 'both-1',
    privateIp: '10.1.1.61',
    groups: [{ name: 'lonely' }],
    moreInterfaces: [
      { privateIp: '10.1.0.61', publicIp: '198.51.100.61', groups: [{ name: 'open' }, { name: 'api' }] },
    ],
  },
];

/** All prefixes of all worlds: one address of each side of each of their ends stands for all that are treated alike. */
const PREFIXES = [
  '0.0.0.0/0',
  '0.0.0.0/1',
  '128.0.0.0/1',
  '10.0.0.0/8',
  '10.1.0.0/24',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '203.0.113.0/24',
  '198.51.100.77/32',
  '192.0.2.0/25',
  '::/0',
  '2001:db8::/32',
  '2001:db8:9::/48',
  'fd00:c::/48',
];
const NETWORKS = ['10.1.0.0/16', '10.1.1.0/24', '2001:db8:1::/56', '2001:db8:1::/64', '2000::/3', 'fc00::/7'];
const OTHERS = machines.flatMap(({ privateIp, moreInterfaces = [] }) => [
  privateIp,
  ...moreInterfaces.map((one) => one.privateIp),
]);
/** Nothing comes from these. */
const NOBODY = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '100.64.0.0/10', '224.0.0.0/3'];

const SOURCES = [
  ...new Set(
    [...PREFIXES, ...NETWORKS, ...OTHERS].flatMap((prefix) => {
      const read = readAddresses(prefix);
      if (!read) throw new Error(prefix);
      const last = read.family === 'ipv4' ? 0xffff_ffffn : (1n << 128n) - 1n;
      return read.set
        .flatMap((range) => [range.first, range.first - 1n, range.last, range.last + 1n])
        .filter((value) => value >= 0n && value <= last && isSomebody(value, read.family))
        .map((value) => addressText(value, read.family));
    }),
  ),
];

function isSomebody(value: bigint, family: 'ipv4' | 'ipv6'): boolean {
  const among = (prefixes: readonly string[]) =>
    prefixes.some((prefix) => readAddresses(prefix)?.set.some(({ first, last }) => first <= value && value <= last));
  return family === 'ipv4' ? !among(NOBODY) : among(['2000::/3', 'fc00::/7']);
}

const LISTED = ['192.0.2.0/25', '203.0.113.0/24'];
const prefix = fc.constantFrom(...PREFIXES);
const anyRule = fc.record({
  protocol: fc.constantFrom('tcp', 'tcp', 'tcp', '-1', 'udp'),
  ports: fc.constantFrom<readonly [number, number]>([22, 22], [22, 22], [20, 25], [443, 443]),
  source: fc.oneof(
    { weight: 4, arbitrary: prefix },
    { weight: 1, arbitrary: fc.constantFrom('list', 'empty list') },
    { weight: 1, arbitrary: fc.constantFrom('api', 'open', 'lonely', 'stale', 'of another account') },
  ),
});
const anyEntry = fc.record({
  action: fc.constantFrom<'allow' | 'deny'>('allow', 'deny'),
  protocol: fc.constantFrom('6', '6', '-1', '17'),
  cidr: prefix,
  ports: fc.constantFrom<readonly [number, number]>([22, 22], [20, 25], [0, 65_535], [443, 443]),
});
const anyAccess = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  {
    weight: 1,
    arbitrary: fc.record({
      mode: fc.constantFrom<'block-ingress' | 'block-bidirectional'>('block-ingress', 'block-bidirectional'),
      exclusion: fc.constantFrom(undefined, 'allow-egress', 'allow-bidirectional'),
      ofVpc: fc.boolean(),
    }),
  },
);
const CLOUD_WAN = 'arn:aws:networkmanager::123456789012:core-network/core-network-0a';
const anyWorld = fc.record({
  machine: fc.constantFrom('open-1', 'open-1', 'inner-1', 'both-1'),
  rules: fc.array(anyRule, { minLength: 1, maxLength: 3 }),
  entries: fc.option(fc.array(anyEntry, { maxLength: 4 }), { nil: undefined }),
  access: anyAccess,
  back: fc.constantFrom('igw-0a', 'igw-0a', 'igw-0a', 'nat-0a', 'tgw-0a', CLOUD_WAN),
  /** What leads to a network that has public addresses of its own. */
  office: fc.constantFrom(undefined, undefined, 'tgw-0b', 'pcx-0b', 'lgw-0b', 'eni-0b', CLOUD_WAN),
  isAttached: fc.constantFrom(true, true, true, true, false),
  hasAppliance: fc.constantFrom(false, false, false, false, true),
  deniesGateway: fc.constantFrom(false, false, true),
});
type World = typeof anyWorld extends fc.Arbitrary<infer W> ? W : never;

/** Makes the account so; gives whether everything in it can be known. */
function build({ rules, entries, access, back, office, isAttached, hasAppliance, deniesGateway }: World): boolean {
  const { human } = aws.sim;
  const state = aws.sim.state();
  const open = state.groups.find(({ name }) => name === 'open');
  const idOf = (name: string) => state.groups.find((group) => group.name === name)?.id ?? '';
  const list = (name: string) => state.prefixLists.find((one) => one.name === name)?.id ?? '';
  const sources: Readonly<Record<string, { readonly source: string; readonly peeringStatus?: string }>> = {
    list: { source: list('office') },
    'empty list': { source: list('com.amazonaws.eu-west-1.s3') },
    api: { source: idOf('api') },
    open: { source: idOf('open') },
    lonely: { source: idOf('lonely') },
    stale: { source: '210987654321/sg-0123456789abcdef1', peeringStatus: 'deleted' },
    'of another account': { source: '210987654321/sg-0123456789abcdef0', peeringStatus: 'active' },
  };
  human.setPrefixList('office', LISTED);
  human.setPrefixList('com.amazonaws.eu-west-1.s3', []);
  for (const { id, direction } of open?.rules ?? []) if (direction === 'ingress') human.removeRule(id);
  for (const { protocol, ports, source } of new Map(rules.map((rule) => [JSON.stringify(rule), rule])).values())
    human.addRule('open', { protocol, port: ports[0], toPort: ports[1], ...(sources[source] ?? { source }) });
  const everything = ['0.0.0.0/0', '::/0'].map((cidr, i) => {
    return { number: 200 + i, action: 'allow', protocol: '-1', cidr } as const;
  });
  human.setAcl('public', [
    ...(entries ?? []).map(({ ports, protocol, ...entry }, i) => ({
      ...entry,
      protocol,
      number: 100 + i,
      ...(protocol === '-1' ? {} : { fromPort: ports[0], toPort: ports[1] }),
    })),
    ...everything.slice(entries === undefined ? 0 : entries.length % 3),
  ]);
  for (const subnet of ['public', 'private'])
    human.setRoutes(subnet, [
      { destination: '0.0.0.0/0', target: back },
      // A private network is connected; what comes from there has any private address.
      { destination: '172.16.0.0/12', target: 'tgw-0b' },
      ...(office === undefined ? [] : [{ destination: '203.0.113.0/24', target: office }]),
    ]);
  human.setGateway('public', isAttached);
  human.setEdgeRoutes('public', hasAppliance ? [{ destination: '10.1.0.0/24', target: 'vpce-0b' }] : undefined);
  human.setPublicAccess('public', { mode: access?.mode ?? 'off' });
  const { exclusion, ofVpc = false } = access ?? {};
  human.setExclusion('public', exclusion && { mode: exclusion as 'allow-egress', ofVpc });
  for (const { id } of state.interfaces) human.setDeniesGateway(id, deniesGateway);
  const isToldWho = /^(?:igw|nat)-/.test(back) && !/^(?:eni|pcx)-/.test(office ?? '');
  return isToldWho && !hasAppliance && rules.every(({ source }) => source !== 'of another account');
}

test('a port is called closed where no packet gets in, open where one does, and little is left untold', async () => {
  aws = await awsHarness({ instances: machines, asUser: true });
  const said = { closed: 0, open: 0, unknown: 0 };
  const counts = { sure: 0, untold: 0 };
  await fc.assert(
    fc.asyncProperty(anyWorld, async (world) => {
      const isKnown = build(world);
      // What is around a machine is remembered for some seconds.
      aws.advance(11_000);
      const { effective, others } = await aws.adapter.observe(aws.idOf(world.machine), [], never);
      const found = effective.find(({ port }) => port.number === 22);
      const gotIn = SOURCES.filter((from) =>
        aws.sim.reachable({ from, machine: world.machine, port: 22, oneWay: true }),
      );
      if (!found) throw new Error('nothing was said');
      said[found.state] += 1;
      expect([found.state, gotIn]).not.toEqual(['closed', expect.arrayContaining([expect.anything()])]);
      if (isKnown || gotIn.length > 0)
        expect([found, gotIn]).not.toEqual([expect.objectContaining({ state: 'open' }), []]);
      // Where it is closed no rule is told to be standing.
      if (found.state === 'closed') expect(others.filter(({ port }) => port.number === 22)).toEqual([]);
      if (isKnown) counts.sure += 1;
      if (isKnown && found.state === 'unknown') counts.untold += 1;
    }),
    { numRuns: often(150, 5_000) },
  );
  if (process.env.LANE === 'long') process.stdout.write(`aws verdicts: ${JSON.stringify({ ...said, ...counts })}\n`);
  expect(said.closed).toBeGreaterThan(10);
  expect(said.open).toBeGreaterThan(10);
  expect(said.unknown).toBeGreaterThan(0);
  expect(counts.untold / counts.sure).toBeLessThan(0.01);
});
