import { describe, expect, it } from 'vitest';
import { answers, evaluate, waysInto } from '../../../../adapters/aws/reach/evaluate.ts';
import type { AclEntry, IngressRule, InstanceInterface } from '../../../../adapters/aws/reach/model.ts';
import { addressNumber } from '../../../../src/core/packet/addresses.ts';
import { holds } from '../../../../src/core/packet/ranges.ts';

/** Vectors that this evaluation and the packet oracle of the simulator both must pass. */

let ids = 0;
const rule = (protocol: string, ports: readonly [number, number] | undefined, cidr: string): IngressRule => {
  ids += 1;
  return { id: `sgr-${ids}`, protocol, ...(ports ? { from: ports[0], to: ports[1] } : {}), source: { cidr } };
};
const group = (name: string, ...rules: readonly IngressRule[]) => ({ is: { id: `sg-${name}`, name, rules } });
const entry = (number: number, allows: boolean, cidr: string, ports?: readonly [number, number]): AclEntry => ({
  number,
  allows,
  protocol: ports ? '6' : '-1',
  cidr,
  ...(ports ? { from: ports[0], to: ports[1] } : {}),
});
const OPEN_ACL = [entry(100, true, '0.0.0.0/0'), entry(101, true, '::/0')];
const acl = (inbound: readonly AclEntry[] = OPEN_ACL, outbound: readonly AclEntry[] = OPEN_ACL) => ({
  is: { id: 'acl-1', inbound, outbound },
});

function nic(groups: InstanceInterface['groups'], more: Partial<InstanceInterface> = {}): InstanceInterface {
  return {
    id: 'eni-1',
    addresses: [
      { address: '10.0.1.4', family: 'ipv4', publicAddress: '203.0.113.4' },
      { address: '2001:db8:1::4', family: 'ipv6' },
    ],
    groups,
    acl: acl(),
    routes: {
      is: [
        { destination: '10.0.0.0/16', target: 'local', isDead: false },
        { destination: '0.0.0.0/0', target: 'igw-1', isDead: false },
        { destination: '::/0', target: 'igw-1', isDead: false },
      ],
    },
    subnet: ['10.0.1.0/24'],
    vpc: ['10.0.0.0/16'],
    publicAccess: { is: 'on' },
    edge: { is: [] },
    deniesGateway: { is: false },
    ...more,
  };
}

function said(one: InstanceInterface, source: string, port = 22): string {
  const from = addressNumber(source);
  if (!from) throw new Error(source);
  const asked = { number: port, protocol: 'tcp' } as const;
  const kind = source.startsWith('10.') ? 'network' : 'internet';
  const way = waysInto(one, asked).find((w) => w.kind === kind && w.family === from.family);
  if (!way) return 'no way';
  const verdict = evaluate(one, way, asked);
  const open = verdict.open.find(({ sources }) => holds(sources, from.value));
  const unclear = verdict.unclear.find(({ sources }) => holds(sources, from.value));
  if (!open) return unclear ? `cannot tell: ${unclear.because.join(', ')}` : 'closed';
  const back = answers(one, way, asked).find(({ sources }) => holds(sources, from.value));
  // Verdicts name rules; here each group is told instead.
  const named = open.through.map((id) =>
    one.groups.flatMap((g) => ('is' in g && g.is.rules.some((r) => r.id === id) ? [g.is.name] : [])),
  );
  return `open: ${named.flat().join(', ')}${back?.back === 'yes' ? '' : `; ${back?.back}: ${back?.because}`}`;
}

describe('vectors of AWS', () => {
  it('19: one rule of any group is enough', () => {
    const one = nic([
      group('A', rule('tcp', [22, 22], '198.51.100.7/32')),
      group('B', rule('-1', undefined, '10.0.0.0/8')),
    ]);
    expect(said(one, '10.0.0.9')).toBe('open: B');
    expect(said(one, '198.51.100.7')).toBe('open: A');
    expect(said(one, '198.51.100.8')).toBe('closed');
  });

  it('20: a rule of another protocol opens no port of TCP; one by its number does', () => {
    expect(said(nic([group('A', rule('50', [1, 2], '0.0.0.0/0'))]), '198.51.100.7')).toBe('closed');
    expect(said(nic([group('A', rule('6', [22, 22], '0.0.0.0/0'))]), '198.51.100.7')).toBe('open: A');
  });

  it('21: the network ACL is asked of other subnets, and not of its own', () => {
    const denies = acl([entry(100, false, '0.0.0.0/0', [22, 22]), ...OPEN_ACL.map((e) => ({ ...e, number: 200 }))]);
    const one = nic([group('A', rule('tcp', [22, 22], '10.0.0.0/8'))], { acl: denies });
    expect(said(one, '10.0.2.9')).toBe('closed');
    expect(said(one, '10.0.1.9')).toBe('open: A');
  });

  it('22: answers that the ACL lets not out are delivered to, and not answered', () => {
    const web = acl(OPEN_ACL, [entry(100, true, '0.0.0.0/0', [80, 80]), entry(110, true, '0.0.0.0/0', [443, 443])]);
    expect(said(nic([group('A', rule('tcp', [22, 22], '0.0.0.0/0'))], { acl: web }), '198.51.100.7')).toBe(
      'open: A; no: the network ACL acl-1 does not let answers out',
    );
  });

  it('23: where public access is blocked nobody comes from the Internet, and private networks do', () => {
    const one = nic([group('A', rule('tcp', [22, 22], '0.0.0.0/0'))], { publicAccess: { is: 'blocked' } });
    expect(said(one, '198.51.100.7')).toBe('closed');
    expect(said(one, '10.0.2.9')).toBe('open: A');
  });

  it('24: a rule for a group takes its members privately alone', () => {
    const members: IngressRule = {
      id: 'sgr-x',
      protocol: 'tcp',
      from: 22,
      to: 22,
      source: { group: 'sg-x', members: { is: ['10.0.2.9', '198.51.100.7'] } },
    };
    expect(said(nic([group('A', members)]), '10.0.2.9')).toBe('open: A');
    expect(said(nic([group('A', members)]), '198.51.100.7')).toBe('closed');
  });

  it('25: 0.0.0.0/0 takes no IPv6', () => {
    const one = nic([group('A', rule('tcp', [22, 22], '0.0.0.0/0'))]);
    expect(said(one, '2001:db8:2::1')).toBe('closed');
    expect(said(nic([group('A', rule('tcp', [22, 22], '::/0'))]), '2001:db8:2::1')).toBe('open: A');
  });

  it('what cannot be read is neither open nor closed', () => {
    expect(said(nic([{ unknown: 'the group sg-9' }]), '198.51.100.7')).toBe('cannot tell: the group sg-9');
    const list: IngressRule = {
      id: 'sgr-y',
      protocol: '-1',
      source: { prefixList: 'pl-1', entries: { unknown: 'what the prefix list pl-1 holds' } },
    };
    expect(said(nic([group('A', list)]), '198.51.100.7')).toBe('cannot tell: what the prefix list pl-1 holds');
  });

  it('a route back through something else is said', () => {
    const nat = { is: [{ destination: '0.0.0.0/0', target: 'nat-1', isDead: false }] };
    expect(said(nic([group('A', rule('tcp', [22, 22], '0.0.0.0/0'))], { routes: nat }), '198.51.100.7')).toBe(
      'open: A; no: answers leave through nat-1',
    );
  });
});
