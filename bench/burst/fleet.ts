import type { Instant } from '../../src/core/language/instant.ts';
import type { Request } from '../../src/core/request/request.ts';
import { machineNumber, placementOf } from '../memory/cloud.ts';
import { leasesOf } from './leases.ts';

const SSH = { number: 22, protocol: 'tcp' } as const;
const EACH = 5;

/** So many open leases, five a machine from different addresses, with the ids and placements of the real AWS adapter. */
export function fleetLeases(count: number, until: Instant): readonly Request[] {
  return Array.from({ length: Math.ceil(count / EACH) }, (_, n) => {
    const { id: machine, name } = machineNumber(n + 1);
    const placements = Array.from({ length: EACH }, (_, i) =>
      placementOf({ machine, port: SSH, source: `203.0.113.${i + 1}/32` }),
    );
    return leasesOf({ machine, name, placements }, until);
  })
    .flat()
    .slice(0, count);
}
