import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contains, familyOf, isAny, parseSource, prefixLength, sourceText } from '../../src/core/rule/source.ts';
import { often } from '../setup/lane.ts';

describe('parseSource', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7/32'],
    ['203.0.113.7/32', '203.0.113.7/32'],
    [' 203.0.113.7 ', '203.0.113.7/32'],
    ['203.0.113.77/28', '203.0.113.64/28'],
    ['203.0.113.255/25', '203.0.113.128/25'],
    ['10.1.2.3/8', '10.0.0.0/8'],
    ['100.64.0.1', '100.64.0.1/32'],
    ['2001:db8::1', '2001:db8::1/128'],
    ['2001:0DB8:0:0:0:0:0:1', '2001:db8::1/128'],
    ['2001:db8:1:2:3:4:5:6/64', '2001:db8:1:2::/64'],
    ['2001:db8::ffff/127', '2001:db8::fffe/127'],
    ['fd00::1', 'fd00::1/128'],
    ['::ffff:203.0.113.7', '203.0.113.7/32'],
    ['::FFFF:cb00:7107', '203.0.113.7/32'],
    ['::ffff:203.0.113.7/120', '203.0.113.0/24'],
    ['any', '0.0.0.0/0'],
    ['Any', '0.0.0.0/0'],
    ['*', '0.0.0.0/0'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['203.0.113.7/0', '0.0.0.0/0'],
    ['::/0', '::/0'],
    ['2001:db8::1/0', '::/0'],
    ['::ffff:0.0.0.0/96', '0.0.0.0/0'],
    ['203.0.113.7/1', '128.0.0.0/1'],
    ['1.2.3.4/1', '0.0.0.0/1'],
    ['0.0.0.0/1', '0.0.0.0/1'],
  ])('reads “%s” as %s', (text, canonical) => {
    expect(parseSource(text)).toBe(canonical);
  });

  it.each([
    ['nothing', ''],
    ['a word', 'home'],
    ['a host name', 'vpn.example.com'],
    ['a URL', 'http://203.0.113.7'],
    ['a short form', '203.0.113'],
    ['one number', '3405803783'],
    ['five octets', '203.0.113.7.1'],
    ['a too large octet', '203.0.113.256'],
    ['octal', '0203.0.0113.7'],
    ['octal in one octet', '203.0.113.07'],
    ['octal in a mapped address', '::ffff:203.0.113.07'],
    ['hexadecimal', '0xcb.0.0x71.7'],
    ['a negative octet', '203.0.-1.7'],
    ['a length of 33', '203.0.113.7/33'],
    ['no length', '203.0.113.7/'],
    ['two lengths', '203.0.113.7/24/24'],
    ['a netmask', '203.0.113.0/255.255.255.0'],
    ['a negative length', '203.0.113.7/-1'],
    ['a range', '203.0.113.1-203.0.113.9'],
    ['a port', '203.0.113.7:22'],
    ['a length of 129', '2001:db8::1/129'],
    ['two gaps', '2001::db8::1'],
    ['a group of five', '2001:db8::12345'],
    ['a zone', 'fe80::1%eth0'],
    ['a zone on a public address', '2001:db8::1%1'],
    ['brackets', '[2001:db8::1]'],
    ['digits of another script', '２０３.0.113.7'],
    ['two addresses', '203.0.113.7 203.0.113.8'],
    ['no address', '0.0.0.0'],
    ['loopback', '127.0.0.1'],
    ['all of loopback', '127.0.0.0/8'],
    ['multicast', '224.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ['link-local', '169.254.169.254'],
    ['no IPv6 address', '::'],
    ['IPv6 loopback', '::1'],
    ['mapped loopback', '::ffff:127.0.0.1'],
    ['IPv6 multicast', 'ff02::1'],
    ['IPv6 link-local', 'fe80::1'],
  ])('refuses %s: “%s”', (_, text) => {
    expect(parseSource(text)).toBeUndefined();
  });

  it('gives a canonical form of which it is itself the canonical form', () => {
    fc.assert(
      fc.property(anySource, (text) => {
        const once = parseSource(text);
        if (once !== undefined) expect(parseSource(once)).toBe(once);
      }),
      { numRuns: often(1_000, 50_000) },
    );
  });

  it('gives one canonical form to all addresses of a prefix', () => {
    fc.assert(
      fc.property(ipv4Bits, fc.integer({ min: 1, max: 32 }), ipv4Bits, (bits, length, other) => {
        const sibling = bits.slice(0, length) + other.slice(length);
        expect(parseSource(`${ipv4(bits)}/${length}`)).toBe(parseSource(`${ipv4(sibling)}/${length}`));
      }),
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'0123456789abcdef:./%x') })), (text) => {
        const canonical = parseSource(text);
        if (canonical !== undefined) expect(canonical).toMatch(/^[0-9a-f.:]+\/\d{1,3}$/);
      }),
    );
  });
});

describe('contains', () => {
  it.each([
    ['203.0.113.0/24', '203.0.113.7/32', true],
    ['203.0.113.0/24', '203.0.113.0/24', true],
    ['203.0.113.0/24', '203.0.112.0/23', false],
    ['203.0.113.0/24', '203.0.114.7/32', false],
    ['0.0.0.0/0', '203.0.113.7/32', true],
    ['0.0.0.0/0', '2001:db8::1/128', false],
    ['::/0', '203.0.113.7/32', false],
    ['2001:db8::/32', '2001:db8:1::/48', true],
    ['2001:db8::/32', '2001:db9::/48', false],
  ])('%s and %s: %s', (outer, inner, answer) => {
    expect(contains(outer, inner)).toBe(answer);
  });

  it.each([
    ['IPv4', 32],
    ['IPv6', 128],
  ])('says the same as comparing %s bits', (_, width) => {
    const address = bitsOf(width);
    const length = fc.integer({ min: 1, max: width });
    const write = width === 32 ? ipv4 : ipv6;
    fc.assert(
      fc.property(address, length, address, length, fc.nat({ max: width }), (a, aLength, b, bLength, shared) => {
        // Random addresses hardly ever share their first bits, so that some are copied.
        const outer = a.slice(0, aLength);
        const inner = (a.slice(0, shared) + b.slice(shared)).slice(0, bLength);
        const answer = contains(
          `${write(outer.padEnd(width, '0'))}/${aLength}`,
          `${write(inner.padEnd(width, '0'))}/${bLength}`,
        );
        expect(answer).toBe(inner.startsWith(outer));
      }),
      { numRuns: often(500, 50_000) },
    );
  });
});

describe('a source', () => {
  it.each([
    ['203.0.113.7/32', false, 'ipv4', 32, '203.0.113.7'],
    ['203.0.113.0/28', false, 'ipv4', 28, '203.0.113.0/28'],
    ['0.0.0.0/0', true, 'ipv4', 0, 'anywhere (0.0.0.0/0)'],
    ['0.0.0.0/1', false, 'ipv4', 1, '0.0.0.0/1'],
    ['2001:db8::1/128', false, 'ipv6', 128, '2001:db8::1'],
    ['2001:db8::/32', false, 'ipv6', 32, '2001:db8::/32'],
    ['::/0', true, 'ipv6', 0, 'anywhere (::/0)'],
  ])('%s: any %s, %s, /%i, told as “%s”', (source, any, family, length, text) => {
    expect([isAny(source), familyOf(source), prefixLength(source), sourceText(source)]).toEqual([
      any,
      family,
      length,
      text,
    ]);
  });
});

function bitsOf(width: number): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom('0', '1'), minLength: width, maxLength: width });
}

const ipv4Bits = bitsOf(32);

function ipv4(bits: string): string {
  return (bits.match(/.{8}/g) ?? []).map((octet) => Number.parseInt(octet, 2)).join('.');
}

function ipv6(bits: string): string {
  return (bits.match(/.{16}/g) ?? []).map((group) => Number.parseInt(group, 2).toString(16)).join(':');
}

const anySource = fc.oneof(
  fc.tuple(ipv4Bits, fc.integer({ min: 0, max: 32 })).map(([bits, length]) => `${ipv4(bits)}/${length}`),
  fc.tuple(bitsOf(128), fc.integer({ min: 0, max: 128 })).map(([bits, length]) => `${ipv6(bits)}/${length}`),
  fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 128 })).map(([text, length]) => `::ffff:${text}/${length}`),
  fc.ipV4(),
  fc.ipV6(),
);
