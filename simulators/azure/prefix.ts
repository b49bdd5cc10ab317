import ipaddr from 'ipaddr.js';
import { network } from './rule-schema.ts';

/** Whether an address is in a prefix, of the same family. */
export function isWithin(address: string, prefix: string): boolean {
  const [wanted, allowed] = [ipaddr.parse(address), network(prefix)];
  return allowed !== undefined && wanted.kind() === allowed[0].kind() && wanted.match(allowed[0], allowed[1]);
}
