import type { Port } from '../../../src/core/rule/port.ts';
import type { Wanted } from './write.ts';

const PLURALS = {
  destinationPortRange: 'destinationPortRanges',
  destinationAddressPrefix: 'destinationAddressPrefixes',
  sourceAddressPrefix: 'sourceAddressPrefixes',
} as const;

/** Resource Manager takes one value in the singular, several in the plural ("Augmented security rules"). */
export function many(name: keyof typeof PLURALS, values: readonly string[]) {
  return values.length === 1 ? { [name]: values[0] } : { [PLURALS[name]]: [...values] };
}

/** A rule that lets nobody in to these ports of these addresses. The ports are of one protocol. */
export function denial(rule: {
  readonly name: string;
  readonly priority: number;
  readonly ports: readonly Port[];
  readonly addresses: readonly string[];
  readonly description: string;
}): Wanted {
  const { name, priority, ports, addresses, description } = rule;
  const numbers = ports.map(({ number }) => String(number)).sort();
  return {
    name,
    properties: {
      access: 'Deny',
      direction: 'Inbound',
      priority,
      protocol: ports[0]?.protocol === 'udp' ? 'Udp' : 'Tcp',
      sourceAddressPrefix: '*',
      sourcePortRange: '*',
      ...many('destinationPortRange', numbers),
      ...many('destinationAddressPrefix', addresses),
      description,
    },
  };
}
