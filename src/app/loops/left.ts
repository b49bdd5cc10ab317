import { type Instant, MINUTE_MS } from '../../core/language/instant.ts';
import { say } from '../../core/language/say.ts';
import { providerIdOf } from '../../core/machine/machine.ts';
import { overAt } from '../../core/request/closing.ts';
import type { Request } from '../../core/request/request.ts';
import { portText } from '../../core/rule/port.ts';
import { type Placement, placementKey } from '../../core/rule/rule.ts';
import { sourceText } from '../../core/rule/source.ts';
import type { Report } from '../../core/view/report.ts';
import type { Cloud } from '../../ports/cloud.ts';
import type { Deps } from '../deps.ts';
import { askStore, whyGo } from '../lifeboat/overdue.ts';

/** Whoever works on what is due is there sooner. */
const LEFT_MS = MINUTE_MS;
/** With what is said before them, and how many more there are, a chat shows them all in one section. */
const MOST_SHOWN = 10;

/** Its time is over: it is due. */
export function isOver(request: Request, at: Instant): boolean {
  const over = overAt(request);
  return over !== undefined && over <= at;
}

/** Its time is over, and nobody came to it: no index tells of it any more, or its records cannot be written. */
export function isLeft(request: Request, at: Instant): boolean {
  const over = overAt(request);
  // What the cloud refuses is tried again by itself, more and more loudly.
  const isTried = request.status === 'closing' && request.trouble !== undefined;
  return over !== undefined && over + LEFT_MS <= at && !isTried;
}

/**
 * Closes by placement, with no lock and no commit, as the lifeboat does: of what is read again right before, only what its mark and the
 * cloud's own clock say is over, and what no lease wants that the store can tell of. Gives whether it is gone.
 */
export async function removeByMark(
  deps: Pick<Deps, 'store' | 'log'>,
  cloud: Cloud,
  placement: Placement,
  signal: AbortSignal,
): Promise<boolean> {
  const key = placementKey(placement);
  const inForce = await askStore(deps.store, [placement.rule.machine]);
  const gone = await cloud.remove?.(
    [placement],
    (found) => whyGo(found, undefined, inForce.get(key)) !== undefined,
    signal,
  );
  const isGone = gone !== undefined && gone.length > 0;
  if (isGone) deps.log.error({ placement: key }, 'a rule was closed by its mark, as its records cannot be written');
  return isGone;
}

/** What operators are told of rules that went so. */
export function leftReport(placements: readonly Placement[]): Report {
  const more = placements.length - MOST_SHOWN;
  return {
    title: say`Access was closed without its records`,
    sections: [
      {
        heading: '',
        rows: [
          {
            line: [
              say`Its time was over, and Redis, though it answers, does not let its records be read or written. The rules are gone; the cards say so once the records can be written. The log has the errors, and \`npx jit doctor\` says what is wrong with Redis.`,
            ],
          },
          ...placements.slice(0, MOST_SHOWN).map(({ rule: { machine, port, source } }) => ({
            line: [`${providerIdOf(machine)}: ${portText(port)} from ${sourceText(source)}`],
          })),
          ...(more > 0 ? [{ line: [say`… and ${more} more.`] }] : []),
        ],
      },
    ],
  };
}
