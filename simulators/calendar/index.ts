import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Hosts a calendar at a secret path, and who is on call as JSON behind a token. */
export interface CalendarSimulator {
  /** Of the calendar; knowing it is enough to read it. */
  readonly url: string;
  readonly jsonUrl: string;
  readonly token: string;
  setCalendar(text: string): void;
  setJson(value: unknown): void;
  stop(): Promise<void>;
}

const SECRET = '/feed/5f3c1f0e.ics';

export async function startCalendar(): Promise<CalendarSimulator> {
  const token = 'schedule-simulated';
  let calendar = '';
  let json: unknown = { onCall: [] };
  const server = createServer((request, response) => {
    const send = (status: number, type: string, text: string) => {
      response.writeHead(status, { 'content-type': type });
      response.end(text);
    };
    if (request.method === 'GET' && request.url === SECRET) return send(200, 'text/calendar; charset=utf-8', calendar);
    if (request.method !== 'GET' || request.url !== '/on-call.json')
      return send(404, 'text/html', '<html>Not found</html>');
    if (request.headers.authorization !== `Bearer ${token}`) return send(401, 'application/json', '{}');
    return send(200, 'application/json', JSON.stringify(json));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `${at}${SECRET}`,
    jsonUrl: `${at}/on-call.json`,
    token,
    setCalendar(text) {
      calendar = text;
    },
    setJson(value) {
      json = value;
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** A calendar of these events, each its own lines. */
export function calendarOf(events: readonly (readonly string[])[]): string {
  const lines = events.flatMap((event, i) => [
    'BEGIN:VEVENT',
    ...(event.some((line) => line.startsWith('UID')) ? [] : [`UID:event-${i}`]),
    'DTSTAMP:20260101T000000Z',
    ...event,
    'END:VEVENT',
  ]);
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Drawbridge//EN', ...lines, 'END:VCALENDAR', ''].join('\r\n');
}
