import ipaddr from 'ipaddr.js';

/**
 * The one way to write a prefix, whoever may come from there: EC2 holds prefixes that nobody may ask for, and writes
 * IPv6 in its own way. Undefined when it is none.
 */
export function canonicalCidr(text: string): string | undefined {
  // Told apart by the colon, as trying both throws, and makes a stack, for each prefix of the other kind.
  const kind = text.includes(':') ? ipaddr.IPv6 : ipaddr.IPv4;
  if (!kind.isValidCIDR(text)) return undefined;
  const [address, length] = kind.parseCIDR(text);
  return `${address.toString()}/${length}`;
}
