import { z } from 'zod';
import type { Graph } from './graph.ts';

const at = z.object({ dateTime: z.string(), timeZone: z.string() });
const shape = z.object({
  automaticRepliesSetting: z.object({
    status: z.string(),
    scheduledStartDateTime: at.optional(),
    scheduledEndDateTime: at.optional(),
  }),
});

/**
 * Does the mailbox answer by itself now ("mailboxSettings", automaticRepliesSetting)? Undefined where nobody knows: the right is
 * missing, or there is no mailbox. Nothing else of the mailbox is kept.
 */
export async function isAwayNow(graph: Graph, id: string, now: number): Promise<boolean | undefined> {
  const found = await graph.call({ path: `/users/${id}/mailboxSettings` }).catch(() => undefined);
  const read = shape.safeParse(found && 'body' in found ? found.body : undefined);
  if (!read.success) return undefined;
  const { status, scheduledStartDateTime: from, scheduledEndDateTime: until } = read.data.automaticRepliesSetting;
  switch (status.toLowerCase()) {
    case 'disabled':
      return false;
    case 'alwaysenabled':
      return true;
    case 'scheduled': {
      const [fromMs, untilMs] = [instantOf(from), instantOf(until)];
      return fromMs === undefined || untilMs === undefined ? undefined : fromMs <= now && now < untilMs;
    }
    default:
      return undefined;
  }
}

/** Seven decimals and no offset; the zone is UTC unless another one is asked for. */
function instantOf(given: z.output<typeof at> | undefined): number | undefined {
  if (given?.timeZone !== 'UTC') return undefined;
  const ms = Date.parse(`${given.dateTime.replace(/(\.\d{3})\d*$/, '$1')}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}
