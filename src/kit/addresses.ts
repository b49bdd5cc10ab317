import type { MachineId } from '../core/machine/machine.ts';
import { parseSource, sourceText } from '../core/rule/source.ts';
import type { Addressed } from '../ports/addressed.ts';
import type { ListedSite, SiteLists } from './site-lists.ts';

/** A machine with what its interfaces have. */
export interface MachineAddresses {
  readonly machine: MachineId;
  readonly addresses: readonly (string | undefined)[];
}

/** Finds machines by their addresses in lists of them, however the cloud writes an address. */
export function addressedIn<S extends ListedSite>(lists: SiteLists<S, MachineAddresses>): Addressed['addressed'] {
  return async (address, signal) => {
    const { all, unread } = await lists.read(signal);
    const machines = all.filter(({ addresses }) => addresses.some((one) => canonical(one) === address));
    return { machines: [...new Set(machines.map(({ machine }) => machine))], unread };
  };
}

function canonical(address: string | undefined): string | undefined {
  const source = parseSource(address ?? '');
  return source === undefined ? undefined : sourceText(source);
}
