import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Tickets as Jira Cloud tells of them ("The Jira Cloud platform REST API", Get issue), of which only the status is asked for. */
export interface TicketSimulator {
  readonly url: string;
  readonly authorization: string;
  /** `new`, `indeterminate`, or `done`: the keys of status categories. */
  set(key: string, category: string): void;
  /** So many requests from now on are answered with this status. */
  fail(status: number, times: number): void;
  stop(): Promise<void>;
}

/** Strict: what the page does not say that it takes, it refuses. */
export async function startTickets(): Promise<TicketSimulator> {
  const authorization = `Basic ${Buffer.from('bridge@example.com:simulated').toString('base64')}`;
  const issues = new Map<string, string>();
  const failing = { status: 0, times: 0 };
  const server = createServer((request, response) => {
    const send = (status: number, value: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json;charset=UTF-8' });
      response.end(JSON.stringify(value));
    };
    const errors = (...errorMessages: string[]) => ({ errorMessages, errors: {} });
    if (failing.times > 0) {
      failing.times -= 1;
      return send(failing.status, errors('simulated'));
    }
    const url = new URL(request.url ?? '/', 'http://localhost');
    const [, key = ''] = /^\/rest\/api\/3\/issue\/([A-Z][A-Z0-9]*-\d+)$/.exec(url.pathname) ?? [];
    if (request.method !== 'GET' || [...url.searchParams.keys()].some((name) => name !== 'fields'))
      return send(400, errors('not simulated'));
    if (request.headers.authorization !== authorization) return send(401, errors('Client must be authenticated'));
    const category = issues.get(key);
    if (category === undefined)
      return send(404, errors('Issue does not exist or you do not have permission to see it.'));
    return send(200, { key, fields: { status: { name: category, statusCategory: { key: category } } } });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    authorization,
    set: (key, category) => void issues.set(key, category),
    fail: (status, times) => void Object.assign(failing, { status, times }),
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
