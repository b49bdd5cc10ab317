import type { Indexes } from '../../src/core/request/record.ts';
import type { Finding } from '../../src/ports/store.ts';

/** Is a request with these indexes meant? */
export function isFound({ by, which }: Finding, indexes: Indexes): boolean {
  if (by === 'requester') return indexes.requester === which;
  if (by === 'machineName') return indexes.machineName === which.toLowerCase();
  if (by === 'state') return !indexes.isWaiting;
  return (by === 'asked' ? indexes.asked : indexes.policies).includes(which);
}
