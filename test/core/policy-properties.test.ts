import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Machine } from '../../src/core/machine/machine.ts';
import type { Person, Subject } from '../../src/core/people/person.ts';
import { judge } from '../../src/core/policy/judge.ts';
import type { Policy } from '../../src/core/policy/policy.ts';
import type { Wish } from '../../src/core/policy/wish.ts';
import type { Port } from '../../src/core/rule/port.ts';
import { often } from '../setup/lane.ts';
import { DNS, policy, RDP, SSH, T0, WEB } from './samples.ts';

/** Each inside the one before it. */
const FOUR = ['0.0.0.0/0', '203.0.0.0/8', '203.0.112.0/20', '203.0.113.0/28', '203.0.113.7/32'];
const SIX = ['::/0', '2001:db8::/32', '2001:db8::/64', '2001:db8::7/128'];
/** Within no prefix, and no prefix is within it. */
const GROUP = ['sg-0123456789abcdef0'];
const PORTS: readonly Port[] = [SSH, RDP, DNS, { number: 22, protocol: 'udp' }];
const IDS = ['ada', 'grace', 'sam', 'kim'] as const;
const GROUPS = ['engineers', 'security', 'leads'] as const;

const anyPerson: fc.Arbitrary<Person> = fc.record({
  id: fc.constantFrom(...IDS),
  name: fc.constant('x'),
  manager: fc.constantFrom(...IDS),
  groups: fc.subarray([...GROUPS]),
});
const anyone: readonly Subject[] = [
  ...IDS.map((id) => `person:${id}` as const),
  ...GROUPS.map((g) => `group:${g}` as const),
];
const anyPolicy = fc.record({
  who: fc.subarray([...anyone], { minLength: 1 }),
  machines: fc.record({
    names: fc.subarray(['*', 'web-*', 'db-*', '*-1', 'web-1']),
    tags: fc.constantFrom<Readonly<Record<string, string>>>({}, { env: 'prod' }, { env: 'dev' }),
  }),
  ports: fc.subarray([...PORTS], { minLength: 1 }),
  widest: fc.record({ ipv4: fc.constantFrom(8, 20, 28, 32), ipv6: fc.constantFrom(32, 64, 128) }),
  anySource: fc.boolean(),
  sources: fc.option(
    fc
      .subarray([...FOUR.slice(1), ...SIX.slice(1), ...GROUP], { minLength: 1 })
      .map((all) => all.map((source) => ({ source }))),
    { nil: undefined },
  ),
  bastion: fc.boolean(),
  cutSessions: fc.boolean(),
  longestMs: fc.integer({ min: 1, max: 9 }),
});
const policies: fc.Arbitrary<readonly Policy[]> = fc
  .array(anyPolicy, { minLength: 1, maxLength: 5 })
  .map((patches) =>
    patches.map(({ sources, ...patch }, i) => policy({ name: `p${i}`, ...patch, ...(sources ? { sources } : {}) })),
  );
const anyMachine: fc.Arbitrary<Machine> = fc.record({
  id: fc.constant(WEB.id),
  name: fc.constantFrom('web-1', 'web-2', 'DB-1'),
  tags: fc.constantFrom<Readonly<Record<string, string>>>({}, { env: 'prod' }, { env: 'dev' }),
  location: fc.constant('x'),
});

/** Two wishes of which the first is in the second: no more ports, no more time, no wider source. */
const nested = fc
  .record({
    person: anyPerson,
    machine: anyMachine,
    ports: fc.subarray([...PORTS], { minLength: 1 }),
    fewer: fc.integer({ min: 1, max: 4 }),
    chain: fc.constantFrom(FOUR, SIX, GROUP),
    wide: fc.nat(4),
    narrow: fc.nat(4),
    forMs: fc.integer({ min: 1, max: 9 }),
    lessMs: fc.nat(8),
    isBastion: fc.boolean(),
    cutsSessions: fc.boolean(),
  })
  .map(({ person, machine, ports, fewer, chain, wide, narrow, forMs, lessMs, isBastion, cutsSessions }) => {
    const at = (depth: number) => chain[Math.min(depth, chain.length - 1)] ?? '';
    const shared = { person, machine, isBastion, cutsSessions, now: T0 };
    const more: Wish = { ...shared, ports, source: at(wide), forMs };
    const less: Wish = {
      ...shared,
      ports: ports.slice(0, fewer),
      source: at(wide + narrow),
      forMs: Math.max(1, forMs - lessMs),
    };
    return { less, more };
  });

/** Written from the text of the design alone: which policies a wish needs, by number, or why not even one port has any. */
function needed(all: readonly Policy[], { person, machine, ports }: Wish): readonly (number | undefined)[] {
  const isMember = (subject: string) => {
    const [kind, name = ''] = subject.split(':');
    return kind === 'group' ? person.groups.some((group) => group === name) : name === person.id;
  };
  const isNamed = (pattern: string) => {
    const escaped = pattern.replace(/[-.]/g, '[$&]').replaceAll('*', '[^]*');
    return new RegExp(`^${escaped}$`, 'i').test(machine.name);
  };
  return ports.map((port) => {
    const at = all.findIndex(({ who, machines, ports: own }) => {
      const isTagged = Object.keys(machines.tags).every((key) => machine.tags[key] === machines.tags[key]);
      const hasName = machines.names.length === 0 || machines.names.some(isNamed);
      const hasPort = own.some((one) => one.number === port.number && one.protocol === port.protocol);
      return who.some(isMember) && isTagged && hasName && hasPort;
    });
    return at < 0 ? undefined : at;
  });
}

function passes(all: readonly Policy[], wish: Wish): boolean {
  const [, length = ''] = wish.source.split('/');
  return needed(all, wish).every((at) => {
    const one = at === undefined ? undefined : all[at];
    if (!one || wish.forMs > one.longestMs || (one.cutSessions && !wish.cutsSessions)) return false;
    if (wish.isBastion) return one.bastion;
    // Each of a chain lies in those before it, and in none of the other family.
    const chain = GROUP.includes(wish.source) ? GROUP : wish.source.includes(':') ? SIX : FOUR;
    const isWithin = (outer: string) => chain.includes(outer) && chain.indexOf(outer) <= chain.indexOf(wish.source);
    if (one.sources && !one.sources.some(({ source }) => isWithin(source))) return false;
    if (one.anySource) return true;
    // Who bears it nobody knows: it must be written.
    if (GROUP.includes(wish.source)) return one.sources !== undefined;
    return length !== '0' && Number(length) >= (wish.source.includes(':') ? one.widest.ipv6 : one.widest.ipv4);
  });
}

const names = (all: readonly Policy[], wish: Wish) => judge(all, wish).policies.map(({ name }) => name);
const isAllowed = (all: readonly Policy[], wish: Wish) => judge(all, wish).against.length === 0;

describe('for any policies and any wish, the judgement', () => {
  it('is that of an oracle that shares no code with it', () => {
    fc.assert(
      fc.property(policies, nested, (all, { more }) => {
        const wanted = [...new Set(needed(all, more).flatMap((at) => at ?? []))].sort().map((at) => `p${at}`);
        expect(names(all, more)).toEqual(wanted);
        expect(isAllowed(all, more)).toBe(passes(all, more));
      }),
      { numRuns: often(2_000, 50_000) },
    );
  });

  it('never needs less for more, and passes less where more passes', () => {
    fc.assert(
      fc.property(policies, nested, (all, { less, more }) => {
        expect(names(all, more)).toEqual(expect.arrayContaining(names(all, less)));
        if (isAllowed(all, more)) expect(isAllowed(all, less)).toBe(true);
      }),
      { numRuns: often(2_000, 50_000) },
    );
  });

  it('is a refusal wherever one covers, whatever policies say; one more never lets more through', () => {
    fc.assert(
      fc.property(policies, nested, fc.integer({ min: 0, max: 9 }), (all, { more }, at) => {
        const everywhere = { name: 'no', machines: { names: [], tags: {} }, reason: 'Freeze' };
        expect(judge(all, more, [everywhere]).against[0]?.code).toBe('policyRefuses');
        const { who, machines, ports } = all[at % all.length] ?? { who: undefined, ...everywhere, ports: [] };
        const other = { name: 'no', ...(who ? { who } : {}), machines, ports, reason: 'Freeze' };
        if (judge(all, more, [other]).against.length === 0) expect(isAllowed(all, more)).toBe(true);
      }),
      { numRuns: often(2_000, 50_000) },
    );
  });

  it('does not depend on the order of lists', () => {
    const mirrored = (list: readonly Policy[]) =>
      list.map((one) => ({
        ...one,
        who: one.who.toReversed(),
        ports: one.ports.toReversed(),
        machines: { ...one.machines, names: one.machines.names.toReversed() },
      }));
    fc.assert(
      fc.property(policies, nested, (all, { more }) => {
        const other = {
          ...more,
          ports: more.ports.toReversed(),
          person: { ...more.person, groups: more.person.groups.toReversed() },
        };
        expect(names(mirrored(all), other)).toEqual(names(all, more));
        expect(isAllowed(mirrored(all), other)).toBe(isAllowed(all, more));
      }),
    );
  });
});
