import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lacking, type Permission, permissionText, without } from '../../../adapters/aws/lockdown/permission.ts';
import type { Port } from '../../../src/core/rule/port.ts';

const SSH: Port = { number: 22, protocol: 'tcp' };
const RDP: Port = { number: 3389, protocol: 'tcp' };
const ANY = { kind: 'ipv4', value: '0.0.0.0/0' } as const;

const rule = (protocol: string, from?: number, to?: number): Permission => ({
  protocol,
  peer: ANY,
  tags: {},
  ...(from === undefined ? {} : { from, to }),
});

describe('a rule without some ports', () => {
  test.each([
    [rule('tcp', 22, 22), [SSH], ''],
    [rule('tcp', 0, 65_535), [SSH], 'tcp 0-21, tcp 23-65535'],
    [rule('tcp', 20, 25), [SSH], 'tcp 20-21, tcp 23-25'],
    [rule('tcp', 22, 23), [SSH], 'tcp 23'],
    [rule('tcp', 21, 22), [SSH], 'tcp 21'],
    [rule('tcp', 20, 4000), [SSH, RDP], 'tcp 20-21, tcp 23-3388, tcp 3390-4000'],
    [rule('udp', 20, 25), [SSH], 'udp 20-25'],
    [rule('tcp', 80, 80), [SSH], 'tcp 80'],
    [rule('icmp', -1, -1), [SSH], 'icmp'],
    [rule('50'), [SSH], '50'],
    [rule('-1'), [SSH], 'tcp 0-21, tcp 23-65535, udp 0-65535, icmp'],
    [
      { ...rule('-1'), peer: { kind: 'ipv6', value: '::/0' } } as Permission,
      [SSH],
      'tcp 0-21, tcp 23-65535, udp 0-65535, icmpv6',
    ],
    [rule('-1'), [], 'all traffic'],
  ])('%o without %o is %s', (before, ports, after) => {
    const left = without(before, ports);
    expect(left.map((one) => permissionText(one).replace(/ from .*/, '')).join(', ')).toBe(after);
  });

  test('lets in every other port, and none of them, whatever they are', () => {
    const port = fc.integer({ min: 1, max: 65_535 });
    fc.assert(
      fc.property(port, port, fc.array(port, { maxLength: 6 }), port, (a, b, taken, asked) => {
        const before = rule('tcp', Math.min(a, b), Math.max(a, b));
        const left = without(
          before,
          taken.map((number) => ({ number, protocol: 'tcp' })),
        );
        const lets = (one: Permission, number: number) => (one.from ?? 0) <= number && number <= (one.to ?? 0);
        for (const number of [...taken, asked])
          expect(left.some((one) => lets(one, number))).toBe(lets(before, number) && !taken.includes(number));
        expect(left.every(({ from = 0, to = 0 }) => from <= to)).toBe(true);
      }),
    );
  });
});

describe('what of some rules is not in others', () => {
  test.each([
    [[rule('tcp', 20, 25)], [rule('tcp', 22, 22)], 'tcp 20-21, tcp 23-25'],
    [[rule('tcp', 20, 25)], [rule('udp', 0, 65_535)], 'tcp 20-25'],
    [[rule('tcp', 20, 25)], [rule('-1')], ''],
    [[rule('tcp', 20, 25)], [], 'tcp 20-25'],
    [[rule('tcp', 20, 25)], [rule('tcp', 10, 21), rule('tcp', 24, 30)], 'tcp 22-23'],
    [[rule('-1')], [rule('tcp', 0, 65_535)], 'udp 0-65535, icmp'],
    [[rule('-1')], [rule('50')], 'all traffic'],
    [[rule('icmp', -1, -1)], [rule('icmp', 8, 0)], 'icmp'],
    [[rule('icmp', 8, 0)], [rule('icmp', -1, -1)], ''],
  ])('%o without %o is %s', (wanted, there, left) => {
    const texts = lacking(wanted, there).map((one) => permissionText(one).replace(/ from .*/, ''));
    expect(texts.join(', ')).toBe(left);
  });

  test('is exactly what the one lets in and the other does not', () => {
    const range = fc.tuple(fc.constantFrom('tcp', 'udp'), fc.nat(30), fc.nat(30));
    const some = fc.array(
      fc.oneof(
        range.map(([protocol, a, b]) => rule(protocol, Math.min(a, b), Math.max(a, b))),
        fc.constant(rule('-1')),
      ),
      { maxLength: 4 },
    );
    const lets = (rules: readonly Permission[], protocol: string, port: number) =>
      rules.some(
        (one) =>
          one.protocol === '-1' || (one.protocol === protocol && (one.from ?? 0) <= port && port <= (one.to ?? 0)),
      );
    fc.assert(
      fc.property(some, some, (wanted, there) => {
        const left = lacking(wanted, there);
        for (const protocol of ['tcp', 'udp'])
          for (let port = 0; port <= 32; port += 1)
            expect(lets(left, protocol, port)).toBe(lets(wanted, protocol, port) && !lets(there, protocol, port));
      }),
    );
  });
});
