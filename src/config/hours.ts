import { z } from 'zod';
import type { WorkHours } from '../core/people/work.ts';
import type { Hours } from '../core/policy/hours.ts';
import { endOfHours, timeOfDay, zone } from './fields.ts';
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
  to: endOfHours.describe('Time of day, such as "20:00" or "24:00"; where it is earlier than `from`, of the next day.'),
  zone: zone.default('UTC').describe('Time zone of `from` and `to`.'),
};

/** When somebody works. */
export const work = z.strictObject(week);

/** The hours of a week in which the stages of a policy decide. */
export const hours = z.strictObject({
  ...week,
  to: endOfHours.describe(
    'Time of day, such as "20:00" or "24:00"; where it is earlier than `from`, of the next day. Access has to end by then.',
  ),
  outside: z
    .strictObject({ stages: stages.describe('Who decides at other times, in the form of `stages`.') })
    .optional()
    .describe(
      'Other stages for requests that are wholly outside the hours; those that are partly within need the stages of both. If unset, both are refused.',
    ),
});

export function workOf({ days, from, to, zone: own }: z.output<typeof work>): WorkHours {
  return { days: daysOf(days), fromMinute: from, toMinute: endAfter(from, to), zone: own };
}

export function hoursOf({ days, from, to, zone: own, outside }: z.output<typeof hours>): Hours {
  return {
    days: daysOf(days),
    fromMinute: from,
    toMinute: endAfter(from, to),
    zone: own,
    ...(outside ? { outside: outside.stages.map(stageOf) } : {}),
  };
}

/** Hours that go on after midnight end on the next day. */
function endAfter(from: number, to: number): number {
  return to > from ? to : to + 24 * 60;
}

function daysOf(days: z.output<typeof hours>['days']): readonly number[] {
  if (typeof days !== 'string') return days.map((name) => DAYS.indexOf(name));
  const [, first = '', last = ''] = SPAN.exec(days) ?? [];
  const [from, to] = [DAYS.indexOf(first), DAYS.indexOf(last)];
  return Array.from({ length: ((to - from + 7) % 7) + 1 }, (_, i) => (from + i) % 7);
}
