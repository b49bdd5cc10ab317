import ipaddr from 'ipaddr.js';
import { parseSource } from '../../../src/core/rule/source.ts';

/** The first and the last of some IPv4 addresses, as numbers. */
export type Span = readonly [number, number];

const ALL: Span = [0, 0xff_ff_ff_ff];

/** What rules of a firewall name: any, an address, a prefix or a range. Undefined for what has to be looked up: names, tags. */
export function spanOf(text: string): Span | undefined {
  if (text === '*') return ALL;
  const [first = '', last] = text.split('-').map((one) => prefixSpan(one));
  const end = text.includes('-') ? last : first;
  return first && end ? [first[0], end[1]] : undefined;
}

function prefixSpan(text: string): Span | undefined {
  const prefix = parseSource(text);
  if (!prefix || prefix.includes(':')) return undefined;
  const [address, length] = ipaddr.parseCIDR(prefix);
  const first = address.toByteArray().reduce((sum, byte) => sum * 256 + byte, 0);
  return [first, first + 2 ** (32 - length) - 1];
}

export function isIn(inner: Span, outer: Span): boolean {
  return outer[0] <= inner[0] && inner[1] <= outer[1];
}

export function meets(a: Span, b: Span): boolean {
  return a[0] <= b[1] && b[0] <= a[1];
}
