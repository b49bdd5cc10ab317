import ipaddr from 'ipaddr.js';

/**
 * The one way to write a prefix, whoever may come from there: EC2 holds prefixes that nobody may ask for, and writes
 * IPv6 in its own way. Undefined when it is none.
 */
export function canonicalCidr(text: string): string | undefined {
  if (!ipaddr.isValidCIDR(text)) return undefined;
  const [address, length] = ipaddr.parseCIDR(text);
  return `${address.toString()}/${length}`;
}
