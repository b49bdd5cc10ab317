import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { waysTo } from '../../../adapters/azure/arm/evaluate.ts';
import type { NsgRule } from '../../../adapters/azure/arm/nsg-rules.ts';
import { often } from '../../setup/lane.ts';

const SSH = { number: 22, protocol: 'tcp' } as const;
const OWN = { ipv4: '10.1.0.4', ipv6: 'fd00::4' } as const;

function rule(access: 'allow' | 'deny', source: string, destination = '*', priority = 100): NsgRule {
  const [protocol, name] = ['*', `${access}-${source}-${destination}`];
  const shape = {
    name,
    priority,
    access,
    protocol,
    ports: ['22'],
    description: '',
    narrowed: false,
    settled: true,
    hasFailed: false,
  };
  const words = { sources: [source], sourceGroups: [], sourcePorts: ['*'], destinations: [destination] };
  return { ...shape, sources: [source], destinations: [destination], words: { ...words, destinationGroups: [] } };
}

const isOpen = (address: string, ...gates: readonly (readonly NsgRule[])[]) => waysTo(gates, address, SSH).length > 0;

describe('what gets through a group', () => {
  it.each<[string, readonly NsgRule[], boolean, boolean]>([
    // what                                         rules                                     on IPv4, on IPv6
    ['a deny to a tag', [rule('deny', '*', 'Internet'), rule('allow', '0.0.0.0/0')], true, false],
    ['a deny to a tag, for all', [rule('deny', '*', 'Storage'), rule('allow', '*')], true, true],
    ['a deny to the own network', [rule('deny', '*', 'VirtualNetwork'), rule('allow', '*')], false, false],
    ['a deny of all IPv4', [rule('deny', '0.0.0.0/0'), rule('allow', '*')], false, true],
    ['a deny of all IPv6', [rule('deny', '::/0'), rule('allow', '*')], true, false],
    ['a deny of all', [rule('deny', '*'), rule('allow', '*')], false, false],
    ['a deny to all IPv4', [rule('deny', '*', '0.0.0.0/0'), rule('allow', '*')], false, true],
    ['an allow of IPv4', [rule('allow', '203.0.113.0/24')], true, false],
    ['an allow of IPv6', [rule('allow', '2001:db8::/32')], false, true],
    ['an allow to the Internet', [rule('allow', '*', 'Internet')], false, false],
    ['an allow to a tag that nobody knows', [rule('allow', '*', 'Storage')], true, true],
    ['the platform’s probe', [rule('allow', 'azureloadbalancer')], false, false],
  ])('%s', (_, rules, ipv4, ipv6) => {
    expect([isOpen(OWN.ipv4, rules), isOpen(OWN.ipv6, rules)]).toEqual([ipv4, ipv6]);
  });
});

/**
 * An oracle that shares nothing with what it judges: single packets, and every content that a tag may have. Addresses are
 * names; each word holds some of them.
 */
const V4 = ['web4', 'office4', 'net4', 'onprem4'];
const V6 = ['web6', 'office6', 'net6'];
type Contents = Readonly<Record<string, readonly string[]>>;

const FIXED: Contents = {
  '*': [...V4, ...V6, 'own4', 'own6'],
  '0.0.0.0/0': [...V4, 'own4'],
  '::/0': [...V6, 'own6'],
  '10.0.0.0/8': ['net4', 'onprem4', 'own4'],
  '10.1.0.0/24': ['net4', 'own4'],
  '10.1.0.4': ['own4'],
  'fd00::/48': ['net6', 'own6'],
  '203.0.113.0/24': ['office4'],
  '2001:db8::/32': ['office6'],
};
/** "Service tags": what nobody outside of Azure can know, more or less of it. */
const WORLDS: readonly Contents[] = [
  {
    Internet: ['web4', 'office4', 'web6', 'office6'],
    VirtualNetwork: ['net4', 'net6', 'own4', 'own6'],
    Storage: [],
    jump: ['net4'],
  },
  // A gateway has learned on-premises networks; the tag Internet had holes once.
  {
    Internet: ['web4', 'web6'],
    VirtualNetwork: ['net4', 'net6', 'onprem4', 'own4', 'own6'],
    Storage: ['web4'],
    jump: ['net6'],
  },
  // With a default route to an appliance the network's tag holds everything of IPv4.
  {
    Internet: ['web4', 'office4', 'web6', 'office6'],
    VirtualNetwork: [...V4, 'net6', 'own4', 'own6'],
    Storage: [...V4, ...V6, 'own4', 'own6'],
    jump: ['net4', 'net6'],
  },
];
const SOURCES = [...Object.keys(FIXED), 'Internet', 'VirtualNetwork', 'Storage', 'jump'];
const DESTINATIONS = [...Object.keys(FIXED), 'Internet', 'VirtualNetwork', 'Storage'];

function getsIn(gates: readonly (readonly NsgRule[])[], own: string, packet: string, world: Contents): boolean {
  const holds = (words: readonly string[], one: string) =>
    words.some((word) => (FIXED[word] ?? world[word] ?? []).includes(one));
  return gates.every(
    (gate) =>
      gate.find(({ sources, destinations }) => holds(sources, packet) && holds(destinations, own))?.access === 'allow',
  );
}

/** What is said to be open and is not, of all that is said to be: where two groups or halves leave nothing together. */
const MOST_FALSELY_OPEN = 0.15;

describe('never closed where a packet gets in', () => {
  const anyRule = fc
    .tuple(fc.constantFrom('allow', 'deny'), fc.constantFrom(...SOURCES), fc.constantFrom(...DESTINATIONS))
    .map(([access, source, destination]) => rule(access as 'allow' | 'deny', source, destination));
  const anyGates = fc.array(fc.array(anyRule, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 2 });

  it('for every content that a tag may have, on both families', () => {
    let [open, falselyOpen] = [0, 0];
    fc.assert(
      fc.property(anyGates, fc.constantFrom('own4', 'own6'), (gates, own) => {
        const packets = own === 'own4' ? V4 : V6;
        const gotIn = WORLDS.some((world) => packets.some((packet) => getsIn(gates, own, packet, world)));
        const said = isOpen(own === 'own4' ? OWN.ipv4 : OWN.ipv6, ...gates);
        if (gotIn) expect(said).toBe(true);
        else if (said) falselyOpen += 1;
        if (said) open += 1;
      }),
      { numRuns: often(20_000, 500_000) },
    );
    // What cannot be told is said to be open; that must stay rare.
    expect(falselyOpen / open).toBeLessThan(MOST_FALSELY_OPEN);
  });
});
