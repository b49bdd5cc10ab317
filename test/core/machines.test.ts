import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Machine } from '../../src/core/machine/machine.ts';
import { isUnknown } from '../../src/core/policy/holds.ts';
import {
  containsMachines,
  type MachinesMeant,
  matchMachine,
  mayShareMachines,
} from '../../src/core/policy/machines.ts';
import { often } from '../setup/lane.ts';

const EC2: Machine = {
  id: 'aws:123456789012:eu-west-1:i-0123456789abcdef0',
  name: 'web-1',
  tags: { env: 'prod' },
  location: 'eu-west-1a',
  network: 'vpc-1',
  os: 'linux',
};
const VM: Machine = {
  id: 'azure:/subscriptions/11112222-3333-4444-5555-66667777888a/resourcegroups/rg-prod/providers/microsoft.compute/virtualmachines/web-1',
  name: 'web-1',
  tags: {},
  location: 'rg-prod',
};
const GOOGLE: Machine = {
  id: 'gcp:my-project/europe-west1-b/web-1',
  name: 'web-1',
  tags: { env: 'prod' },
  location: 'my-project, europe-west1-b',
};
const meant = (patch: Partial<MachinesMeant>): MachinesMeant => ({ names: [], tags: {}, ...patch });

describe('machines are meant', () => {
  // "Tag names are case-insensitive for operations" (Azure); in EC2 case tells tags apart, and labels have none.
  it.each<[Machine, Machine['tags'], Partial<MachinesMeant>, boolean]>([
    [VM, { Env: 'prod' }, { tags: { env: 'prod' } }, true],
    [VM, { env: 'prod' }, { tags: { ENV: ['dr', 'pr*'] } }, true],
    [VM, { Env: 'Prod' }, { tags: { env: 'prod' } }, false],
    [VM, { Tier: '0' }, { except: [meant({ tags: { tier: '0' } })] }, false],
    [VM, { __proto__: 'x' }, { tags: { CONSTRUCTOR: '*' } }, false],
    [EC2, { Env: 'prod' }, { tags: { env: 'prod' } }, false],
    [EC2, { Tier: '0' }, { except: [meant({ tags: { tier: '0' } })] }, true],
  ])('%o with tags %o by %o: %s', (machine, tags, patch, is) => {
    expect(matchMachine(meant(patch), { ...machine, tags })).toBe(is);
  });

  it.each<[Partial<MachinesMeant>, Machine, boolean | string]>([
    [{ network: 'VPC-*' }, EC2, true],
    [{ network: 'vpc-2' }, EC2, false],
    [{ network: 'vpc-1' }, VM, 'network of web-1'],
    [{ os: 'linux' }, EC2, true],
    [{ os: 'windows' }, EC2, false],
    [{ os: 'windows' }, VM, 'operating system of web-1'],
    [{ unit: 'OU-1' }, { ...EC2, units: ['ou-root', 'ou-1'] }, true],
    [{ unit: 'ou-2' }, { ...EC2, units: ['ou-root', 'ou-1'] }, false],
    [{ unit: 'ou-1' }, EC2, 'organizational unit of web-1'],
    [{ unit: 'mg-1' }, VM, 'management group of web-1'],
    [{ region: 'westeurope' }, VM, 'region of web-1'],
    // What surely is not so makes the rest irrelevant.
    [{ os: 'windows', cloud: 'aws' }, VM, false],
    [{ os: 'windows', tags: { env: 'prod' } }, VM, false],
    [{ account: '123456789012' }, VM, false],
    [{ subscription: '123456789012' }, EC2, false],
    [{ project: 'my-project' }, EC2, false],
    [{ project: 'My-Project' }, GOOGLE, true],
    [{ project: 'other-project' }, GOOGLE, false],
    [{ group: '*' }, EC2, false],
    [{ tags: { env: ['dev', 'prod'] } }, EC2, true],
    [{ tags: { env: ['dev', 'test'] } }, EC2, false],
    [{ tags: { constructor: 'x' } }, EC2, false],
    [{ tags: { env: 'pr*' } }, EC2, true],
    [{ tags: { env: ['dev', '*'] } }, EC2, true],
    [{ tags: { env: 'Pr*' } }, EC2, false],
    [{ tags: { env: '*x*' } }, EC2, false],
    [{ tags: { role: '*' } }, EC2, false],
    [{ except: [meant({ tags: { env: 'p*d' } })] }, EC2, false],
    [{ any: [meant({ cloud: 'azure' }), meant({ tags: { env: 'prod' } })] }, EC2, true],
    [{ any: [meant({ cloud: 'azure' }), meant({ os: 'windows' })] }, EC2, false],
    [{ any: [meant({ os: 'windows' }), meant({ group: 'rg-*' })] }, VM, true],
    [{ any: [meant({ os: 'windows' }), meant({ group: 'other' })] }, VM, 'operating system of web-1'],
    [{ except: [meant({ tags: { env: 'prod' } })] }, EC2, false],
    [{ except: [meant({ tags: { env: 'dev' } })] }, EC2, true],
    [{ except: [meant({ os: 'windows' })] }, VM, 'operating system of web-1'],
    [{ except: [meant({ os: 'windows' }), meant({ group: 'rg-prod' })] }, VM, false],
  ])('%j', (patch, machine, answer) => {
    expect(matchMachine(meant(patch), machine)).toEqual(typeof answer === 'string' ? { unknown: answer } : answer);
  });
});

const part = fc.record(
  {
    cloud: fc.constantFrom('aws' as const, 'azure' as const),
    network: fc.constantFrom('n1', 'n2', 'n*'),
    unit: fc.constantFrom('u1', 'u2'),
    os: fc.constantFrom('linux' as const, 'windows' as const),
    names: fc.constantFrom<readonly string[]>([], ['a*'], ['ab', 'b']),
    tags: fc.constantFrom<MachinesMeant['tags']>({}, { t: '1' }, { t: ['1', '2'] }, { t: '*' }, { t: ['1*'] }),
  },
  { requiredKeys: ['names', 'tags'] },
);
const selection: fc.Arbitrary<MachinesMeant> = fc
  .tuple(
    part,
    fc.option(fc.array(part, { minLength: 1, maxLength: 2 })),
    fc.option(fc.array(part, { minLength: 1, maxLength: 2 })),
  )
  .map(([own, any, except]) => ({ ...own, ...(any ? { any } : {}), ...(except ? { except } : {}) }));

const TAGS: readonly Machine['tags'][] = [{}, { t: '1' }, { t: '2' }, { t: '10' }];
const WHOLE: readonly Machine[] = [EC2.id, VM.id].flatMap((id) =>
  ['ab', 'b', 'c'].flatMap((name) =>
    TAGS.flatMap((tags) =>
      (['linux', 'windows'] as const).flatMap((os) =>
        ['n1', 'n2'].flatMap((network) =>
          [['u1'], ['u2', 'u1'], []].map((units) => ({ id, name, tags, location: 'x', os, network, units })),
        ),
      ),
    ),
  ),
);

/** Written from the text of the settings alone. */
function isMeant(one: MachinesMeant, machine: Machine): boolean {
  const wild = (pattern: string) => new RegExp(`^${pattern.replaceAll('*', '.*')}$`);
  const own = [
    !one.cloud || machine.id.startsWith(one.cloud),
    !one.network || wild(one.network).test(machine.network ?? ''),
    !one.unit || new Set(machine.units).has(one.unit),
    !one.os || machine.os === one.os,
    one.names.length === 0 || one.names.some((name) => wild(name).test(machine.name)),
    Object.entries(one.tags).every(([key, values]) =>
      [values].flat().some((value) => Object.hasOwn(machine.tags, key) && wild(value).test(machine.tags[key] ?? '')),
    ),
    !one.any || one.any.filter((other) => isMeant(other, machine)).length > 0,
    (one.except ?? []).filter((other) => isMeant(other, machine)).length === 0,
  ];
  return own.every(Boolean);
}

const runs = { numRuns: often(300, 20_000) };

describe('for any selection', () => {
  it('a machine of which all is known is meant as an oracle says', () => {
    fc.assert(
      fc.property(selection, fc.constantFrom(...WHOLE), (one, machine) => {
        expect(matchMachine(one, machine)).toBe(isMeant(one, machine));
      }),
      runs,
    );
  });

  it('what is said of a machine of which little is known stays so, whatever the rest is', () => {
    const hidden = fc.subarray(['os', 'network', 'units'] as const);
    fc.assert(
      fc.property(selection, fc.constantFrom(...WHOLE), hidden, (one, machine, keys) => {
        const part: Machine = Object.assign({ ...machine }, Object.fromEntries(keys.map((key) => [key, undefined])));
        const answer = matchMachine(one, part);
        if (isUnknown(answer)) expect(keys.length).toBeGreaterThan(0);
        else expect(answer).toBe(isMeant(one, machine));
      }),
      runs,
    );
  });

  it('one that contains another means all of its machines; two that share none have none in common', () => {
    fc.assert(
      fc.property(selection, selection, (one, other) => {
        const both = WHOLE.map((machine) => [isMeant(one, machine), isMeant(other, machine)] as const);
        if (containsMachines(one, other)) expect(both.filter(([outer, inner]) => inner && !outer)).toEqual([]);
        if (!mayShareMachines(one, other)) expect(both.filter(([a, b]) => a && b)).toEqual([]);
      }),
      runs,
    );
  });

  it('contains itself', () => {
    fc.assert(
      fc.property(selection, (one) => {
        expect(containsMachines(one, structuredClone(one))).toBe(true);
      }),
      runs,
    );
  });
});
