import type { MachineId } from '../../core/machine/machine.ts';
import type { Request } from '../../core/request/request.ts';
import { type Port, portText, uniquePorts } from '../../core/rule/port.ts';
import type { CloudAdapter } from '../../ports/cloud.ts';
import type { Deps } from '../deps.ts';

/** How long the witness may take, with reading where the machine is. */
const WITNESS_MS = 5_000;
export const NOBODY: Reached = new Map();

/** The address where a port was reached from where the program runs, by the port. */
export type Reached = ReadonlyMap<string, string>;

/** Of the ports of requests that are being closed, those that this computer gets to; none without a witness. */
export function reachedAfter(
  deps: Deps,
  cloud: CloudAdapter,
  { machine, requests }: { readonly machine: MachineId; readonly requests: readonly Request[] },
  signal: AbortSignal,
): Promise<Reached> {
  const ports = uniquePorts(requests.flatMap((one) => (one.status === 'closing' ? one.ports : [])));
  return reachedFromHere(deps, cloud, { machine, ports }, signal);
}

/** The same for any ports. Only addresses that the cloud tells now: an older one may be somebody else's. Never throws. */
export async function reachedFromHere(
  { witness, log }: Deps,
  cloud: CloudAdapter,
  { machine, ports }: { readonly machine: MachineId; readonly ports: readonly Port[] },
  signal: AbortSignal,
): Promise<Reached> {
  if (!witness || ports.length === 0) return NOBODY;
  const within = AbortSignal.any([signal, AbortSignal.timeout(WITNESS_MS)]);
  try {
    const { addresses = [] } = await cloud.look(machine, within);
    // What belongs to something in front of it leads to other machines too.
    const all = addresses.flatMap(({ address, leads }) => (leads ? [] : [address]));
    const found = await Promise.all(
      ports.map(async (port) => [portText(port), await witness.reached(all, port, within)] as const),
    );
    return new Map(found.flatMap(([port, address]) => (address === undefined ? [] : [[port, address] as const])));
  } catch (error) {
    log.info({ error, machine }, 'no connection was tried from here: the machine could not be read');
    return NOBODY;
  }
}
