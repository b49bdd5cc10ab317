import { JitError } from '../errors/errors.ts';
import { type Port, portText, samePort } from '../rule/port.ts';
import { familyOf, isGroup, isPrivate, sourceText } from '../rule/source.ts';

/** An address that people connect to a machine at. */
export interface MachineAddress {
  readonly address: string;
  /** Is it led to the machine from the Internet? Of one that is only given out by a firewall or load balancer nothing is known. */
  readonly isPublic: boolean;
  /** Is it on an interface that a lease opens? */
  readonly isServed: boolean;
  /** Of one that belongs to something in front of the machine: the ports that it leads to, and where each is dialled. */
  readonly leads?: readonly { readonly to: Port; readonly at: string }[];
}

/** How many are shown. */
const MOST_SHOWN = 4;

/**
 * Where somebody who comes from this source connects: at the source's family, and in IPv4 at public addresses from the
 * Internet, where there are any, and at private ones from inside.
 * Members of a group come from inside in both families.
 */
export function addressesFor(source: string, all: readonly MachineAddress[]): readonly MachineAddress[] {
  if (isGroup(source)) return all.filter(({ address, isPublic }) => !isPublic || familyOf(address) === 'ipv6');
  const family = familyOf(source);
  const own = all.filter(({ address }) => familyOf(address) === family);
  if (family === 'ipv6') return own;
  const wanted = own.filter(({ isPublic }) => isPublic !== isPrivate(source));
  return wanted.length > 0 ? wanted : own;
}

/** Those that a lease of these ports for this source opens, as people dial them. */
export function servedAddresses(
  source: string,
  ports: readonly Port[],
  all: readonly MachineAddress[],
): readonly string[] {
  const leading = all.filter(({ leads }) => !leads || leads.some(({ to }) => ports.some((port) => samePort(port, to))));
  return addressesFor(source, leading).flatMap(({ address, isServed, leads }) => {
    if (!isServed || !leads) return isServed ? [address] : [];
    const led = leads.filter(({ to }) => ports.some((port) => samePort(port, to)));
    return led.map(({ to, at }) => (ports.length > 1 ? `${at} for ${portText(to)}` : at));
  });
}

/** Why nobody gets in from this source, whatever is opened; undefined where nothing is known against it. */
export function againstAddresses(
  machine: string,
  source: string,
  all: readonly MachineAddress[],
): JitError | undefined {
  // What leads to some ports only is one more way.
  const own = addressesFor(
    source,
    all.filter(({ leads }) => !leads),
  );
  if (own.some(({ isServed }) => isServed)) return undefined;
  const words = { machine, source: sourceText(source) };
  if (own.length > 0)
    return new JitError('addressNotServed', { ...words, addresses: addressList(own.map(({ address }) => address)) });
  if (all.length === 0) return new JitError('machineUnreachable', { machine });
  const [family, other] = familyOf(source) === 'ipv6' ? ['IPv6', 'IPv4'] : ['IPv4', 'IPv6'];
  return new JitError('noAddress', { ...words, family, other, addresses: addressList(all.map((one) => one.address)) });
}

/** `198.51.100.10, 10.1.0.10`; of very many the first, and how many more. */
export function addressList(addresses: readonly string[]): string {
  const more = addresses.length - MOST_SHOWN;
  return [...addresses.slice(0, MOST_SHOWN), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}
