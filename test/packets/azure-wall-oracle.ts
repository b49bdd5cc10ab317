import type { FirewallRuleFacts } from '../../adapters/azure/reach/model.ts';
import { isAddressText, isInAny, isInPorts, type PlainAddress } from './plain-address.ts';

/** A firewall of which everything is known, and what its rules take. */

export interface Wall {
  readonly name: string;
  readonly isClassic: boolean;
  readonly rules: readonly FirewallRuleFacts[];
  /** The address of its subnet that it sends from. */
  readonly sendsFrom: string;
  /** What words that are no addresses stand for: IP groups, host names. */
  readonly words: ReadonlyMap<string, readonly string[]>;
  /** Whom threat intelligence denies, but for these. */
  readonly listed: readonly string[];
  readonly neverListed: readonly string[];
  readonly keepsSourceTo: readonly string[];
  /** Paths of application rules whose names lead to the machine. */
  readonly applied: readonly string[];
  readonly isProxy: boolean;
  /** Does a packet get from it to the machine? */
  readonly isNear: boolean;
}

/** A packet as a firewall sees it. */
interface Sent {
  readonly source: PlainAddress;
  readonly destination: PlainAddress;
  readonly port: number;
  readonly protocol: string;
}

/** The first application rule that is for the client and whose names lead to the machine decides. */
export function isApplied(wall: Wall, packet: Sent): boolean {
  const first = wall.rules.find(
    (rule) =>
      rule.kind === 'application' &&
      wall.applied.includes(rule.path) &&
      wallRuleTakes(wall, { ...rule, destinations: ['*'] }, packet),
  );
  return first?.access === 'allow';
}

export function wallRuleTakes(
  wall: Wall,
  rule: FirewallRuleFacts,
  { source, destination, port, protocol }: Sent,
): boolean {
  const holds = (texts: readonly string[], address: PlainAddress) =>
    texts.some((text) => {
      if (text === '*') return true;
      return isInAny(address, isAddressText(text) ? [text] : (wall.words.get(text) ?? []));
    });
  return (
    (rule.protocols.includes('any') || rule.protocols.includes(protocol)) &&
    rule.ports.some((text) => isInPorts(port, text)) &&
    holds(rule.sources, source) &&
    holds(rule.destinations, destination)
  );
}
