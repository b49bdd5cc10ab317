import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allowsSource, judge } from '../../src/core/policy/judge.ts';
import { stricterThan } from '../../src/core/policy/overlap.ts';
import type { Policy } from '../../src/core/policy/policy.ts';
import type { Wish } from '../../src/core/policy/wish.ts';
import { often } from '../setup/lane.ts';
import { ADA, policy, RDP, SSH, T0, WEB } from './samples.ts';

const WISH: Wish = {
  person: ADA,
  machine: WEB,
  ports: [SSH],
  source: '10.8.0.7/32',
  forMs: 3_600_000,
  isBastion: false,
  cutsSessions: false,
  now: T0,
};
const JUMP = 'sg-0123456789abcdef0';
const WIFI = { source: '10.8.66.0/24', sourceName: 'wifi' };
const against = (one: Policy, source: string, patch: Partial<Wish> = {}) =>
  judge([one], { ...WISH, source, ...patch }).against.map(({ code }) => code);

describe('sources that a policy keeps out', () => {
  const open = policy({ anySource: true, neverFrom: [WIFI, { source: '2001:db8:66::/48' }] });

  it.each([
    ['one of them', '10.8.66.9/32', true],
    ['all of them', '10.8.66.0/24', true],
    ['a part of them', '10.8.66.128/25', true],
    ['more, in which they are', '10.8.0.0/16', true],
    ['everywhere', '0.0.0.0/0', true],
    ['everywhere, of the other family', '::/0', true],
    ['the next one', '10.8.67.0/32', false],
    ['the prefix before', '10.8.65.0/24', false],
    ['another one of the other family', '2001:db8:67::/48', false],
    ['a security group', JUMP, false],
  ])('%s: %s', (_, source, isOut) => {
    expect(against(open, source)).toEqual(isOut ? ['policyNeverFrom'] : []);
  });

  it('are named, with what was asked for', () => {
    const [error] = judge([open], { ...WISH, source: '10.8.0.0/16', sourceName: 'vpn' }).against;
    expect(error).toMatchObject({
      kind: 'denied',
      say: 'Policy production never allows requests from wifi (10.8.66.0/24), and vpn (10.8.0.0/16) is there or holds a part of it.',
    });
  });

  it('may be a security group, and the subnet of a Bastion is one as well', () => {
    expect(against(policy({ anySource: true, neverFrom: [{ source: JUMP }] }), JUMP)).toEqual(['policyNeverFrom']);
    const bastion = policy({ bastion: true, neverFrom: [WIFI] });
    expect(against(bastion, '10.8.66.0/26', { isBastion: true })).toEqual(['policyNeverFrom']);
    expect(against(bastion, '10.8.1.0/26', { isBastion: true })).toEqual([]);
  });

  it('are those of each policy of the request', () => {
    const rdp = policy({ name: 'rdp', ports: [RDP], neverFrom: [WIFI] });
    const ssh = policy({ name: 'ssh', ports: [SSH] });
    const both = (ports: Wish['ports']) => judge([ssh, rdp], { ...WISH, ports, source: '10.8.66.9/32' }).against;
    expect(both([SSH])).toEqual([]);
    expect(both([SSH, RDP])).toMatchObject([{ code: 'policyNeverFrom' }]);
  });

  it('are not offered, and are what makes a policy stricter than one that lets them in', () => {
    const [vpn, wifi] = [policy({ anySource: true }), policy({ anySource: true, neverFrom: [WIFI] })];
    expect(['10.8.66.0/25', '10.8.0.0/16', '10.9.0.0/16'].map((source) => allowsSource(wifi, source))).toEqual([
      false,
      true,
      true,
    ]);
    expect(stricterThan(wifi, vpn)).toEqual(['never from wifi (10.8.66.0/24)']);
    expect(stricterThan(vpn, wifi)).toEqual([]);
    expect(stricterThan(wifi, policy({ anySource: true, neverFrom: [{ source: '10.8.0.0/16' }] }))).toEqual([]);
  });

  it('never refuse a narrower source where a wider one passes', () => {
    const bits = fc.tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 24, max: 32 }));
    const prefix = ([last, length]: readonly [number, number]) =>
      `10.8.66.${last & (0xff << (32 - length)) & 0xff}/${length}`;
    fc.assert(
      fc.property(bits, bits, fc.integer({ min: 0, max: 8 }), ([at, length], out, more) => {
        const one = policy({ anySource: true, neverFrom: [{ source: prefix(out) }] });
        const wide = against(one, prefix([at, length]));
        const narrow = against(one, prefix([at, Math.min(32, length + more)]));
        if (wide.length === 0) expect(narrow).toEqual([]);
        // By the addresses themselves.
        const inside = (address: number) => prefix([address, out[1]]) === prefix(out);
        const asked = Array.from({ length: 256 }, (_, i) => i).filter(
          (i) => prefix([i, length]) === prefix([at, length]),
        );
        expect(wide).toEqual(asked.some(inside) ? ['policyNeverFrom'] : []);
      }),
      { numRuns: often(300, 5_000) },
    );
  });
});
