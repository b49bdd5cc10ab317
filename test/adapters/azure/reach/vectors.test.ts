import { describe, expect, it } from 'vitest';
import { evaluate, waysInto } from '../../../../adapters/azure/reach/evaluate.ts';
import { waysThrough } from '../../../../adapters/azure/reach/firewall.ts';
import type { AzureRoute, FirewallInPath, Forwarding } from '../../../../adapters/azure/reach/model.ts';
import { answers } from '../../../../adapters/azure/reach/routes.ts';
import { addressNumber } from '../../../../src/core/packet/addresses.ts';
import { holds } from '../../../../src/core/packet/ranges.ts';
import { facts, group, manager, rule, type Scene, said } from './scene.ts';

/** Vectors that this evaluation and the packet oracle both must pass; each names where it comes from. */

describe('vectors of Azure', () => {
  it('1: a deny to a destination that is not the machine denies nothing', () => {
    const scene = { ownGroup: group('n', rule('250 deny *→Internet *'), rule('300 allow 0.0.0.0/0→* 22')) };
    expect(said(scene, '198.51.100.7')).toBe('open: n/300 allow 0.0.0.0/0→* 22');
  });

  it('2: 0.0.0.0/0 takes no IPv6', () => {
    const scene = { ownGroup: group('n', rule('100 deny 0.0.0.0/0→* 22'), rule('200 allow *→* 22')) };
    expect(said(scene, '2001:db8:1::1')).toBe('open: n/200 allow *→* 22');
    expect(said(scene, '198.51.100.7')).toBe('closed');
  });

  it('3: a default route to an appliance in there makes VirtualNetwork everybody', () => {
    const route: AzureRoute = {
      name: 'default',
      prefix: '0.0.0.0/0',
      nextHop: 'VirtualAppliance',
      nextHopAddress: '10.9.0.4',
      origin: 'user',
    };
    expect(said({ ownGroup: group('n'), routes: [route] }, '198.51.100.7')).toBe(
      'open: n/65000 allow VirtualNetwork→VirtualNetwork *',
    );
  });

  it('4: by the built-in rules alone nobody comes from outside', () => {
    expect(said({ ownGroup: group('n') }, '198.51.100.7')).toBe('closed');
    expect(said({ ownGroup: group('n') }, '10.1.2.3')).toMatch(/^open/);
  });

  it('5: AlwaysAllow asks no group', () => {
    const scene = {
      ownGroup: group('n', rule('100 deny *→* 22')),
      admin: manager([rule('10 alwaysAllow *→* 22')]),
    };
    expect(said(scene, '198.51.100.7')).toBe('open: avnm/c0/10 alwaysAllow *→* 22');
  });

  it('6: an admin Allow hands on to the groups', () => {
    const scene = { ownGroup: group('n'), admin: manager([rule('10 allow *→* 22'), rule('20 deny *→* 22')]) };
    expect(said(scene, '198.51.100.7')).toBe('closed');
    expect(said({ ...scene, ownGroup: group('n', rule('100 allow *→* 22')) }, '198.51.100.7')).toMatch(/^open/);
  });

  it('7: of two collections with one number nobody knows the first', () => {
    const scene = {
      ownGroup: group('n'),
      admin: manager([rule('5 deny *→* 22')], [rule('5 alwaysAllow *→* 22')]),
    };
    expect(said(scene, '198.51.100.7')).toMatch(/^cannot tell: which of the admin rules/);
  });

  it.each([
    ['6', 'allow', 'open: n/100'],
    ['17', 'allow', 'closed'],
    ['1', 'allow', 'closed'],
    ['icmpv6', 'allow', 'closed'],
    ['gre', 'allow', 'cannot tell: which protocol the rule 100 has'],
    ['gre', 'deny', 'cannot tell: which protocol the rule 100 has'],
    ['', 'allow', 'cannot tell: which protocol the rule 100 has'],
  ] as const)(
    'a protocol that is not in the list of Azure’s is cannot tell, numbers are what they are: “%s”, %s',
    (protocol, access, is) => {
      const odd = { ...rule('100 allow *→* 22'), name: '100', protocol, access };
      const rules = access === 'deny' ? [odd, rule('200 allow *→* 22')] : [odd];
      expect(said({ ownGroup: group('n', ...rules) }, '198.51.100.7')).toBe(is);
    },
  );

  it('8: both groups must allow', () => {
    const scene = {
      subnetGroup: group('subnet', rule('100 allow *→* 22')),
      ownGroup: group('nic', rule('100 deny *→* 22')),
    };
    expect(said(scene, '198.51.100.7')).toBe('closed');
  });

  it('9: where no group stands, a standard public address lets nothing in, a basic one all, and a peer too', () => {
    expect(said({}, '198.51.100.7')).toBe('closed');
    expect(said({ address: { publicAddress: { address: '203.0.113.4', sku: 'basic' } } }, '198.51.100.7')).toMatch(
      /^open/,
    );
    expect(said({}, '10.1.2.3')).toMatch(/^open/);
  });

  const nat: Forwarding = {
    name: 'nat-50001',
    protocol: 'tcp',
    frontend: { address: '203.0.113.9', isPublic: true },
    frontendPort: 50_001,
    backendPort: 3389,
    floating: false,
    sku: 'standard',
  };

  it('10: through a NAT rule the group sees the client and the port behind', () => {
    const scene = { ownGroup: group('n', rule('100 allow 198.51.100.7→* 3389')), address: { forwarded: [nat] } };
    expect(said(scene, '198.51.100.7', 3389, 'forwarded')).toMatch(/^open/);
    expect(said(scene, '198.51.100.8', 3389, 'forwarded')).toBe('closed');
  });

  it('11: with a floating IP the group sees the frontend', () => {
    const floating = { ...nat, frontendPort: 22, backendPort: 22, floating: true };
    const scene = {
      ownGroup: group('n', rule('100 deny *→10.0.0.4 22'), rule('200 allow *→* 22')),
      address: { forwarded: [floating] },
    };
    expect(said(scene, '198.51.100.7', 22, 'forwarded')).toBe('open: n/200 allow *→* 22');
    expect(said(scene, '198.51.100.7')).toBe('closed');
  });

  it('12: through a firewall its rule says who, and the groups whether the firewall gets in', () => {
    const firewall: FirewallInPath = {
      name: 'hub-fw',
      isClassic: false,
      inside: ['10.9.1.0/26'],
      ipGroups: new Map(),
      keepsSourceTo: { is: ['10.0.0.0/8'] },
      rules: {
        is: [
          {
            kind: 'nat',
            access: 'allow',
            path: 'dnat/ssh',
            protocols: ['tcp'],
            sources: ['198.51.100.7'],
            destinations: ['203.0.113.50'],
            ports: ['4022'],
            to: { address: '10.0.0.4', port: '22' },
          },
        ],
      },
    };
    const asked = { number: 22, protocol: 'tcp' } as const;
    const through = (scene: Scene, source: string, wall = firewall) => {
      const nic = facts(scene);
      const [way] = waysThrough(wall, nic, asked);
      if (!way) return 'no way';
      const verdict = evaluate(nic, way, asked);
      const at = addressNumber(source)?.value ?? -1n;
      const open = verdict.open.find(({ sources }) => holds(sources, at));
      if (open) return `open at ${way.address}:${way.port}: ${open.through.join(', ')}`;
      return verdict.unclear.some(({ sources }) => holds(sources, at)) ? 'cannot tell' : 'closed';
    };
    const letIn = { ownGroup: group('n', rule('100 allow 10.9.1.0/26→* 22'), rule('200 deny *→* *')) };
    expect(through(letIn, '198.51.100.7')).toBe(
      'open at 203.0.113.50:4022: hub-fw: dnat/ssh, n/100 allow 10.9.1.0/26→* 22',
    );
    expect(through(letIn, '198.51.100.8')).toBe('closed');
    expect(through({ ownGroup: group('n', rule('200 deny *→* *')) }, '198.51.100.7')).toBe('closed');
    const half = { ownGroup: group('n', rule('100 allow 10.9.1.0/27→* 22'), rule('200 deny *→* *')) };
    expect(through(half, '198.51.100.7')).toBe('cannot tell');
    const deny: FirewallInPath['rules'] = {
      is: [
        ...('is' in firewall.rules ? firewall.rules.is : []),
        {
          kind: 'network',
          access: 'deny',
          path: 'net/no',
          protocols: ['any'],
          sources: ['198.51.100.0/24'],
          destinations: ['10.0.0.4'],
          ports: ['*'],
        },
      ],
    };
    // Only a classic firewall asks network rules about what it translated.
    expect(through(letIn, '198.51.100.7', { ...firewall, rules: deny })).toMatch(/^open/);
    expect(through(letIn, '198.51.100.7', { ...firewall, rules: deny, isClassic: true })).toBe('closed');
    expect(through(letIn, '198.51.100.7', { ...firewall, rules: { unknown: 'the parent policy' } })).toBe(
      'cannot tell',
    );
  });

  it('13: a deny for some source ports keeps nobody out', () => {
    const some = rule('100 deny *→* 22', { sourcePorts: ['1-1023'], protocol: 'tcp' });
    expect(said({ ownGroup: group('n', some, rule('200 allow *→* 22')) }, '198.51.100.7')).toMatch(/^open/);
  });

  it('14: a deny of the other protocol keeps nobody out', () => {
    const udp = rule('100 deny *→* *', { protocol: 'udp' });
    const scene = { ownGroup: group('n', udp, rule('200 allow *→* 22', { protocol: 'tcp' })) };
    expect(said(scene, '198.51.100.7')).toMatch(/^open/);
  });

  it('15: a tag whose addresses are not known neither opens nor closes for sure, and one that is does', () => {
    const scene = { ownGroup: group('n', rule('100 allow AzureCloud→* 22')) };
    expect(said(scene, '20.1.2.3')).toBe('cannot tell: which addresses the tag AzureCloud has');
    expect(said({ ...scene, tags: new Map([['azurecloud', ['20.0.0.0/8']]]) }, '20.1.2.3')).toMatch(/^open/);
  });

  it('16: Internet holds no private address', () => {
    const scene = { ownGroup: group('n', rule('100 deny Internet→* 22'), rule('200 allow *→* 22')) };
    expect(said(scene, '10.1.2.3')).toBe('open: n/200 allow *→* 22');
    expect(said(scene, '198.51.100.7')).toMatch(/^cannot tell/);
    expect(said({ ...scene, tags: new Map([['internet', ['128.0.0.0/1']]]) }, '198.51.100.7')).toBe('closed');
  });

  it('17: members of a group that cannot be read are insiders, if anybody', () => {
    const unread = rule('100 allow x→* 22', { sources: [], sourceGroups: ['/asg/ops'] });
    const closing = rule('200 deny *→* *');
    const scene = { ownGroup: group('n', unread, closing) };
    expect(said(scene, '10.0.3.3')).toBe('cannot tell: who is in the application security group ops');
    expect(said(scene, '198.51.100.7')).toBe('closed');
  });

  it('18: a group that may not be read is no group that closes', () => {
    const unknown = 'the network security group web-nsg, which may not be read';
    expect(said({ ownGroup: { unknown } }, '198.51.100.7')).toBe(`cannot tell: ${unknown}`);
  });

  it("answers leave by the longest prefix, a user's before others'", () => {
    const back = (routes: readonly AzureRoute[], source: string, kind = 'publicAddress') => {
      const nic = facts({ ownGroup: group('n'), routes });
      const from = addressNumber(source);
      const way = waysInto(nic, { number: 22, protocol: 'tcp' }).find(
        (one) => one.kind === kind && one.family === from?.family,
      );
      if (!way || !from) throw new Error('no way');
      const found = answers(way, nic.around).find(({ sources }) => holds(sources, from.value));
      return `${found?.back}${found?.because ? `: ${found.because}` : ''}`;
    };
    const appliance = (prefix: string): AzureRoute => ({
      name: prefix,
      prefix,
      nextHop: 'VirtualAppliance',
      nextHopAddress: '10.9.0.4',
      origin: 'user',
    });
    expect(back([], '198.51.100.7')).toBe('yes');
    expect(back([appliance('0.0.0.0/0')], '198.51.100.7')).toBe('unclear: answers leave through 10.9.0.4');
    expect(back([appliance('0.0.0.0/1'), appliance('128.0.0.0/1')], '198.51.100.7')).toMatch(/^unclear/);
    expect(back([appliance('0.0.0.0/0')], '2001:db8:9::9')).toBe('yes');
    expect(back([appliance('192.0.2.0/24')], '198.51.100.7')).toBe('yes');
    expect(back([], '172.16.0.9', 'network')).toBe('no: the route 172.16.0.0/12 drops answers');
    expect(back([], '10.1.0.9', 'network')).toBe('yes');
  });
});
