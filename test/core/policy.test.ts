import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Machine } from '../../src/core/machine/machine.ts';
import type { Subject } from '../../src/core/people/person.ts';
import {
  judge,
  type MachinesMeant,
  meansMachine,
  objection,
  policiesFor,
  type Wish,
} from '../../src/core/policy/policy.ts';
import { ADA, DNS, GRACE, policy, RDP, refusal, SAM, SSH, WEB } from './samples.ts';

const HOUR = 3_600_000;
const wish: Wish = {
  person: ADA,
  machine: WEB,
  ports: [SSH],
  source: '203.0.113.7/32',
  forMs: HOUR,
  isBastion: false,
  cutsSessions: false,
};

describe('what a policy has against a wish', () => {
  it('is a Bastion without written permission; with it, its subnet may be wide', () => {
    const through = { ...wish, source: '10.1.251.0/26', isBastion: true };
    expect(objection(policy(), through)).toMatchObject({ code: 'policyBastion' });
    expect(objection(policy({ bastion: true }), through)).toBeUndefined();
    const typed = { ...through, isBastion: false };
    expect(objection(policy({ bastion: true }), typed)).toMatchObject({ code: 'policySource' });
  });

  it('is that open sessions would go on, where it asks that they are cut', () => {
    const strict = policy({ cutSessions: true });
    expect(objection(strict, wish)).toMatchObject({ code: 'policySessions', kind: 'denied' });
    expect(objection(strict, { ...wish, cutsSessions: true })).toBeUndefined();
    expect(objection(policy(), { ...wish, cutsSessions: true })).toBeUndefined();
  });

  it.each<[string, Partial<Wish>]>([
    ['nothing', {}],
    ['all its ports', { ports: [SSH, RDP] }],
    ['the longest time', { forMs: 4 * HOUR }],
    ['the widest IPv4 source', { source: '203.0.113.0/28' }],
    ['the widest IPv6 source', { source: '2001:db8::/64' }],
  ])('nothing: %s', (_, patch) => {
    expect(objection(policy(), { ...wish, ...patch })).toBeUndefined();
  });

  it.each<[string, Partial<Wish>, string, string]>([
    [
      'policyPort',
      { ports: [SSH, DNS] },
      'Policy production does not allow port 53/udp on web-1.',
      'It allows 22, 3389.',
    ],
    [
      'policyPort',
      { ports: [{ number: 22, protocol: 'udp' }] },
      'Policy production does not allow port 22/udp on web-1.',
      'It allows 22, 3389.',
    ],
    [
      'policyDuration',
      { forMs: 4 * HOUR + 1_000 },
      'Policy production allows at most 4 h; you asked for 4 h 1 s.',
      'Ask for 4 h or less.',
    ],
    [
      'policySource',
      { source: '203.0.112.0/27' },
      '203.0.112.0/27 is too wide: policy production allows at most /28.',
      'Ask from a narrower prefix, best your own address.',
    ],
    [
      'policySource',
      { source: '2001:db8::/63' },
      '2001:db8::/63 is too wide: policy production allows at most /64.',
      'Ask from a narrower prefix, best your own address.',
    ],
    [
      'policySource',
      { source: '0.0.0.0/1' },
      '0.0.0.0/1 is too wide: policy production allows at most /28.',
      'Ask from a narrower prefix, best your own address.',
    ],
    [
      'policyAnySource',
      { source: '0.0.0.0/0' },
      'Policy production does not allow access from everywhere.',
      'Ask from your own address.',
    ],
    [
      'policyAnySource',
      { source: '::/0' },
      'Policy production does not allow access from everywhere.',
      'Ask from your own address.',
    ],
  ])('%s: %j', (code, patch, say, hint) => {
    expect(objection(policy(), { ...wish, ...patch })).toMatchObject({ code, kind: 'denied', say, hint });
  });

  it('is nothing from everywhere where it says so in writing, and only then', () => {
    const widest = { ipv4: 1, ipv6: 1 };
    expect(objection(policy({ anySource: true }), { ...wish, source: '0.0.0.0/0' })).toBeUndefined();
    expect(objection(policy({ widest }), { ...wish, source: '0.0.0.0/0' })?.code).toBe('policyAnySource');
    expect(objection(policy({ anySource: true }), { ...wish, source: '203.0.112.0/20' })?.code).toBe('policySource');
  });
});

describe('judge', () => {
  const small = policy({ name: 'small', longestMs: HOUR / 2 });
  const large = policy({ name: 'large' });
  const others = policy({ name: 'others', who: ['group:security'] });

  it('takes the first policy that allows the wish, in the order of the file', () => {
    expect(judge([others, small, large, policy({ name: 'later' })], wish).name).toBe('large');
    expect(judge([small, large], { ...wish, forMs: HOUR / 2 }).name).toBe('small');
  });

  it('says what the first one has against it when none allows it', () => {
    const second = policy({ name: 'second', ports: [RDP] });
    expect(refusal(() => judge([others, small, second], wish))).toMatchObject({
      code: 'policyDuration',
      say: 'Policy small allows at most 30 min; you asked for 1 h.',
    });
  });

  it('says no when no policy is meant', () => {
    const refused = {
      code: 'noPolicy',
      say: 'No policy lets you reach web-1.',
      hint: 'Ask whoever keeps drawbridge.yaml.',
    };
    expect(refusal(() => judge([], wish))).toEqual(refused);
    expect(refusal(() => judge([others], wish))).toEqual(refused);
    expect(refusal(() => judge([policy({ machines: { names: ['db-*'], tags: {} } })], wish))).toEqual(refused);
  });

  it('allows only what the policy that it names allows', () => {
    const anyPolicy = fc.record({
      name: fc.string(),
      who: fc.subarray<Subject>(['group:engineers', 'person:ada', 'person:sam'], { minLength: 1 }),
      ports: fc.subarray([SSH, RDP, DNS], { minLength: 1 }),
      longestMs: fc.integer({ min: 1, max: 10 }),
      anySource: fc.boolean(),
      widest: fc.record({ ipv4: fc.integer({ min: 1, max: 32 }), ipv6: fc.integer({ min: 1, max: 128 }) }),
    });
    const anyWish = fc.record({
      person: fc.constantFrom(ADA, GRACE, SAM),
      ports: fc.subarray([SSH, RDP, DNS], { minLength: 1 }),
      source: fc.constantFrom('0.0.0.0/0', '10.0.0.0/8', '203.0.113.7/32', '2001:db8::/40'),
      forMs: fc.integer({ min: 1, max: 10 }),
    });
    fc.assert(
      fc.property(fc.array(anyPolicy, { maxLength: 4 }), anyWish, (patches, asked) => {
        const policies = patches.map(policy);
        const whole = { ...wish, ...asked };
        const allows = (one: (typeof policies)[number]) =>
          one.who.some((s) => s === `person:${asked.person.id}` || asked.person.groups.includes(s.slice(6))) &&
          asked.ports.every((port) => one.ports.includes(port)) &&
          asked.forMs <= one.longestMs &&
          (asked.source === '0.0.0.0/0'
            ? one.anySource
            : Number(asked.source.split('/')[1]) >= one.widest[asked.source.includes(':') ? 'ipv6' : 'ipv4']);
        const right = policies.find(allows);
        if (right) expect(judge(policies, whole)).toBe(right);
        else expect(() => judge(policies, whole)).toThrow();
      }),
    );
  });
});

describe('policiesFor', () => {
  it('names those for the person and the machine, in order', () => {
    const all = [
      policy({ name: 'a' }),
      policy({ name: 'b', who: ['person:ada'] }),
      policy({ name: 'c', who: ['person:sam'] }),
      policy({ name: 'd', machines: { cloud: 'azure', names: [], tags: {} } }),
    ];
    expect(policiesFor(all, ADA, WEB).map(({ name }) => name)).toEqual(['a', 'b']);
    expect(policiesFor(all, GRACE, WEB)).toEqual([]);
  });
});

describe('the machines that a policy means', () => {
  const meant = (patch: Partial<MachinesMeant>) => ({ names: [], tags: {}, ...patch });

  it.each<[Partial<MachinesMeant>, boolean]>([
    [{}, true],
    [{ cloud: 'aws' }, true],
    [{ cloud: 'azure' }, false],
    [{ names: ['web-1'] }, true],
    [{ names: ['WEB-1'] }, true],
    [{ names: ['web'] }, false],
    [{ names: ['eb-1'] }, false],
    [{ names: ['db-*', 'web-*'] }, true],
    [{ names: ['*'] }, true],
    [{ names: ['*-1'] }, true],
    [{ names: ['w*b*1'] }, true],
    [{ names: ['web-1*'] }, true],
    [{ names: ['*web'] }, false],
    [{ names: [''] }, false],
    [{ names: ['web.1'] }, false],
    [{ names: ['web-[0-9]'] }, false],
    [{ names: ['web-1|db'] }, false],
    [{ tags: { env: 'prod' } }, true],
    [{ tags: { env: 'prod', team: 'shop' } }, true],
    [{ tags: { env: 'prod', team: 'bank' } }, false],
    [{ tags: { env: 'Prod' } }, false],
    [{ tags: { Env: 'prod' } }, false],
    [{ tags: { absent: '' } }, false],
    [{ tags: { constructor: 'Object' } }, false],
    [{ cloud: 'aws', names: ['web-*'], tags: { env: 'prod' } }, true],
    [{ cloud: 'azure', names: ['web-*'], tags: { env: 'prod' } }, false],
    [{ cloud: 'aws', names: ['db-*'], tags: { env: 'prod' } }, false],
  ])('%j: %s', (patch, answer) => {
    expect(meansMachine(meant(patch), WEB)).toBe(answer);
  });

  it('may have names with signs that mean something elsewhere', () => {
    const odd: Machine = { ...WEB, name: 'web.(1)+$' };
    expect(meansMachine(meant({ names: ['web.(1)+$'] }), odd)).toBe(true);
    expect(meansMachine(meant({ names: ['web.(*'] }), odd)).toBe(true);
    expect(meansMachine(meant({ names: ['web-*'] }), odd)).toBe(false);
  });
});
