import { say } from '../../core/language/say.ts';
import type { Deps } from '../deps.ts';
import type { Alarms } from '../operators/alarms.ts';
import { shareOf } from '../request/room.ts';

/** Half of the memory leaves weeks to act in. */
const WARN_SHARE = 0.5;
const ALARM_SHARE = 0.75;
/** Where Redis does not say how much it may take: about half a gigabyte. */
const MANY = 500_000;
/** Of the number that the settings keep. */
const NEARLY = 0.8;

const KEY = 'audit';

/** Looks how much room is left for the audit, and says so in the log long before there is none. */
export async function auditRoom(
  { audit, log, evidence }: Pick<Deps, 'audit' | 'log' | 'evidence'>,
  alarms: Alarms,
): Promise<void> {
  const size = await audit.size();
  const share = shareOf(size);
  const fields = { ...size, ...(share === undefined ? {} : { percentUsed: Math.round(100 * share) }) };
  if (size.keep !== undefined) {
    // What is dropped has gone elsewhere before.
    const isKept = evidence?.sinks.some(({ isBestEffort }) => !isBestEffort) ?? false;
    if (isKept || size.entries < NEARLY * size.keep)
      return alarms.over({ key: KEY, title: say`The audit has room again`, lines: [say`Nothing has to be done.`] });
    log.warn(
      fields,
      'the audit has as many entries as audit.keep allows: the oldest are deleted, and are kept nowhere else',
    );
    return alarms.raise({
      key: KEY,
      title: say`The audit has as many entries as it may keep`,
      lines: [say`The oldest entries are deleted and are kept nowhere else. Copy them, or raise \`audit.keep\`.`],
    });
  }
  if (share !== undefined && share >= ALARM_SHARE)
    // `memory.ts` tells the operators.
    log.error(fields, 'memory is getting short for the audit: give Redis more, or openings will stop');
  else if (share === undefined ? size.entries >= MANY : share >= WARN_SHARE)
    log.warn(fields, 'the audit keeps every entry in Redis: give it more memory in time, or set audit.keep');
}
