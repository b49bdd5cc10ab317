import { say } from '../../core/language/say.ts';
import type { Leftover } from '../../ports/leftovers.ts';
import type { Deps } from '../deps.ts';
import { leftoversNow, leftoverTexts } from '../machine/leftovers.ts';
import type { Alarms } from '../operators/alarms.ts';

/** So many are named to the operators. */
const MOST_NAMED = 10;
const KEY = 'leftovers';

/** What is over and cannot be deleted is told to the operators once, once more when there is more of it, and when it is gone. */
export async function watchLeftovers(deps: Deps, alarms: Alarms, signal: AbortSignal): Promise<void> {
  let found: readonly Leftover[];
  try {
    found = await leftoversNow(deps, signal);
  } catch (error) {
    deps.log.warn({ error }, 'whether rules wait to be deleted could not be read');
    return;
  }
  if (found.length === 0)
    return alarms.over({
      key: KEY,
      title: say`No rule waits to be deleted any more`,
      lines: [say`Nothing has to be done.`],
    });
  await alarms.raise({
    key: KEY,
    level: found.length,
    title: say`Rules of Drawbridge are over and cannot be deleted`,
    lines: [
      say`They let nobody in: they deny now, which also stops the standing access of their sources.`,
      ...leftoverTexts(found, MOST_NAMED),
    ],
  });
}
