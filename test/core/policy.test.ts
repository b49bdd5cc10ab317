import { describe, expect, it } from 'vitest';
import { oneStage } from '../../src/config/stage.ts';
import type { Machine } from '../../src/core/machine/machine.ts';
import { judge } from '../../src/core/policy/judge.ts';
import { type MachinesMeant, meansMachine } from '../../src/core/policy/machines.ts';
import { type Policy, policiesFor } from '../../src/core/policy/policy.ts';
import type { Wish } from '../../src/core/policy/wish.ts';
import { ADA, DNS, GRACE, policy, RDP, SSH, T0, WEB } from './samples.ts';

const HOUR = 3_600_000;
const wish: Wish = {
  person: ADA,
  machine: WEB,
  ports: [SSH],
  source: '203.0.113.7/32',
  forMs: HOUR,
  isBastion: false,
  cutsSessions: false,
  now: T0,
};
/** What a policy that covers everything asked for here has against a wish. */
const objection = (one: Policy, asked: Wish) => judge([one], asked).against[0];

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

  it('is a source that lies in none of those that it allows; within these it may be as wide as the policy says', () => {
    const vpn = { source: '10.8.0.0/16', sourceName: 'vpn' };
    const guarded = policy({ sources: [vpn, { source: '2001:db8::/48' }], widest: { ipv4: 1, ipv6: 1 } });
    expect(objection(guarded, wish)).toMatchObject({
      code: 'policyOtherSource',
      say: 'Policy production does not allow requests from 203.0.113.7.',
      hint: 'It allows vpn (10.8.0.0/16), 2001:db8::/48.',
    });
    for (const source of ['10.8.0.0/16', '10.8.3.0/24', '10.8.0.1/32', '2001:db8:0:1::/64'])
      expect(objection(guarded, { ...wish, source })).toBeUndefined();
    for (const source of ['10.8.0.0/15', '10.0.0.0/8', '2001:db8::/47', '0.0.0.0/0', '::/0'])
      expect(objection(guarded, { ...wish, source })).toMatchObject({ code: 'policyOtherSource' });
    const narrow = policy({ sources: [vpn] });
    expect(objection(narrow, { ...wish, ...vpn })).toMatchObject({
      code: 'policySource',
      say: 'vpn (10.8.0.0/16) is too wide: policy production allows /28 or narrower.',
    });
    expect(objection(policy({ sources: [vpn], bastion: true }), { ...wish, isBastion: true })).toBeUndefined();
  });

  it('is a security group, unless it is named there or any source is allowed: nobody knows who bears it', () => {
    const jump = { source: 'sg-0123456789abcdef0', sourceName: 'jump' };
    expect(objection(policy({ widest: { ipv4: 1, ipv6: 1 } }), { ...wish, ...jump })).toMatchObject({
      code: 'policyGroup',
      kind: 'denied',
      say: 'Policy production does not name security group jump (sg-0123456789abcdef0), and how many machines bear it is not known.',
    });
    expect(objection(policy({ sources: [{ source: '0.0.0.0/1' }] }), { ...wish, ...jump })).toMatchObject({
      code: 'policyOtherSource',
    });
    expect(objection(policy({ sources: [jump] }), { ...wish, ...jump })).toBeUndefined();
    expect(objection(policy({ anySource: true }), { ...wish, ...jump })).toBeUndefined();
    expect(objection(policy({ sources: [jump] }), wish)).toMatchObject({
      code: 'policyOtherSource',
      hint: 'It allows security group jump (sg-0123456789abcdef0).',
    });
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
      'No policy lets you request port 53/udp on web-1.',
      'You can request 22, 3389 there.',
    ],
    [
      'policyPort',
      { ports: [{ number: 22, protocol: 'udp' }] },
      'No policy lets you request port 22/udp on web-1.',
      'You can request 22, 3389 there.',
    ],
    [
      'policyDuration',
      { forMs: 4 * HOUR + 1_000 },
      'Policy production allows at most 4 h; 4 h 1 s was requested.',
      'Request 4 h or less.',
    ],
    [
      'policySource',
      { source: '203.0.112.0/27' },
      '203.0.112.0/27 is too wide: policy production allows /28 or narrower.',
      'Request from a narrower prefix, ideally your own IP address.',
    ],
    [
      'policySource',
      { source: '2001:db8::/63' },
      '2001:db8::/63 is too wide: policy production allows /64 or narrower.',
      'Request from a narrower prefix, ideally your own IP address.',
    ],
    [
      'policySource',
      { source: '0.0.0.0/1' },
      '0.0.0.0/1 is too wide: policy production allows /28 or narrower.',
      'Request from a narrower prefix, ideally your own IP address.',
    ],
    [
      'policyAnySource',
      { source: '0.0.0.0/0' },
      'Policy production does not allow opening a port to every address.',
      'Request from your own IP address.',
    ],
    [
      'policyAnySource',
      { source: '::/0' },
      'Policy production does not allow opening a port to every address.',
      'Request from your own IP address.',
    ],
  ])('%s: %j', (code, patch, say, hint) => {
    expect(objection(policy(), { ...wish, ...patch })).toMatchObject({ code, kind: 'denied', say, hint });
  });

  it('is nothing from everywhere where it says so in writing, and only then', () => {
    const widest = { ipv4: 1, ipv6: 1 };
    expect(objection(policy({ anySource: true }), { ...wish, source: '0.0.0.0/0' })).toBeUndefined();
    expect(objection(policy({ widest }), { ...wish, source: '0.0.0.0/0' })?.code).toBe('policyAnySource');
  });

  it('is nothing from less than everywhere where everywhere is allowed: asking for less is never refused', () => {
    expect(objection(policy({ anySource: true }), { ...wish, source: '203.0.112.0/20' })).toBeUndefined();
    expect(objection(policy({ anySource: true }), { ...wish, source: '2001:db8::/32' })).toBeUndefined();
  });

  it('is, for more time, the time in all from the first opening', () => {
    const since = Date.UTC(2026, 2, 14, 13);
    expect(objection(policy(), { ...wish, forMs: 4 * HOUR + 1_000, since })).toMatchObject({
      code: 'policyExtension',
      say: 'Policy production allows 4 h in total, which is used up at 17:00 UTC.',
    });
  });
});

describe('the policy of a wish', () => {
  const names = (policies: readonly Policy[], asked: Partial<Wish> = {}) =>
    judge(policies, { ...wish, ...asked }).policies.map(({ name }) => name);
  const codes = (policies: readonly Policy[], asked: Partial<Wish> = {}) =>
    judge(policies, { ...wish, ...asked }).against.map(({ code }) => code);

  it('is never a looser one because more is asked for', () => {
    const strict = policy({ name: 'strict', longestMs: HOUR, stages: [oneStage(['group:security'], 2)] });
    const loose = policy({ name: 'loose', longestMs: 8 * HOUR, stages: [oneStage(['group:engineers'], 1)] });
    expect(names([strict, loose])).toEqual(['strict']);
    const longer = judge([strict, loose], { ...wish, forMs: HOUR + 300_000 });
    expect(longer.against[0]).toMatchObject({
      code: 'policyDuration',
      say: 'Policy strict allows at most 1 h; 1 h 5 min was requested.',
      hint: 'Request 1 h or less.',
    });
    expect(longer.policies).toEqual([strict]);
  });

  it('is the first of the file whose people, machines and port cover it', () => {
    const others = policy({ name: 'others', who: ['group:security'] });
    const elsewhere = policy({ name: 'elsewhere', machines: { names: ['db-*'], tags: {} } });
    const rdp = policy({ name: 'rdp', ports: [RDP] });
    const [first, later] = [policy({ name: 'first' }), policy({ name: 'later' })];
    expect(names([others, elsewhere, rdp, first, later])).toEqual(['first']);
    expect(names([others, elsewhere, rdp, first, later], { ports: [RDP] })).toEqual(['rdp']);
  });

  it('is one for each port, in the order of the file, each once', () => {
    const [rdp, rest] = [policy({ name: 'rdp', ports: [RDP] }), policy({ name: 'rest', ports: [DNS, SSH, RDP] })];
    expect(names([rdp, rest], { ports: [SSH, DNS, RDP] })).toEqual(['rdp', 'rest']);
    expect(names([rest, rdp], { ports: [SSH, DNS, RDP] })).toEqual(['rest']);
  });

  it('of several takes the shortest time and the narrowest source, and says what would pass all of them', () => {
    const long = policy({ name: 'long', ports: [SSH], widest: { ipv4: 24, ipv6: 48 }, longestMs: 4 * HOUR });
    const short = policy({ name: 'short', ports: [RDP], widest: { ipv4: 32, ipv6: 128 }, longestMs: HOUR });
    const asked = { ...wish, ports: [SSH, RDP], forMs: 5 * HOUR, source: '203.0.112.0/20' };
    expect(judge([long, short], asked).against.map(({ say, hint }) => `${say} ${hint}`)).toEqual([
      'Policy short allows at most 1 h; 5 h was requested. Request 1 h or less.',
      '203.0.112.0/20 is too wide: policy short allows /32 or narrower. Request from a narrower prefix, ideally your own IP address.',
    ]);
    expect(codes([long, short], { ports: [SSH, RDP] })).toEqual([]);
    expect(codes([{ ...long, anySource: true }, short], { ports: [SSH, RDP], source: '0.0.0.0/0' })).toEqual([
      'policyAnySource',
    ]);
    expect(codes([{ ...long, bastion: true }, short], { ports: [SSH, RDP], isBastion: true })).toEqual([
      'policyBastion',
    ]);
    expect(codes([{ ...long, cutSessions: true }, short], { ports: [SSH, RDP] })).toEqual(['policySessions']);
  });

  it('keeps every reason, the port first', () => {
    const asked = { ports: [SSH, { number: 443, protocol: 'tcp' as const }], forMs: 5 * HOUR, source: '0.0.0.0/0' };
    expect(codes([policy({ cutSessions: true })], asked)).toEqual([
      'policyPort',
      'policyDuration',
      'policySessions',
      'policyAnySource',
    ]);
  });

  it('is none where none is meant, and where nothing is asked for', () => {
    const others = policy({ who: ['group:security'] });
    for (const none of [[], [others], [policy({ machines: { names: ['db-*'], tags: {} } })]]) {
      expect(judge(none, wish)).toMatchObject({
        policies: [],
        against: [{ say: 'No policy allows access to web-1.', hint: 'Ask your Drawbridge administrator to add one.' }],
      });
    }
    expect(codes([policy()], { ports: [] })).toEqual(['noPolicy']);
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
    [{ names: ['web-1*1'] }, false],
    [{ names: ['w*b-*-1'] }, false],
    [{ names: ['**w**1**'] }, true],
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

  it('are found at once, however many stars a name has and however long it is', () => {
    const long: Machine = { ...WEB, name: 'a'.repeat(100_000) };
    expect(meansMachine(meant({ names: [`${'*a'.repeat(20_000)}*b`] }), long)).toBe(false);
    expect(meansMachine(meant({ names: [`${'*a'.repeat(20_000)}*`] }), long)).toBe(true);
  });
});
