import { z } from 'zod';
import { type Approver, isOnCall, scheduleOf } from '../core/policy/stage.ts';
import type { Fault } from './fault.ts';
import { name, secret, zone } from './fields.ts';
import { didYouMean } from './meant.ts';

const url = z.url({ protocol: /^https?$/, error: 'must be a URL such as https://calendar.example.com/payments.ics' });
const given = url.optional().describe('Its URL, if that is no secret. Either this or `secretUrl`.');
const secretUrl = secret
  .optional()
  .describe('The URL, where knowing it is enough to read it. `outgoing.hosts` names its host.');

const schedule = z.strictObject({
  pagerDuty: z
    .strictObject({
      schedule: z
        .string()
        .regex(/^[A-Z0-9]{6,20}$/, 'must be the ID of a schedule such as PABC123')
        .describe('ID of the schedule, from its address in PagerDuty.'),
      level: z
        .number()
        .int()
        .min(1)
        .max(20)
        .optional()
        .describe('Only whoever is on call by it at this level of an escalation policy. If unset, at any.'),
    })
    .optional()
    .describe('A schedule of PagerDuty. Either this, `calendar`, or `http`.'),
  calendar: z
    .strictObject({
      url: given,
      secretUrl,
      zone: zone.default('UTC').describe('Time zone of events that last whole days.'),
    })
    .optional()
    .describe(
      'A calendar in the iCalendar format (.ics), at most 1 MB and 2,000 events. On call is whoever is an attendee, by e-mail address, of an event that goes on; of one without attendees, whoever its title names in `people`.',
    ),
  http: z
    .strictObject({
      url: given,
      secretUrl,
      token: secret.optional().describe('Token to send as `Authorization: Bearer …`.'),
    })
    .optional()
    .describe('A host of your own that answers `{"onCall": ["ada@example.com"]}`.'),
});

/** Who is on call, for `onCall:<schedule>` in policies. */
export const onCall = z
  .strictObject({
    schedules: z.record(name, schedule).default({}).describe('Schedules by the name that policies have for them.'),
    pagerDuty: z
      .strictObject({
        token: secret.describe('API key of PagerDuty; a read-only one is enough.'),
        url: url.default('https://api.pagerduty.com').describe('URL of its REST API.'),
      })
      .optional()
      .describe('Access to PagerDuty.'),
    people: z
      .record(z.string().min(1).max(200), z.string().min(1).max(40))
      .default({})
      .describe(
        'IDs of people by the e-mail addresses, or titles of events, that schedules have. What is not here is looked for by e-mail address in the directory.',
      ),
  })
  .prefault({});

type Part = Readonly<Record<string, unknown>> | undefined;

/** Schedules of several kinds or none, and ones of PagerDuty without access to it. */
export function scheduleFaults(
  known: { readonly schedules?: Readonly<Record<string, Part>>; readonly pagerDuty?: unknown } = {},
): readonly Fault[] {
  return Object.entries(known.schedules ?? {}).flatMap(([key, one = {}]): readonly Fault[] => {
    const path = ['onCall', 'schedules', key];
    const kinds = (['pagerDuty', 'calendar', 'http'] as const).filter((kind) => one[kind] !== undefined);
    const isLocked = kinds.includes('pagerDuty') && known.pagerDuty === undefined;
    return [
      ...(kinds.length === 1 ? [] : [{ path, message: 'must have exactly one of pagerDuty, calendar, and http' }]),
      ...(isLocked ? [{ path: [...path, 'pagerDuty'], message: 'needs onCall.pagerDuty: its API key' }] : []),
      ...(['calendar', 'http'] as const).flatMap((kind) => urlFaults(one[kind] as Part, [...path, kind])),
    ];
  });
}

function urlFaults(one: Part, path: Fault['path']): readonly Fault[] {
  if (one === undefined) return [];
  const count = Number(one.url !== undefined) + Number(one.secretUrl !== undefined);
  return count === 1 ? [] : [{ path, message: 'must have exactly one of url and secretUrl' }];
}

/** Approvers that name a schedule that is none. */
export function onCallFaults(
  schedules: Readonly<Record<string, unknown>> = {},
  list: readonly (Approver | undefined)[],
  path: Fault['path'],
): readonly Fault[] {
  return list.flatMap((one, i) => {
    const named = one !== undefined && isOnCall(one) ? scheduleOf(one) : undefined;
    if (named === undefined || Object.hasOwn(schedules, named)) return [];
    const message = `no schedule is called ${named}${didYouMean(named, Object.keys(schedules))}; onCall.schedules has them`;
    return [{ path: [...path, i], message }];
  });
}
