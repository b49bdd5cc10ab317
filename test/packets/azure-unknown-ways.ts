import type { NetworkInterfaceFacts } from '../../adapters/azure/reach/model.ts';
import type { AzureTruth } from './azure-oracle.ts';
import { FRONTEND } from './azure-rules.ts';
import type { Alternatives } from './dice.ts';

/** May the filters see the address of a frontend as the destination? */
export function seesFrontends({ addresses }: NetworkInterfaceFacts): boolean {
  return addresses.some(({ forwarded, mayLead }) => mayLead || forwarded.some(({ floating }) => floating));
}

/** Of what leads to a machine: whether it is there, and whether it lets packets through. */
export function unknownWays({ addresses }: NetworkInterfaceFacts): readonly Alternatives<AzureTruth>[] {
  const isDoubted = addresses.some(
    ({ publicAddress, forwarded }) => publicAddress?.doubt !== undefined || forwarded.some(({ doubt }) => doubt),
  );
  const doubts: Alternatives<AzureTruth> = [(truth) => truth, (truth) => ({ ...truth, doubtfulArrive: true })];
  const places = [undefined, ...Object.values(FRONTEND), '10.0.0.100', 'fd00:a::100'];
  const unread: Alternatives<AzureTruth> = [
    (truth) => truth,
    ...places.map((frontend) => (truth: AzureTruth) => ({
      ...truth,
      unreadLeads: frontend === undefined ? {} : { frontend },
    })),
  ];
  return [...(isDoubted ? [doubts] : []), ...(addresses.some(({ mayLead }) => mayLead) ? [unread] : [])];
}
