import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../shared/clock.ts';
import { Faults } from '../shared/faults.ts';

/** One entry of “List all of the on-calls” (PagerDuty REST API v2). `end` absent: for good. */
export interface Shift {
  readonly schedule: string;
  readonly email: string;
  readonly level?: number;
  readonly start?: number;
  readonly end?: number;
}

export interface PagerDutySimulator {
  readonly url: string;
  readonly token: string;
  readonly faults: Faults;
  /** Replaces who is on call; schedules in `unused` are in no escalation policy. */
  set(shifts: readonly Shift[], unused?: readonly string[]): void;
  stop(): Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

const LIMIT = { usual: 25, most: 100 };
const KNOWN = new Set(['schedule_ids[]', 'include[]', 'limit', 'offset', 'since', 'until']);

/** PagerDuty’s “oncalls” and “schedules/{id}/users”, as its API reference has them. What it does not know it refuses. */
export async function startPagerDuty({ now }: { readonly now: Clock }): Promise<PagerDutySimulator> {
  const token = 'pd-simulated';
  const faults = new Faults();
  let shifts: readonly Shift[] = [];
  let unused: ReadonlySet<string> = new Set();
  const isOn = (shift: Shift, at: number) => (shift.start ?? 0) <= at && at < (shift.end ?? Number.POSITIVE_INFINITY);
  const answer = (request: IncomingMessage): Reply => {
    const url = new URL(request.url ?? '/', 'http://pagerduty');
    const planned = faults.take(url.pathname);
    if (planned?.kind === 'throttle') return errorOf(429, 2020, 'Rate Limit Exceeded');
    if (planned?.kind === 'error') return errorOf(planned.status, 2000, planned.code);
    if (request.method !== 'GET') return errorOf(404, 2100, 'Not Found');
    if (request.headers.authorization !== `Token token=${token}`)
      return { status: 401, body: { error: { message: 'Unauthorized', code: 2006 } } };
    if (request.headers.accept !== 'application/vnd.pagerduty+json;version=2')
      return errorOf(406, 2012, 'Not Acceptable');
    if ([...url.searchParams.keys()].some((key) => !KNOWN.has(key)))
      return errorOf(400, 2001, 'Invalid Input Provided');
    if (url.pathname === '/oncalls') return oncalls(url.searchParams);
    const id = /^\/schedules\/([A-Z0-9]+)\/users$/.exec(url.pathname)?.[1];
    if (id === undefined || !(shifts.some((one) => one.schedule === id) || unused.has(id)))
      return errorOf(404, 2100, 'Not Found');
    const [since, until] = ['since', 'until'].map((key) => Date.parse(url.searchParams.get(key) ?? ''));
    if (!(Number(since) < Number(until))) return errorOf(400, 2001, 'Invalid Input Provided');
    const own = shifts.filter((one) => one.schedule === id && isOn(one, Number(since)));
    return { status: 200, body: { users: own.map(({ email }, i) => userOf(email, i)) } };
  };
  const oncalls = (query: URLSearchParams): Reply => {
    const limit = Number(query.get('limit') ?? LIMIT.usual);
    const offset = Number(query.get('offset') ?? 0);
    if (!(limit >= 1 && limit <= LIMIT.most) || offset + limit > 10_000)
      return errorOf(400, 2001, 'Invalid Input Provided');
    const ids = query.getAll('schedule_ids[]');
    const all = shifts.filter(
      (one) => !unused.has(one.schedule) && (ids.length === 0 || ids.includes(one.schedule)) && isOn(one, now()),
    );
    const page = all.slice(offset, offset + limit).map((one, i) => ({
      user: query.getAll('include[]').includes('users')
        ? userOf(one.email, i)
        : { id: `U${i}`, type: 'user_reference' },
      schedule: { id: one.schedule, type: 'schedule_reference' },
      escalation_policy: { id: 'PESC001', type: 'escalation_policy_reference' },
      escalation_level: one.level ?? 1,
      start: one.start === undefined ? null : new Date(one.start).toISOString(),
      end: one.end === undefined ? null : new Date(one.end).toISOString(),
    }));
    return { status: 200, body: { oncalls: page, limit, offset, more: offset + limit < all.length, total: null } };
  };
  const server = createServer((request, response) => {
    const { status, body } = answer(request);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    faults,
    set(next, without = []) {
      shifts = next;
      unused = new Set(without);
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function userOf(email: string, i: number) {
  return { id: `PUSER${i}`, type: 'user', name: email.split('@')[0], email, role: 'user' };
}

function errorOf(status: number, code: number, message: string): Reply {
  return { status, body: { error: { code, message, errors: [] } } };
}
