import ipaddr from 'ipaddr.js';
import { parseSource } from '../../../src/core/rule/source.ts';

/** The first and the last of some IPv4 addresses, as numbers. */
export type AddressRange = readonly [number, number];

const ALL: AddressRange = [0, 0xff_ff_ff_ff];

/** What rules of a firewall name: any, an address, a prefix or a range. Undefined for what has to be looked up: names, tags. */
export function rangeOf(text: string): AddressRange | undefined {
  if (text === '*') return ALL;
  const [first = '', last] = text.split('-').map((one) => prefixRange(one));
  const end = text.includes('-') ? last : first;
  return first && end ? [first[0], end[1]] : undefined;
}

function prefixRange(text: string): AddressRange | undefined {
  const prefix = parseSource(text);
  if (!prefix || prefix.includes(':')) return undefined;
  const [address, length] = ipaddr.parseCIDR(prefix);
  const first = address.toByteArray().reduce((sum, byte) => sum * 256 + byte, 0);
  return [first, first + 2 ** (32 - length) - 1];
}

export function isIn(behind: AddressRange, outer: AddressRange): boolean {
  return outer[0] <= behind[0] && behind[1] <= outer[1];
}

export function meets(a: AddressRange, b: AddressRange): boolean {
  return a[0] <= b[1] && b[0] <= a[1];
}
