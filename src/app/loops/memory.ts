import { JitError } from '../../core/errors/errors.ts';
import { say } from '../../core/language/say.ts';
import type { Deps } from '../deps.ts';
import type { Alarms } from '../operators/alarms.ts';
import { ALARM_SHARE, FULL_SHARE, shareOf } from '../request/room.ts';

const KEY = 'memory';
const KEEPS = 'keeps';

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
    title: isFull ? say`Redis is nearly full: new requests are refused` : say`Redis is filling up`,
    lines: [
      say`${fields.percentUsed} % of its memory is used. ${
        isFull ? say`Closing goes on.` : say`From 85 % on, new requests are refused.`
      } Give it more memory, or set \`audit.keep\` to a number.`,
    ],
  });
}

/** Looks whether the store may lose what it is given by now: its settings can be changed while it runs. */
export async function keepsAll({ keeps, log }: Pick<Deps, 'keeps' | 'log'>, alarms: Alarms): Promise<void> {
  try {
    await keeps?.();
  } catch (error) {
    // One that is away is told elsewhere.
    if (!(error instanceof JitError) || error.code !== 'unsafeRedis') return;
    log.error({ error }, 'Redis may lose data by now: its settings were changed');
    await alarms.raise({
      key: KEEPS,
      isLoud: true,
      title: say`Redis may lose data: its settings were changed`,
      lines: [
        say`${error.spans}`,
        say`What is open is closed by its signed mark all the same; a request, an approval, or that access was taken back may be lost without a word.`,
      ],
    });
    return;
  }
  await alarms.over({
    key: KEEPS,
    title: say`Redis keeps what it is given again`,
    lines: [say`Its settings are right.`],
  });
}
