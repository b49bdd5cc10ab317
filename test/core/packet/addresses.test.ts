import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addressesIn,
  addressNumber,
  addressText,
  everyAddress,
  prefixesOf,
  readAddresses,
} from '../../../src/core/packet/addresses.ts';
import { setOf } from '../../../src/core/packet/ranges.ts';

describe('addresses', () => {
  it.each([
    ['10.0.0.4', 'ipv4', 0x0a000004n, 0x0a000004n],
    ['10.1.2.3/8', 'ipv4', 0x0a000000n, 0x0affffffn],
    ['0.0.0.0/0', 'ipv4', 0n, 0xffffffffn],
    ['10.0.0.1-10.0.0.9', 'ipv4', 0x0a000001n, 0x0a000009n],
    ['::ffff:10.0.0.0/104', 'ipv4', 0x0a000000n, 0x0affffffn],
    ['::/0', 'ipv6', 0n, (1n << 128n) - 1n],
    ['fd00::1/64', 'ipv6', 0xfd00n << 112n, (0xfd00n << 112n) + (1n << 64n) - 1n],
  ] as const)('%s is read', (text, family, first, last) => {
    expect(readAddresses(text)).toEqual({ family, set: [{ first, last }] });
  });

  it.each([
    '',
    '*',
    'Internet',
    '10.0.0',
    '10',
    '0x7f.1',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/-1',
    '10.0.0.9-10.0.0.1',
    '10.0.0.1-fd00::1',
    '1-2-3',
    'fe80::1%eth0/64',
    '10.0.0.0/8/8',
    '::ffff:10.0.0.0/80',
  ])('%j is no set of addresses, which is not an empty one', (text) => {
    expect(readAddresses(text)).toBeUndefined();
  });

  it('of one family are told from the other, and from words', () => {
    expect(addressesIn(['10.0.0.0/8', 'fd00::/8', 'Internet', '10.0.0.0/16'], 'ipv4')).toEqual({
      set: readAddresses('10.0.0.0/8')?.set,
      others: ['Internet'],
    });
  });

  it('come back from their numbers', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const read = addressNumber(text);
        if (!read) return;
        expect(addressNumber(addressText(read.value, read.family))).toEqual(read);
      }),
    );
  });

  it('are written in prefixes that hold the same', () => {
    const range = fc.tuple(fc.nat(0xffffffff), fc.nat(0xffff)).map(([first, more]) => {
      const from = BigInt(first);
      const to = from + BigInt(more);
      return { first: from, last: to > 0xffffffffn ? 0xffffffffn : to };
    });
    fc.assert(
      fc.property(fc.array(range, { maxLength: 3 }).map(setOf), (set) => {
        const texts = prefixesOf(set, 'ipv4', 1_000) ?? [];
        expect(addressesIn(texts, 'ipv4').set).toEqual(set);
      }),
    );
    expect(prefixesOf(everyAddress('ipv6'), 'ipv6')).toEqual(['::/0']);
    expect(prefixesOf([{ first: 1n, last: 0xfffffffen }], 'ipv4')).toBeUndefined();
  });
});
