import type { Unknown } from '../../src/core/packet/known.ts';
import type { Port } from '../../src/core/rule/port.ts';
import { byReach } from '../../src/core/rule/reach.ts';
import type { EffectivePort, StandingRule } from '../../src/core/rule/rule.ts';
import { uniqueWays } from './arm/evaluate.ts';
import type { Groups } from './arm/groups.ts';
import { type ArmId, partsOf } from './arm/ids.ts';
import type { Nic, Vm } from './arm/machine.ts';
import type { Firewalls } from './firewall/in-front.ts';
import type { LeadingFirewalls } from './firewall/leading.ts';
import { behindPrefix } from './firewall/names.ts';
import { factsOf, unplaced } from './reach/facts.ts';
import type { Networks } from './reach/networks.ts';
import { waysIn } from './reach/ways-in.ts';

/** What is known of what stands in front of a machine. */
export interface InFront {
  readonly installation: string;
  readonly groups: Groups;
  /** Those that its routes lead to. */
  readonly firewalls: Firewalls;
  /** All by which packets may come. */
  readonly leading: LeadingFirewalls;
  readonly networks: Networks;
  isOurs(group: ArmId | undefined, name: string): boolean;
}

/** Who gets into some ports of a machine, our own rules left aside. */
export interface Standing {
  /** What lets somebody in, or may: what may be open is said to be. */
  readonly ways: readonly StandingRule[];
  readonly ports: readonly EffectivePort[];
}

export function standingOf({ nics, unread }: Vm, ports: readonly Port[], inFront: InFront): Standing {
  const all = ports.map((port) => {
    const parts = nics.map((nic) => standingAt(nic, port, inFront));
    const missing = unread.map((id) => `the network interface ${partsOf(id).name}, which could not be read`);
    return {
      port,
      open: parts.flatMap(({ open }) => open),
      mayOpen: [...parts.flatMap(({ mayOpen }) => mayOpen), ...missing.map(unknownWay(port))],
      because: [...new Set([...parts.flatMap(({ because }) => because), ...missing])],
    };
  });
  return {
    ways: uniqueWays(all.flatMap(({ open, mayOpen }) => [...open, ...mayOpen])),
    ports: all.map(({ port, open, because }) => stateOf(port, open, because)),
  };
}

/** Who may come through what could not be read. */
function unknownWay(port: Port): (through: Unknown) => StandingRule {
  return (through) => ({ port, source: '', through });
}

function stateOf(port: Port, open: readonly StandingRule[], because: readonly Unknown[]): EffectivePort {
  const [widest] = open.toSorted(byReach);
  if (widest) return { ...widest, port, state: 'open' };
  return because.length > 0 ? { port, state: 'unknown', through: because.join(', ') } : { port, state: 'closed' };
}

function standingAt(nic: Nic, port: Port, inFront: InFront) {
  const { installation, groups, firewalls, leading, networks, isOurs } = inFront;
  const prefix = behindPrefix(installation);
  const parts = factsOf(nic, groups, networks, firewalls.has(nic.id)).map((part) =>
    waysIn(part, port, {
      without: isOurs,
      // While a lease is in force the groups let in all that the firewall translates, whoever it is for.
      withoutBehind: (group, name) => isOurs(group, name) && !name.toLowerCase().startsWith(prefix),
      firewalls: leading.get(nic.id) ?? [],
    }),
  );
  const unread = unplaced(nic);
  return {
    open: parts.flatMap(({ open }) => open),
    mayOpen: [...parts.flatMap(({ mayOpen }) => mayOpen), ...unread.map(unknownWay(port))],
    because: [...parts.flatMap(({ because }) => because), ...unread],
  };
}
