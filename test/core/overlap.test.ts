import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oneStage } from '../../src/config/stage.ts';
import type { Machine } from '../../src/core/machine/machine.ts';
import type { Person } from '../../src/core/people/person.ts';
import { coverage } from '../../src/core/policy/judge.ts';
import type { MachinesMeant } from '../../src/core/policy/machines.ts';
import { overlaps, stricterThan } from '../../src/core/policy/overlap.ts';
import { type Policy, policiesFor } from '../../src/core/policy/policy.ts';
import { often } from '../setup/lane.ts';
import { ADA, GRACE, policy, RDP, SAM, SSH, WEB } from './samples.ts';

const PEOPLE: readonly Person[] = [ADA, GRACE, SAM];
const CROWD = { people: PEOPLE, table: new Map() };
const NESTED = {
  people: [ADA, GRACE, { ...SAM, groups: ['sre', 'all'] }],
  table: new Map([
    ['sre', ['sam', 'entra:sre']],
    ['all', ['group:sre', 'slack:@ops', 'ada']],
  ]),
};
const HOUR = 3_600_000;
const says = (...policies: readonly Policy[]) => overlaps(policies, CROWD).map(({ say }) => say);
const machines = (patch: Partial<MachinesMeant>) => ({ machines: { names: [], tags: {}, ...patch } });

describe('a policy that comes too late', () => {
  it('never applies where an earlier one covers all of it', () => {
    const first = policy({ name: 'first', ...machines({ names: ['web-*'] }) });
    expect(says(first, policy({ name: 'second', ...machines({ cloud: 'aws', names: ['web-1', 'web-a*'] }) }))).toEqual([
      '`second` never applies: `first` covers it first',
    ]);
  });

  it('never applies where several earlier ones do, port by port and person by person', () => {
    const [ssh, rdp] = [policy({ name: 'ssh', ports: [SSH] }), policy({ name: 'rdp', ports: [RDP] })];
    expect(says(ssh, rdp, policy({ name: 'both', longestMs: HOUR }))).toEqual([
      '`both` never applies: `ssh`, `rdp` cover it first',
    ]);
    const [ada, sam] = [policy({ name: 'ada', who: ['person:ada'] }), policy({ name: 'sam', who: ['person:sam'] })];
    expect(says(ada, sam, policy({ name: 'all', who: ['group:engineers', 'group:security'] }))).toEqual([
      '`all` never applies: `ada`, `sam` cover it first',
    ]);
  });

  it('never applies where the same word of a directory, or a group that holds it, comes first', () => {
    const never = (first: Policy['who'], second: Policy['who']) =>
      overlaps([policy({ name: 'a', who: first }), policy({ name: 'b', who: second })], NESTED).some(
        ({ kind }) => kind === 'never',
      );
    expect(never(['entra:sre'], ['entra:sre'])).toBe(true);
    expect(never(['department:Sales', 'entra:sre'], ['department:sales'])).toBe(true);
    expect(never(['group:all'], ['entra:sre', 'slack:@ops', 'person:sam'])).toBe(true);
    expect(never(['entra:sre', 'person:sam'], ['group:sre'])).toBe(true);
    expect(never(['group:sre'], ['group:all'])).toBe(false);
    expect(never(['entra:sre'], ['entra:db'])).toBe(false);
    expect(never(['entra:sre'], ['person:sam'])).toBe(false);
    expect(never(['person:ada'], ['person:ada', 'entra:sre'])).toBe(false);
    expect(
      never(['person:00000000-0000-4000-8000-000000000001'], ['person:00000000-0000-4000-8000-000000000001']),
    ).toBe(true);
  });

  it('is stricter in these ways, and applies somewhere', () => {
    const first = policy({
      name: 'first',
      ports: [SSH],
      anySource: true,
      bastion: true,
      extendSelfUpToMs: HOUR,
      ...machines({ names: ['web-*'] }),
    });
    const second = policy({
      name: 'second',
      longestMs: HOUR,
      stages: [oneStage(['group:security'], 2)],
      cutSessions: true,
      ...machines({ tags: { env: 'prod' } }),
    });
    expect(says(first, second)).toEqual([
      '`first` comes first for port 22 wherever both apply, and `second` is stricter: longest 1 h instead of 4 h, 2 approvals instead of 1, not from everywhere, not through Azure Bastion, only where open sessions are cut, less extension without a decision, other approvers',
    ]);
    const sources = [{ source: '10.8.0.0/16', sourceName: 'vpn' }, { source: '198.51.100.7/32' }];
    const wide = policy({ name: 'first', ports: [SSH], sources: [{ source: '10.0.0.0/8' }] });
    const within = policy({ name: 'within', sources });
    for (const one of [wide, policy({ name: 'first', ports: [SSH] })])
      expect(says(one, within)).toEqual([
        '`first` comes first for port 22 wherever both apply, and `within` is stricter: only from vpn (10.8.0.0/16) or 198.51.100.7',
      ]);
    expect(
      says({ ...within, name: 'first', ports: [SSH] }, policy({ sources: [...sources, ...(wide.sources ?? [])] })),
    ).toEqual([]);
    const narrow = policy({ name: 'narrow', widest: { ipv4: 32, ipv6: 64 } });
    expect(says(policy({ name: 'first', ports: [SSH] }), narrow)).toEqual([
      '`first` comes first for port 22 wherever both apply, and `narrow` is stricter: sources of /32 and /64 at the widest',
    ]);
  });

  const short = { name: 'second', longestMs: HOUR };

  it.each<[string, Policy, Policy]>([
    ['in other clouds', policy(machines({ cloud: 'aws' })), policy({ ...short, ...machines({ cloud: 'azure' }) })],
    [
      'with other tags',
      policy(machines({ tags: { env: 'dev' } })),
      policy({ ...short, ...machines({ tags: { env: 'prod' } }) }),
    ],
    [
      'with other names',
      policy(machines({ names: ['web-*'] })),
      policy({ ...short, ...machines({ names: ['db-*', 'app-1'] }) }),
    ],
    ['for other ports', policy({ ports: [SSH] }), policy({ ...short, ports: [RDP] })],
    ['for other people', policy({ who: ['person:ada'] }), policy({ ...short, who: ['person:sam'] })],
    ['that is looser, and for more people', policy(), policy({ name: 'second', who: ['person:ada', 'person:sam'] })],
  ])('is none %s', (_, first, second) => {
    expect(says(first, second)).toEqual([]);
  });

  it('is one exactly where some machine may bear a name that both mean', () => {
    const letters = ['a', 'B', '*'];
    const patterns = letters.flatMap((x) => [x, ...letters.flatMap((y) => [x + y, ...letters.map((z) => x + y + z)])]);
    /** Every name of these two letters that is long enough for any two of the patterns. */
    let names = [''];
    for (let length = 0; length < 6; length += 1) names = [...names, ...names.flatMap((one) => [`${one}a`, `${one}b`])];
    const means = (pattern: string) => new RegExp(`^${pattern.replaceAll('*', '.*')}$`, 'i');
    const meant = new Map(patterns.map((one) => [one, new Set(names.filter((name) => means(one).test(name)))]));
    for (const one of patterns)
      for (const other of patterns) {
        const warned = says(
          policy(machines({ names: [one] })),
          policy({ ...short, ...machines({ names: ['zz', other] }) }),
        );
        const share = !(meant.get(one) ?? new Set()).isDisjointFrom(meant.get(other) ?? new Set());
        expect([one, other, warned.length > 0]).toEqual([one, other, share]);
      }
  });

  it.each<[string, Partial<MachinesMeant>, Partial<MachinesMeant>]>([
    ['in the same cloud', { cloud: 'aws' }, { cloud: 'aws' }],
    ['in a cloud, where the other is for any', { cloud: 'aws' }, {}],
    ['in any cloud, where the other is for one', { names: ['web-1'] }, { cloud: 'aws' }],
    ['with a tag more', { tags: { env: 'prod' } }, { tags: { env: 'prod', team: 'a' } }],
    ['with another tag', { tags: { env: 'prod' } }, { tags: { team: 'a' } }],
    ['with one name of several', { names: ['db-1', 'web-1'] }, { names: ['app-1', 'web-1'] }],
  ])('is one %s', (_, first, second) => {
    expect(says(policy(machines(first)), policy({ ...short, ...machines(second) }))).toHaveLength(1);
  });

  it('never applies only where it does for no machine at all', () => {
    const names = fc.subarray(['*', 'web-*', '*-1', 'web-1', 'db-*', 'w*1', 'db-1']);
    const tags = fc.constantFrom<Readonly<Record<string, string>>>({}, { env: 'prod' }, { env: 'dev' });
    const meant = fc.record({ names, tags, cloud: fc.constantFrom<'aws' | 'azure'>('aws', 'azure') });
    const some = fc.record({
      who: fc.subarray(['person:ada', 'person:sam', 'group:security'] as const, { minLength: 1 }),
      machines: fc.oneof(meant, fc.record({ names, tags })),
      ports: fc.subarray([SSH, RDP], { minLength: 1 }),
    });
    const anyMachine: fc.Arbitrary<Machine> = fc.record({
      id: fc.constantFrom(WEB.id, 'azure:/x' as const),
      name: fc.constantFrom('web-1', 'web-2', 'db-1', 'w1', 'x'),
      tags,
      location: fc.constant('x'),
    });
    fc.assert(
      fc.property(fc.array(some, { minLength: 2, maxLength: 4 }), anyMachine, (patches, machine) => {
        const all = patches.map((patch, i) => policy({ name: `p${i}`, ...patch }));
        const never = overlaps(all, CROWD).flatMap(({ at, kind }) => (kind === 'never' ? [all[at]] : []));
        for (const person of PEOPLE) {
          const applying = coverage(policiesFor(all, person, machine)).map((one) => one.policy);
          expect(applying.filter((one) => never.includes(one))).toEqual([]);
        }
      }),
      { numRuns: often(2_000, 50_000) },
    );
  });
});

describe('a policy is stricter than another one', () => {
  const hours = { days: [1, 2], fromMinute: 420, toMinute: 1_200, zone: 'UTC' };
  const ticket = { text: '^INC', isIn: () => true };
  const when = { text: 'true', negatesGroups: false, holds: () => true } as const;

  it.each<[string, Partial<Policy>, Partial<Policy>, readonly string[]]>([
    ['by a ticket', { because: { ticket } }, {}, ['a ticket in the reason']],
    ['not by the same ticket', { because: { ticket } }, { because: { ticket, leastLetters: 9 } }, []],
    ['by an open one', { because: { ticket, check: 'jira' } }, { because: { ticket } }, ['a ticket that is open']],
    ['by letters', { because: { leastLetters: 9 } }, { because: { leastLetters: 8 } }, ['a longer reason']],
    ['by hours', { hours }, {}, ['only within Mon, Tue 07:00 to 20:00 (UTC)']],
    ['not where others decide at other times', { hours: { ...hours, outside: [oneStage(['manager'], 1)] } }, {}, []],
    ['by a condition', { when }, {}, ['a condition']],
    ['not by the same condition', { when }, { when }, []],
    ['by a number', { stepUp: 'numberMatch' }, {}, ['stepUp numberMatch']],
    ['by a sign-in', { stepUp: 'signIn' }, { stepUp: 'numberMatch' }, ['stepUp signIn']],
    ['not by less', { stepUp: 'numberMatch' }, { stepUp: 'signIn' }, []],
    ['without delegates', { noDelegation: true }, {}, ['no delegates']],
  ])('%s', (_, one, other, words) => {
    expect(stricterThan(policy(one), policy(other))).toEqual(words);
  });
});
