import { z } from 'zod';
import type { WorkHours } from '../core/people/work.ts';
import type { Hours } from '../core/policy/hours.ts';
import { timeOfDay, zone } from './fields.ts';
import { stageOf, stages } from './stage.ts';

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const day = z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']);
const SPAN = /^(mon|tue|wed|thu|fri|sat|sun)-(mon|tue|wed|thu|fri|sat|sun)$/;

/** Hours of a week. */
const week = {
  days: z
    .union([z.string().regex(SPAN, 'must be days such as mon-fri, or a list such as [mon, wed]'), z.array(day).min(1)])
    .default('mon-fri')
    .describe('Days such as mon-fri, or a list such as [mon, wed].'),
  from: timeOfDay.describe('Time of day, such as "07:00".'),
  to: timeOfDay.describe('Time of day, such as "20:00"; later than `from`.'),
  zone: zone.default('UTC').describe('Time zone of `from` and `to`.'),
};

/** When somebody works. */
export const work = z.strictObject(week);

/** The hours of a week in which the stages of a policy decide. */
export const hours = z.strictObject({
  ...week,
  to: timeOfDay.describe('Time of day, such as "20:00"; later than `from`. Access has to end by then.'),
  outside: z
    .strictObject({ stages: stages.describe('Who decides at other times, in the form of `stages`.') })
    .optional()
    .describe(
      'Other stages for requests that are wholly outside the hours; those that are partly within need the stages of both. If unset, both are refused.',
    ),
});

export function workOf({ days, from, to, zone: own }: z.output<typeof work>): WorkHours {
  return { days: daysOf(days), fromMinute: from, toMinute: to, zone: own };
}

export function hoursOf({ days, from, to, zone: own, outside }: z.output<typeof hours>): Hours {
  return {
    days: daysOf(days),
    fromMinute: from,
    toMinute: to,
    zone: own,
    ...(outside ? { outside: outside.stages.map(stageOf) } : {}),
  };
}

function daysOf(days: z.output<typeof hours>['days']): readonly number[] {
  if (typeof days !== 'string') return days.map((name) => DAYS.indexOf(name));
  const [, first = '', last = ''] = SPAN.exec(days) ?? [];
  const [from, to] = [DAYS.indexOf(first), DAYS.indexOf(last)];
  return Array.from({ length: ((to - from + 7) % 7) + 1 }, (_, i) => (from + i) % 7);
}
