import ipaddr from 'ipaddr.js';
import { difference, type NumberSet, setOf } from './ranges.ts';

export type Family = 'ipv4' | 'ipv6';

/** Addresses of one family, as numbers. */
export type AddressSet = NumberSet;

const BITS: Readonly<Record<Family, number>> = { ipv4: 32, ipv6: 128 };

const EVERY: Readonly<Record<Family, AddressSet>> = {
  ipv4: [{ first: 0n, last: (1n << 32n) - 1n }],
  ipv6: [{ first: 0n, last: (1n << 128n) - 1n }],
};

export function everyAddress(family: Family): AddressSet {
  return EVERY[family];
}

/** An address as a number; undefined for what is none. An IPv4 address written in IPv6 counts as IPv4. */
export function addressNumber(text: string): { readonly family: Family; readonly value: bigint } | undefined {
  if (text.includes('%') || !ipaddr.isValid(text) || (!text.includes(':') && !/^\d+(?:\.\d+){3}$/.test(text)))
    return undefined;
  const address = ipaddr.process(text);
  return { family: address.kind(), value: numberOf(address.toByteArray()) };
}

/**
 * Reads `10.0.0.4`, `10.0.0.0/8`, `fd00::/8` or `10.0.0.4-10.0.0.9`, with any bits behind the length cleared. Undefined
 * for anything else: a tag or a name is not an empty set, and is for the caller to look up.
 */
export function readAddresses(text: string): { readonly family: Family; readonly set: AddressSet } | undefined {
  const word = text.trim();
  const [from, to, ...more] = word.split('-');
  if (to !== undefined && more.length === 0) {
    const [first, last] = [addressNumber(from?.trim() ?? ''), addressNumber(to.trim())];
    if (!first || !last || first.family !== last.family || first.value > last.value) return undefined;
    return { family: first.family, set: [{ first: first.value, last: last.value }] };
  }
  const [address = '', length, ...rest] = word.split('/');
  const start = addressNumber(address);
  if (!start || rest.length > 0 || (length !== undefined && !/^\d{1,3}$/.test(length))) return undefined;
  const bits = BITS[start.family];
  // A mapped IPv4 prefix counts its length from IPv6.
  const mapped = start.family === 'ipv4' && address.includes(':') ? 96 : 0;
  const kept = length === undefined ? bits : Number(length) - mapped;
  if (kept < 0 || kept > bits) return undefined;
  const size = 1n << BigInt(bits - kept);
  const first = start.value - (start.value % size);
  return { family: start.family, set: [{ first, last: first + size - 1n }] };
}

/** The addresses of one family in some texts, and the texts that are none. */
export function addressesIn(
  texts: readonly string[],
  family: Family,
): { readonly set: AddressSet; readonly others: readonly string[] } {
  const read = texts.map((text) => ({ text, found: readAddresses(text) }));
  const own = read.flatMap(({ found }) => (found?.family === family ? found.set : []));
  return { set: setOf(own), others: read.flatMap(({ text, found }) => (found ? [] : [text])) };
}

/** The fewest prefixes that hold exactly this set, `most` at most; undefined when it takes more. */
export function prefixesOf(set: AddressSet, family: Family, most = 8): readonly string[] | undefined {
  const bits = BITS[family];
  const prefixes: string[] = [];
  for (const { first, last } of set) {
    for (let at = first; at <= last; ) {
      if (prefixes.length === most) return undefined;
      let free = 0;
      while (free < bits && at % (1n << BigInt(free + 1)) === 0n && at + (1n << BigInt(free + 1)) - 1n <= last)
        free += 1;
      prefixes.push(`${addressText(at, family)}/${bits - free}`);
      at += 1n << BigInt(free);
    }
  }
  return prefixes;
}

export function addressText(value: bigint, family: Family): string {
  const bytes = Array.from({ length: BITS[family] / 8 }, (_, i) => {
    return Number((value >> BigInt(BITS[family] - 8 * (i + 1))) & 0xffn);
  });
  return ipaddr.fromByteArray(bytes).toString();
}

/** Ranges that no packet from the Internet comes from (IANA's special-purpose registries; all of IPv6 that is not given out). */
const NEVER_PUBLIC: Readonly<Record<Family, AddressSet>> = {
  ipv4: addressesIn(
    [
      '0.0.0.0/8',
      '10.0.0.0/8',
      '100.64.0.0/10',
      '127.0.0.0/8',
      '169.254.0.0/16',
      '172.16.0.0/12',
      '192.168.0.0/16',
      '224.0.0.0/3',
    ],
    'ipv4',
  ).set,
  ipv6: difference(EVERY.ipv6, addressesIn(['2000::/3'], 'ipv6').set),
};

/** All that a client on the Internet may come from. */
export function publicAddresses(family: Family): AddressSet {
  return difference(EVERY[family], NEVER_PUBLIC[family]);
}

function numberOf(bytes: readonly number[]): bigint {
  return bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}
