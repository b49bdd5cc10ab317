import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/**
 * Never called, not even where they are written: link-local addresses, and those at which clouds tell a machine about itself and
 * give it credentials ("Instance Metadata Service" of Azure and AWS; "What is IP address 168.63.129.16?").
 */
const NEVER = ['169.254.0.0/16', '168.63.129.16/32', '100.100.100.200/32', 'fe80::/10', 'fd00:ec2::/32'];
/** All that the Internet leads anywhere today ("IPv6 Global Unicast Address Assignments"). */
const GLOBAL_IPV6 = '2000::/3';
/** NAT64 puts the IPv4 address into the last 32 bits (RFC 6052). */
const NAT64 = '64:ff9b::/96';

/** May an address be called? `written` are prefixes that the configuration names, and that may be private. What is no address may not. */
export function isCallable(address: string, written: readonly string[]): boolean {
  const real = read(address);
  if (!real || isIn(real, NEVER)) return false;
  return isPublic(real) || isIn(real, written);
}

/** Does it stay on this computer? */
export function isOwn(address: string): boolean {
  return read(address)?.range() === 'loopback';
}

/** As it is called in the end: one that is mapped into IPv6, or reached through NAT64, is the IPv4 address. */
function read(text: string): Address | undefined {
  // A zone says through which interface: only link-local addresses need one.
  if (text.includes('%') || !ipaddr.isValid(text)) return undefined;
  const address = ipaddr.process(text);
  return isIn(address, [NAT64]) ? ipaddr.fromByteArray(address.toByteArray().slice(12)) : address;
}

function isPublic(address: Address): boolean {
  return address.range() === 'unicast' && (address.kind() === 'ipv4' || isIn(address, [GLOBAL_IPV6]));
}

function isIn(address: Address, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => {
    const [range, length] = ipaddr.parseCIDR(prefix);
    return range.kind() === address.kind() && address.match(range, length);
  });
}
