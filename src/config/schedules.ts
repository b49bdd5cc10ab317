import type { Config } from './schema.ts';
import { secretOf } from './secrets.ts';

type OnCallGiven = Config['onCall'];

/** The schedules as they are read, with their secrets. */
export function schedulesOf({ schedules, pagerDuty, people }: OnCallGiven) {
  const read = Object.entries(schedules).flatMap(([key, one]) => {
    const schedule = scheduleFrom(one, pagerDuty);
    return schedule ? [[key, schedule] as const] : [];
  });
  const ids = Object.entries(people).map(([word, id]) => [word.toLowerCase(), id] as const);
  return { schedules: new Map(read), people: new Map(ids) };
}

function scheduleFrom(given: OnCallGiven['schedules'][string], access: OnCallGiven['pagerDuty']) {
  const { pagerDuty, calendar, http } = given;
  if (pagerDuty && access) {
    const { schedule: id, level } = pagerDuty;
    const own = { id, url: access.url, token: secretOf(access.token) };
    return { kind: 'pagerDuty', ...own, ...(level === undefined ? {} : { level }) } as const;
  }
  if (calendar) return { kind: 'calendar', url: urlOf(calendar), zone: calendar.zone } as const;
  if (!http) return undefined;
  return { kind: 'http', url: urlOf(http), ...(http.token ? { token: secretOf(http.token) } : {}) } as const;
}

function urlOf(one: { readonly url?: string | undefined; readonly secretUrl?: string | undefined }): string {
  return one.url ?? secretOf(one.secretUrl ?? '');
}

/** URLs that stand in the file itself, and so name their hosts. */
export function urlsOf({ schedules, pagerDuty }: OnCallGiven): readonly string[] {
  const own = Object.values(schedules).flatMap(({ calendar, http }) => [calendar?.url, http?.url]);
  return [...own, pagerDuty?.url].flatMap((one) => one ?? []);
}
