import { z } from 'zod';
import { SECOND_MS } from '../../src/core/language/instant.ts';
import type { CallOut } from '../../src/ports/outgoing.ts';
import { refusalOf, unreadable } from './errors.ts';

export interface PagerDutySchedule {
  readonly kind: 'pagerDuty';
  readonly id: string;
  /** Of an escalation policy; absent: any. */
  readonly level?: number;
  readonly url: string;
  readonly token: string;
}

const SERVICE = 'PagerDuty';
/** “limit” of classic pagination: 100 at most (REST API, “Pagination”). */
const PAGE = 100;
/** More entries than any schedule has in escalation policies. */
const MOST_PAGES = 5;
const LIMIT_MS = 5 * SECOND_MS;
const MOST_BYTES = 1_000_000;

const user = z.object({ email: z.string().optional() });
const instant = z.iso.datetime({ offset: true }).nullish();
const oncalls = z.object({
  more: z.boolean(),
  oncalls: z.array(
    z.object({
      user,
      schedule: z.object({ id: z.string() }).nullish(),
      escalation_level: z.number().int(),
      start: instant,
      end: instant,
    }),
  ),
});
const users = z.object({ users: z.array(user) });

/**
 * The e-mail addresses of whoever is on call by a schedule now (“List all of the on-calls”). Overrides are in the answer. A
 * schedule that no escalation policy uses is not listed there: it is asked itself (“List users on call”). Of an entry without
 * an address the word is empty.
 */
export async function inPagerDuty(
  schedule: PagerDutySchedule,
  { call, now, signal }: { readonly call: CallOut; readonly now: number; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const get = async (path: string, query: URLSearchParams) => {
    const answer = await call({
      url: `${schedule.url.replace(/\/+$/, '')}${path}?${query}`,
      headers: { accept: 'application/vnd.pagerduty+json;version=2', authorization: `Token token=${schedule.token}` },
      limitMs: LIMIT_MS,
      mostBytes: MOST_BYTES,
      signal,
    });
    if (answer.status !== 200) throw refusalOf(SERVICE, answer.status);
    return answer.text;
  };
  const found: string[] = [];
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const paging = { limit: String(PAGE), offset: String(page * PAGE) };
    const query = new URLSearchParams({ 'schedule_ids[]': schedule.id, 'include[]': 'users', ...paging });
    const read = parsed(oncalls, await get('/oncalls', query));
    // A filter that was not understood would give everybody who is on call for anything.
    const own = read.oncalls.filter((one) => one.schedule?.id === schedule.id && isNow(one, now));
    found.push(...own.filter((one) => isAt(schedule.level, one)).map((one) => one.user.email ?? ''));
    if (read.more) continue;
    if (own.length > 0 || found.length > 0 || schedule.level !== undefined) return found;
    const [since, until] = [now, now + SECOND_MS].map((at) => new Date(at).toISOString());
    const itself = await get(
      `/schedules/${schedule.id}/users`,
      new URLSearchParams({ since, until } as Readonly<Record<string, string>>),
    );
    return parsed(users, itself).users.map(({ email = '' }) => email);
  }
  throw unreadable(SERVICE, new Error('it goes on for too many pages'));
}

/** Absent on either side: always. */
function isNow(
  { start, end }: { readonly start?: string | null | undefined; readonly end?: string | null | undefined },
  now: number,
) {
  return (!start || Date.parse(start) <= now) && (!end || now < Date.parse(end));
}

function isAt(level: number | undefined, { escalation_level: own }: { readonly escalation_level: number }): boolean {
  return level === undefined || own === level;
}

function parsed<T>(shape: z.ZodType<T>, text: string): T {
  try {
    return shape.parse(JSON.parse(text));
  } catch (error) {
    throw unreadable(SERVICE, error);
  }
}
