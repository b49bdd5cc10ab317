import { say } from '../language/say.ts';
import type { Saying } from '../language/text.ts';
import { contains, familyOf, isGroup, prefixLength, type SourceNames } from './source.ts';

/** Shared by the customers of a provider, and used by VPNs (RFC 6598). */
const CARRIER = '100.64.0.0/10';
/** Of one organization or home (RFC 1918, RFC 4193). */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'];

/** What somebody should know of where they come from before it is opened; undefined of an ordinary address of the Internet. */
export function networkKind(source: string): 'carrier-grade' | 'private' | undefined {
  if (isGroup(source)) return undefined;
  if (contains(CARRIER, source)) return 'carrier-grade';
  return PRIVATE.some((range) => contains(range, source)) ? 'private' : undefined;
}

/** The same in words that stand behind an address. */
export const NETWORK_WORDS: Readonly<Record<'carrier-grade' | 'private', Saying>> = {
  'carrier-grade': say`a carrier-grade address (100.64.0.0/10), which means something inside one provider’s network or VPN only`,
  private: say`a private address, which means something inside your own network or VPN only`,
};

/** What IANA has set a range apart for, so that it is routed nowhere ("IANA IPv4 and IPv6 Special-Purpose Address Registries"). */
const RESERVED: readonly (readonly [range: string, what: Saying])[] = [
  ...['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8::/32', '3fff::/20'].map(
    (range) => [range, say`documentation`] as const,
  ),
  ...['198.18.0.0/15', '2001:2::/48'].map((range) => [range, say`benchmarks`] as const),
  ...['192.0.0.0/24', '240.0.0.0/4', '100::/64'].map((range) => [range, say`protocols and later use`] as const),
];

/** What a source is set apart for where nobody can come from it; undefined of all others. */
export function reservedFor(source: string): Saying | undefined {
  return isGroup(source) ? undefined : RESERVED.find(([range]) => contains(range, source))?.[1];
}

/** The names of the configuration that it is in, the narrowest first. */
export function networksOf(source: string, names: SourceNames): readonly string[] {
  const around = [...names].flatMap(([name, prefixes]) =>
    prefixes.filter((prefix) => contains(prefix, source)).map((prefix) => ({ name, length: prefixLength(prefix) })),
  );
  return [...new Set(around.toSorted((a, b) => b.length - a.length).map(({ name }) => name))];
}

/** `IPv4`, `IPv6`. */
export function familyText(source: string): string {
  return familyOf(source) === 'ipv4' ? 'IPv4' : 'IPv6';
}
