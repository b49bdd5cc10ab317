import type { Deps } from '../deps.ts';
import { ALARM_SHARE, FULL_SHARE, shareOf } from '../request/room.ts';

/** Looks how much memory the store has left, and raises the alarm while there is time to give it more. */
export async function memoryRoom({ audit, log }: Pick<Deps, 'audit' | 'log'>): Promise<void> {
  const size = await audit.size();
  const share = shareOf(size);
  if (share === undefined || share < ALARM_SHARE) return;
  const fields = { ...size, percentUsed: Math.floor(100 * share) };
  if (share >= FULL_SHARE)
    log.error(fields, 'Redis is nearly full: new requests are refused until it has more memory; closing goes on');
  else log.error(fields, 'Redis is filling up: give it more memory before new requests are refused at 85 %');
}
