import { z } from 'zod';
import { instantAt } from '../core/language/day.ts';
import { DAY_MS } from '../core/language/instant.ts';
import type { During } from '../core/policy/during.ts';
import { zone } from './fields.ts';

const MOMENT = /^(\d{4}-\d{2}-\d{2})(?:[T ]([01]\d|2[0-3]):([0-5]\d))?$/;

/** A day, or a time. */
export const moment = z
  .string()
  .refine(
    (text) => dayOf(text) !== undefined,
    'must be a day such as 2026-12-20, or a time such as "2026-12-20 18:00"',
  );

/** A time that a policy is for. */
export const during = z.strictObject({
  from: moment.optional().describe('First day such as 2026-12-20, or a time such as "2026-12-20 18:00".'),
  until: moment.optional().describe('Last day, which is part of it, or a time.'),
  zone: zone.default('UTC').describe('Time zone of `from` and `until`.'),
});

interface Day {
  readonly date: string;
  /** Absent where the whole day is meant. */
  readonly minute?: number;
}

function dayOf(text: string): Day | undefined {
  const [, date, hour, minute] = MOMENT.exec(text) ?? [];
  if (date === undefined || Number.isNaN(Date.parse(`${date}T00:00Z`))) return undefined;
  if (new Date(`${date}T00:00Z`).toISOString().slice(0, 10) !== date) return undefined;
  return hour === undefined ? { date } : { date, minute: Number(hour) * 60 + Number(minute) };
}

/** The instant of a `moment`; of a day, when it begins. */
export function momentAt(text: string, zone: string): number {
  const day = dayOf(text);
  return day ? instantAt(day.date, day.minute ?? 0, zone) : Number.NaN;
}

export function duringOf(given: z.output<typeof during>): During {
  const from = given.from === undefined ? undefined : dayOf(given.from);
  const until = given.until === undefined ? undefined : dayOf(given.until);
  return {
    ...(from ? { from: instantAt(from.date, from.minute ?? 0, given.zone) } : {}),
    ...(until ? { until: endOf(until, given.zone) } : {}),
    zone: given.zone,
  };
}

/** The last day is part of it. */
function endOf({ date, minute }: Day, zone: string): number {
  if (minute !== undefined) return instantAt(date, minute, zone);
  const next = new Date(Date.parse(`${date}T00:00Z`) + DAY_MS).toISOString().slice(0, 10);
  return instantAt(next, 0, zone);
}
