import ipaddr from 'ipaddr.js';

/**
 * Addresses for the packet oracles, bit by bit, with none of the code that is judged by them: an address is its family and
 * the zeros and ones of it, and a prefix holds what begins as it does.
 */
export interface PlainAddress {
  readonly family: 'ipv4' | 'ipv6';
  readonly bits: string;
}

/** What was worked out before for the same text: worlds are made of few words. */
function kept<T>(work: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const result = work(text);
    known.set(text, result);
    return result;
  };
}

export const isAddressText = kept((text) => ipaddr.isValid(text.split(/[/-]/)[0] ?? ''));

export const plainAddress = kept((text): PlainAddress => {
  const address = ipaddr.parse(text);
  const bits = address.toByteArray().map((byte) => byte.toString(2).padStart(8, '0'));
  return { family: address.kind(), bits: bits.join('') };
});

/** What every address of `10.0.0.4` or `10.0.0.7/29` begins with, whatever stands behind the length. */
const beginning = kept((prefix): PlainAddress => {
  const [base = '', length] = prefix.split('/');
  const { family, bits } = plainAddress(base);
  return { family, bits: bits.slice(0, Number(length ?? bits.length)) };
});

/** Does a prefix or `10.0.0.4-10.0.0.9` hold the address? */
export function isInPrefix(address: PlainAddress, prefix: string): boolean {
  if (!prefix.includes('-')) {
    const { family, bits } = beginning(prefix);
    return family === address.family && address.bits.startsWith(bits);
  }
  const [from, to] = prefix.split('-').map((one) => plainAddress(one.trim()));
  return from?.family === address.family && from.bits <= address.bits && address.bits <= (to?.bits ?? '');
}

const answers = new WeakMap<readonly string[], Map<string, boolean>>();

/** Lists of tags are long and asked the same again and again, so their answers are kept. */
export function isInAny(address: PlainAddress, prefixes: readonly string[]): boolean {
  if (prefixes.length < 4) return prefixes.some((prefix) => isInPrefix(address, prefix));
  const before = answers.get(prefixes) ?? new Map<string, boolean>();
  const known = before.get(address.bits);
  if (known !== undefined) return known;
  const answer = prefixes.some((prefix) => isInPrefix(address, prefix));
  answers.set(prefixes, before.set(address.bits, answer));
  return answer;
}

/** IANA's special-purpose registries: no packet on the Internet bears such a source. */
const SPECIAL = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '224.0.0.0/3',
];

export function isPublic(address: PlainAddress): boolean {
  return address.family === 'ipv4' ? !isInAny(address, SPECIAL) : isInPrefix(address, '2000::/3');
}

/** The first and the last address of a prefix, and those right before and after it, as text. */
export const edgesOf = kept((prefix): readonly string[] => {
  const { bits: start, family } = beginning(prefix);
  const { bits } = plainAddress(prefix.split('/')[0] ?? '');
  const first = BigInt(`0b${start.padEnd(bits.length, '0')}`);
  const last = BigInt(`0b${start.padEnd(bits.length, '1')}`);
  return [first - 1n, first, last, last + 1n].flatMap((value) => {
    const text = value < 0n ? '' : value.toString(2).padStart(bits.length, '0');
    if (text.length !== bits.length) return [];
    const bytes = Array.from({ length: bits.length / 8 }, (_, i) => Number.parseInt(text.slice(8 * i, 8 * i + 8), 2));
    return family === 'ipv4' || family === 'ipv6' ? [ipaddr.fromByteArray(bytes).toString()] : [];
  });
});

/** Does `*`, `22` or `20-25` hold the port? */
export function isInPorts(port: number, text: string): boolean {
  if (text === '*') return true;
  const [first = '', last = first] = text.split('-');
  return Number(first) <= port && port <= Number(last);
}
