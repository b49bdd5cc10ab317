import ipaddr from 'ipaddr.js';
import { invalidValue } from './errors.ts';

/**
 * The canonical form that EC2 stores and returns: bits behind the prefix length cleared, IPv6 in its short form. Refuses
 * what is not a prefix of that family; an address without a length is none.
 */
export function canonicalCidr(text: string, family: 'ipv4' | 'ipv6'): string {
  const shape = family === 'ipv4' ? /^\d{1,3}(?:\.\d{1,3}){3}\/\d{1,2}$/ : /^[\da-f:.]*:[\da-f:.]*\/\d{1,3}$/i;
  if (!shape.test(text) || !ipaddr.isValidCIDR(text)) throw invalidValue(`CIDR block ${text} is malformed`);
  const [address, length] = ipaddr.parseCIDR(text);
  const bytes = address.toByteArray().map((byte, i) => byte & (0xff << (8 - Math.min(8, Math.max(0, length - 8 * i)))));
  return `${ipaddr.fromByteArray(bytes.map((byte) => byte & 0xff))}/${length}`;
}
