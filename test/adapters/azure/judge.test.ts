import { describe, expect, test } from 'vitest';
import { keepsOut, uniqueWays, waysTo } from '../../../adapters/azure/arm/evaluate.ts';
import { isAllowOf, type NsgRule, toRules } from '../../../adapters/azure/arm/nsg-rules.ts';
import type { Port } from '../../../src/core/rule/port.ts';
import type { Rule } from '../../../src/core/rule/rule.ts';

const SSH: Port = { number: 22, protocol: 'tcp' };
const OWN = '10.0.0.4';

/** From everywhere to everything at 22, unless said otherwise. */
const rule = (access: 'allow' | 'deny', name: string, more: Partial<NsgRule> = {}): NsgRule => ({
  name,
  access,
  priority: 100,
  protocol: 'tcp',
  ports: ['22'],
  sources: ['*'],
  destinations: ['*'],
  description: '',
  narrowed: false,
  settled: true,
  hasFailed: false,
  words: {
    sources: more.sources ?? ['*'],
    sourceGroups: [],
    sourcePorts: [],
    destinations: [],
    destinationGroups: [],
  },
  ...more,
});
const allow = (more?: Partial<NsgRule>, name = 'a') => rule('allow', name, more);
const deny = (...sources: readonly string[]) => rule('deny', 'd', { sources });
const from = (...sources: readonly string[]) => allow({ sources });
const ways = (gates: readonly (readonly NsgRule[])[], address = OWN, port = SSH) =>
  waysTo(gates, address, port).map(({ source, through }) => `${source} ${through}`);

describe('one group lets through', () => {
  test.each<[string, readonly NsgRule[], readonly string[]]>([
    ['nothing without a rule', [], []],
    ['what a rule allows', [from('192.0.2.0/24')], ['192.0.2.0/24 a']],
    ['each source of a rule', [from('192.0.2.7', 'Internet')], ['192.0.2.7 a', 'Internet a']],
    ['a range that holds the port', [allow({ ports: ['80', '20-25'] })], ['* a']],
    ['all ports and protocols', [allow({ ports: ['*'], protocol: '*' })], ['* a']],
    ['no other port', [allow({ ports: ['23-80', '2'] })], []],
    ['no other protocol', [allow({ protocol: 'udp' }), allow({ protocol: 'icmp' })], []],
    ['what is for its address', [allow({ destinations: [OWN] })], ['* a']],
    ['what is for a prefix with its address', [allow({ destinations: ['10.9.0.0/16', '10.0.0.0/24'] })], ['* a']],
    ['what is for a tag that may mean it', [allow({ destinations: ['VirtualNetwork'] })], ['* a']],
    ['nothing for its neighbour', [allow({ destinations: ['10.0.0.5'] })], []],
    ['nothing for another family', [allow({ destinations: ['::/0'] })], []],
    ['nothing that the platform alone can send', [from('AzureLoadBalancer')], []],
    ['nothing after a deny for all', [deny('*'), from('192.0.2.0/24', 'Internet')], []],
    ['nothing after a deny for all addresses', [deny('0.0.0.0/0'), from('192.0.2.7', 'Internet')], []],
    ['nothing after a wider deny', [deny('192.0.0.0/8'), from('192.0.2.0/24')], []],
    ['nothing after a deny for the same tag', [deny('internet'), from('Internet')], []],
    ['what a deny before takes only a part of', [deny('192.0.2.128/25'), from('192.0.2.0/24')], ['192.0.2.0/24 a']],
    ['what a deny for another tag may leave', [deny('VirtualNetwork'), from('Internet')], ['Internet a']],
    ['what a tag cannot be told to hold', [deny('Internet'), from('192.0.2.0/24')], ['192.0.2.0/24 a']],
    ['what comes before a deny', [from('192.0.2.0/24'), deny('*')], ['192.0.2.0/24 a']],
    ['what a deny for another port leaves', [rule('deny', 'd', { ports: ['3389'] }), allow()], ['* a']],
    ['what a deny for another protocol leaves', [rule('deny', 'd', { protocol: 'udp' }), allow()], ['* a']],
    [
      'what a deny that is for some source ports or machines leaves',
      [rule('deny', 'd', { narrowed: true }), allow()],
      ['* a'],
    ],
    ['what a deny for another address leaves', [rule('deny', 'd', { destinations: ['10.0.0.5'] }), allow()], ['* a']],
  ])('%s', (_, gate, expected) => {
    expect(ways([gate])).toEqual(expected);
  });
});

describe('two groups let through', () => {
  const b = (...sources: readonly string[]) => allow({ sources }, 'b');
  test.each<[string, NsgRule, NsgRule, readonly string[]]>([
    ['the narrower of both, under its own name', from('*'), b('192.0.2.0/24'), ['192.0.2.0/24 b']],
    ['the narrower of both, the other way round', from('192.0.2.7'), b('192.0.2.0/24'), ['192.0.2.7 a']],
    ['nothing where they have nothing in common', from('192.0.2.0/24'), b('198.51.100.0/24'), []],
    ['a prefix that a tag may hold', from('Internet'), b('192.0.2.0/24'), ['192.0.2.0/24 b']],
    ['what is in two tags, perhaps', from('Internet'), b('AzureCloud'), ['AzureCloud b']],
    ['nothing where one denies', from('*'), deny('*'), []],
  ])('%s', (_, first, second, expected) => {
    expect(ways([[first], [second]])).toEqual(expected);
  });

  test('nothing where one of them has no rule', () => {
    expect(ways([[allow()], []])).toEqual([]);
  });
});

test('without a group everything comes through, and each way is told once', () => {
  const open = [{ port: SSH, source: '*', through: 'no network security group' }];
  expect(waysTo([], OWN, SSH)).toEqual(open);
  expect(uniqueWays([...open, ...open])).toEqual(open);
});

describe('a deny rule keeps a source out', () => {
  const wanted = { port: SSH, source: '203.0.113.7/32' };
  test.each<[string, Partial<NsgRule>, boolean]>([
    ['when it is for all', {}, true],
    ['when it holds it', { sources: ['203.0.113.0/24'] }, true],
    ['when it is a part of it', { sources: ['203.0.113.7'] }, true],
    ['when its tag may hold it', { sources: ['Internet'] }, true],
    ['when it is for some source ports', { narrowed: true }, true],
    ['not when it is for others', { sources: ['198.51.100.0/24'] }, false],
    ['not at another port', { ports: ['3389'] }, false],
    ['not with another protocol', { protocol: 'udp' }, false],
    ['not in front of another address', { destinations: ['10.0.0.5'] }, false],
    ['not when it allows', { access: 'allow' }, false],
  ])('%s', (_, more, expected) => {
    expect(keepsOut(rule('deny', 'd', more), wanted, [OWN])).toBe(expected);
  });
});

describe('a rule as Azure gives it', () => {
  const wire = {
    direction: 'Inbound',
    access: 'Allow',
    protocol: 'Tcp',
    priority: 300,
    name: 'a',
    sourcePortRange: '*',
  } as const;
  test.each([
    ['the singular', { sourceAddressPrefix: '*', destinationPortRange: '22', destinationAddressPrefix: OWN }, {}],
    [
      'the plural',
      { sourceAddressPrefixes: ['*'], destinationPortRanges: ['22'], destinationAddressPrefixes: [OWN] },
      {},
    ],
    [
      'both, as in effect',
      {
        sourceAddressPrefix: '*',
        sourceAddressPrefixes: ['*'],
        destinationPortRange: '22',
        destinationAddressPrefix: OWN,
      },
      {},
    ],
    [
      'a name with its kind',
      { name: 'securityRules/a', sourceAddressPrefix: '*', destinationPortRange: '22', destinationAddressPrefix: OWN },
      {},
    ],
    [
      'all protocols',
      { protocol: 'All', sourceAddressPrefix: '*', destinationPortRange: '22', destinationAddressPrefix: OWN },
      { protocol: '*' },
    ],
    [
      'a write under way',
      {
        provisioningState: 'Updating',
        sourceAddressPrefix: '*',
        destinationPortRange: '22',
        destinationAddressPrefix: OWN,
      },
      { settled: false },
    ],
    [
      'application security groups, which may hold the machine',
      {
        sourceApplicationSecurityGroups: [{ id: '/subscriptions/x/asg/web' }],
        destinationApplicationSecurityGroups: [{ id: '/x/asg/all' }],
        destinationPortRange: '22',
      },
      { sources: ['web'], destinations: ['*'], narrowed: true },
    ],
  ])('is read from %s', (_, more, expected) => {
    const [read] = toRules([{ ...wire, ...more }]);
    const { words, ...wanted } = { ...allow({ priority: 300, destinations: [OWN] }), ...expected };
    expect(read).toMatchObject(wanted);
    expect(Object.keys(read?.words ?? {})).toEqual(Object.keys(words));
  });

  test('for an application security group keeps out none of another with the same name', () => {
    const group = (id: string) => [{ id: `/subscriptions/x/resourceGroups/${id}/asg/web` }];
    const common = { direction: 'Inbound', protocol: 'Tcp', sourcePortRange: '*', destinationPortRange: '22' };
    const to = { ...common, destinationAddressPrefix: '*' };
    const rules = toRules([
      { ...to, name: 'd', priority: 100, access: 'Deny', sourceApplicationSecurityGroups: group('rg-a') },
      { ...to, name: 'a', priority: 200, access: 'Allow', sourceApplicationSecurityGroups: group('rg-b') },
    ]);
    expect(ways([rules])).toEqual(['web a']);
  });

  test('keeps its words, prefixes and tags apart from application security groups', () => {
    const sourceApplicationSecurityGroups = [{ id: '/subscriptions/X/asg/Web' }];
    const [read] = toRules([{ ...wire, sourcePortRange: '1024-65535', sourceApplicationSecurityGroups }]);
    expect(read?.words).toEqual({
      sources: [],
      sourceGroups: ['/subscriptions/x/asg/web'],
      sourcePorts: ['1024-65535'],
      destinations: [],
      destinationGroups: [],
    });
  });

  test.each([
    [{ sourcePortRange: '0-65535' }, false],
    [{ sourcePortRanges: ['*'] }, false],
    [{ sourcePortRange: '1024-65535' }, true],
    [{ sourcePortRanges: ['53', '123'] }, true],
    [{}, true],
  ])('%j: narrowed to some source ports: %s', (ports, narrowed) => {
    expect(toRules([{ ...wire, sourcePortRange: undefined, ...ports }])).toMatchObject([{ narrowed }]);
  });

  test('counts in the order of its priority, and only where it is about coming in', () => {
    const all = [
      { ...wire, name: 'second' },
      { ...wire, name: 'first', priority: 100, access: 'Deny' },
      { ...wire, name: 'out', direction: 'Outbound' },
    ] as const;
    expect(toRules(all).map(({ name, access }) => `${name} ${access}`)).toEqual(['first deny', 'second allow']);
  });
});

describe('an allow rule of Defender’s for a lease', () => {
  const hex = '0123456789ABCDEF0123456789abcdef';
  const name = `MicrosoftDefenderForCloud-JITRule-12345-${hex}`;
  const lease: Rule = {
    machine: 'azure:/subscriptions/s/resourcegroups/g/providers/microsoft.compute/virtualmachines/m',
    port: SSH,
    source: '203.0.113.7/32',
  };
  const own: Partial<NsgRule> = { name, sources: ['203.0.113.7'], destinations: [OWN] };
  test.each<[string, Partial<NsgRule>, boolean]>([
    ['one address without a length', {}, true],
    ['one address with its length', { sources: ['203.0.113.7/32'] }, true],
    ['a negative number in its name', { name: `MicrosoftDefenderForCloud-JITRule--987_${hex}` }, true],
    ['the prefix of before 2023', { name: `SecurityCenter-JITRule_-987_${hex}` }, true],
    ['a range of one port', { ports: ['22-22'] }, true],
    ['all protocols', { protocol: '*' }, true],
    ['another protocol', { protocol: 'udp' }, false],
    ['another port', { ports: ['2222'] }, false],
    ['more ports', { ports: ['22', '23'] }, false],
    ['a wider range', { ports: ['22-23'] }, false],
    ['another source', { sources: ['203.0.113.8'] }, false],
    ['more sources', { sources: ['203.0.113.7', '203.0.113.8'] }, false],
    ['a wider source', { sources: ['203.0.113.0/24'] }, false],
    ['another address of the machine', { destinations: ['10.0.0.5'] }, false],
    ['every address', { destinations: ['*'] }, false],
    ['a deny', { access: 'deny' }, false],
    ['a name of somebody else’s', { name: 'allow-ssh' }, false],
    ['a name that only begins so', { name: `${name}-copy` }, false],
  ])('%s: %s', (_, more, expected) => {
    expect(isAllowOf(allow({ ...own, ...more }, more.name ?? name), lease, [OWN])).toBe(expected);
  });
});
