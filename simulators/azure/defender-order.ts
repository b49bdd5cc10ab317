import { newEtag } from './history.ts';
import type { Nsg, Rule } from './model.ts';

const FIRST_PRIORITY = 100;
const LAST_PRIORITY = 4096;

const inbound = (nsg: Nsg): readonly Rule[] => nsg.rules.filter((r) => r.properties.direction === 'Inbound');

/** The first free inbound priority from one end of the range. */
export function freePriority(nsg: Nsg, from: 'first' | 'last'): number {
  const taken = new Set(inbound(nsg).map((r) => r.properties.priority));
  const step = from === 'first' ? 1 : -1;
  let priority = from === 'first' ? FIRST_PRIORITY : LAST_PRIORITY;
  while (taken.has(priority)) priority += step;
  return priority;
}

function covers({ properties: p }: Rule, privateIp: string, ports: readonly string[]): boolean {
  const ranges = p.destinationPortRanges ?? [p.destinationPortRange ?? ''];
  const addresses = p.destinationAddressPrefixes ?? [p.destinationAddressPrefix ?? ''];
  const holds = (range: string, port: number) => {
    const [first, last = first] = range.split('-');
    return range === '*' || (Number(first) <= port && port <= Number(last));
  };
  return (
    addresses.some((address) => address === '*' || address === privateIp) &&
    ports.some((port) => ranges.some((range) => holds(range, Number(port))))
  );
}

/** The lowest priority at which somebody allows one of the ports, and with it all that Defender did not write. */
export function firstAllow(nsg: Nsg, privateIp: string, ports: readonly string[]): number | undefined {
  const allows = inbound(nsg).filter((r) => !r.jit && r.properties.access === 'Allow' && covers(r, privateIp, ports));
  return allows.length === 0 ? undefined : Math.min(...allows.map((r) => r.properties.priority));
}

/** Frees a priority: the rule there moves one down, and so does every rule that it then stands on. */
export function pushDown(nsg: Nsg, priority: number): Nsg {
  const taken = new Set(inbound(nsg).map((r) => r.properties.priority));
  let end = priority;
  while (taken.has(end)) end += 1;
  const rules = nsg.rules.map((rule) => {
    const { properties } = rule;
    const moves = properties.direction === 'Inbound' && properties.priority >= priority && properties.priority < end;
    return moves
      ? { ...rule, etag: newEtag(), properties: { ...properties, priority: properties.priority + 1 } }
      : rule;
  });
  return { ...nsg, rules };
}
