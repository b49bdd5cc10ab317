import { say } from '../../core/language/say.ts';
import type { Deps } from '../deps.ts';
import type { Alarms } from '../operators/alarms.ts';
import { ALARM_SHARE, FULL_SHARE, shareOf } from '../request/room.ts';

const KEY = 'memory';

/** Looks how much memory the store has left, and raises the alarm while there is time to give it more. */
export async function memoryRoom({ audit, log }: Pick<Deps, 'audit' | 'log'>, alarms: Alarms): Promise<void> {
  const size = await audit.size();
  const share = shareOf(size);
  if (share === undefined) return;
  if (share < ALARM_SHARE)
    return alarms.over({
      key: KEY,
      title: say`Redis has room again`,
      lines: [say`Less than 70 % of its memory is used.`],
    });
  const fields = { ...size, percentUsed: Math.floor(100 * share) };
  const isFull = share >= FULL_SHARE;
  if (isFull)
    log.error(fields, 'Redis is nearly full: new requests are refused until it has more memory; closing goes on');
  else log.error(fields, 'Redis is filling up: give it more memory before new requests are refused at 85 %');
  await alarms.raise({
    key: KEY,
    level: isFull ? 1 : 0,
    title: isFull ? 'Redis is nearly full: new requests are refused' : 'Redis is filling up',
    lines: [
      say`${fields.percentUsed} % of its memory is used. ${
        isFull ? say`Closing goes on.` : say`From 85 % on, new requests are refused.`
      } Give it more memory, or set \`audit.keep\` to a number.`,
    ],
  });
}
