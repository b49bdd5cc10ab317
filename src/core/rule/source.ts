import ipaddr from 'ipaddr.js';
import { say } from '../language/say.ts';
import { type Phrase, phrased } from '../language/text.ts';

/** Every address of a family. A source in canonical form is `prefix/length` with no bits behind the length. */
const ANY = new Set(['0.0.0.0/0', '::/0']);

/** A security group of AWS, by its ID: a source that is no prefix. */
const GROUP = /^sg-[0-9a-f]{8,17}$/;

/** What each name of the configuration stands for: one canonical prefix at least, or one security group. */
export type SourceNames = ReadonlyMap<string, readonly string[]>;

/** One prefix or security group, and the name that stands for it where one does. */
export interface NamedSource {
  readonly source: string;
  readonly sourceName?: string;
}

/** Ranges that nobody reaches a machine from. */
const NOWHERE = new Set(['unspecified', 'broadcast', 'multicast', 'loopback', 'linkLocal']);

/**
 * Reads an address or CIDR prefix, IPv4 or IPv6, or `any`, and gives its canonical form (IPv4-mapped IPv6 becomes IPv4,
 * bits behind the length are cleared, as EC2 does). Undefined when it is none, or one that nobody can come from.
 */
export function parseSource(text: string): string | undefined {
  const word = text.trim().toLowerCase();
  if (word === 'any' || word === '*') return '0.0.0.0/0';
  // ipaddr.js also reads octal, hexadecimal and short IPv4 forms; people who write these mean something else.
  if (!word.includes(':') && !/^\d{1,3}(?:\.\d{1,3}){3}(?:\/\d{1,2})?$/.test(word)) return undefined;
  if (/(?:^|[.:])0\d+\.|\.0\d/.test(word)) return undefined;
  if (word.includes('%')) return undefined;
  try {
    let [address, length] = word.includes('/') ? ipaddr.parseCIDR(word) : single(ipaddr.parse(word));
    if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && length >= 96) {
      address = address.toIPv4Address();
      length -= 96;
    }
    const first = edge(address, length, 0x00);
    const last = edge(address, length, 0xff);
    const isNowhere = NOWHERE.has(first.range()) && first.range() === last.range();
    return isNowhere ? undefined : `${first.toString()}/${length}`;
  } catch {
    return undefined;
  }
}

/**
 * What a prefix with bits behind its length may mean: `198.51.100.7/24` is the one address, or the whole network. Undefined where it
 * can mean one thing only.
 */
export function twoReadings(text: string): { readonly address: string; readonly network: string } | undefined {
  const [first = '', length] = text.trim().split('/');
  const [address, network] = length === undefined ? [] : [parseSource(first), parseSource(text)];
  if (address === undefined || network === undefined) return undefined;
  return address.slice(0, address.indexOf('/')) === network.slice(0, network.indexOf('/'))
    ? undefined
    : { address: sourceText(address), network };
}

function single(address: ipaddr.IPv4 | ipaddr.IPv6): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

/** The first (`fill` 0x00) or the last (0xff) address of a prefix. */
function edge(address: ipaddr.IPv4 | ipaddr.IPv6, length: number, fill: number): ipaddr.IPv4 | ipaddr.IPv6 {
  const bytes = address.toByteArray().map((byte, i) => {
    const mask = (0xff << (8 - Math.min(8, Math.max(0, length - i * 8)))) & 0xff;
    return (byte & mask) | (fill & ~mask);
  });
  return ipaddr.fromByteArray(bytes);
}

/** Does it let in whoever bears a security group? It has neither a family nor a width. */
export function isGroup(source: string): boolean {
  return GROUP.test(source);
}

export function isAny(source: string): boolean {
  return ANY.has(source);
}

/** Addresses that no stranger comes from (RFC 1918, RFC 6598, RFC 4193). */
const OWN = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'];
/** What is shorter is more than one organization has as its office. */
const SHORTEST_OFFICE = { ipv4: 24, ipv6: 48 } as const;

/** Can strangers come from there? The source is canonical, and no group; of more public addresses than an office has, it is said. */
export function isPublic(source: string): boolean {
  return !OWN.some((own) => contains(own, source)) && prefixLength(source) < SHORTEST_OFFICE[familyOf(source)];
}

/** Names of sources that no stranger comes from, as Azure has them. */
const OWN_WORDS = new Set(['virtualnetwork', 'azureloadbalancer']);

/** The same for a source as a cloud writes it: what is neither a prefix nor known to be ours may be anybody. */
export function isPublicWord(word: string): boolean {
  if (OWN_WORDS.has(word.toLowerCase())) return false;
  const source = parseSource(word);
  return source === undefined || isPublic(source);
}

/** Of a prefix or an address. */
export function familyOf(source: string): 'ipv4' | 'ipv6' {
  return source.includes(':') ? 'ipv6' : 'ipv4';
}

/** Of a group there is none: NaN. */
export function prefixLength(source: string): number {
  return Number(source.slice(source.indexOf('/') + 1));
}

/** Ranges that the Internet leads nowhere ("IANA IPv4 and IPv6 Special-Purpose Address Registries"). */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'];

/** Can nobody come from there over the Internet? Members of a group come from their private addresses ("Security group referencing"). */
export function isPrivate(source: string): boolean {
  return isGroup(source) || PRIVATE.some((range) => contains(range, source));
}

/** The same of a source as a cloud writes it: of what is no prefix nobody knows. */
export function isPrivateWord(word: string): boolean {
  const source = parseSource(word);
  return source !== undefined && isPrivate(source);
}

/** Is every address of `inner` in `outer`? Both canonical. Who bears a group is known by the group alone. */
export function contains(outer: string, inner: string): boolean {
  if (isGroup(outer) || isGroup(inner)) return outer === inner;
  if (familyOf(outer) !== familyOf(inner) || prefixLength(outer) > prefixLength(inner)) return false;
  const [address] = parsed(inner);
  return address.match(parsed(outer));
}

/** The same few prefixes are compared again and again, with each card. */
const PARSED = new Map<string, [ipaddr.IPv4 | ipaddr.IPv6, number]>();
const MOST_PARSED = 1_000;

function parsed(prefix: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  const known = PARSED.get(prefix);
  if (known) return known;
  const made = ipaddr.parseCIDR(prefix);
  if (PARSED.size >= MOST_PARSED) PARSED.clear();
  PARSED.set(prefix, made);
  return made;
}

/** Is any address in both? Of prefixes, one is then in the other. */
export function meet(one: string, other: string): boolean {
  return contains(one, other) || contains(other, one);
}

/** `203.0.113.7` for one address, else the prefix; `anywhere` and a security group in words */
export function sourceText(source: string): string {
  return phrased(sourceWords(source));
}

/** The same for whoever reads it. */
function sourceWords(source: string): Phrase {
  if (isGroup(source)) return say`security group ${source}`;
  if (isAny(source)) return say`anywhere (${source})`;
  return prefixLength(source) === (familyOf(source) === 'ipv4' ? 32 : 128)
    ? source.slice(0, source.indexOf('/'))
    : source;
}

/** The same; `vpn (10.8.0.0/16)` or `security group jump (sg-…)` where a name stands for it. */
export function namedSourceText(named: NamedSource): string {
  return phrased(namedSourceWords(named));
}

/** The same for whoever reads it. */
export function namedSourceWords({ source, sourceName }: NamedSource): Phrase {
  if (isGroup(source) && sourceName !== undefined) return say`security group ${sourceName} (${source})`;
  return sourceName === undefined ? sourceWords(source) : say`${sourceName} (${sourceWords(source)})`;
}
