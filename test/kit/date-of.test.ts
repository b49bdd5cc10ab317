import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { dateIn, dateOf } from '../../src/kit/date-of.ts';

const never = new AbortController().signal;

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

it.each([
  [200, 'Fri, 27 Nov 2026 12:00:00 GMT', Date.UTC(2026, 10, 27, 12)],
  [404, 'Fri, 27 Nov 2026 12:00:00 GMT', Date.UTC(2026, 10, 27, 12)],
  [200, 'noon', undefined],
])('an answer %i with the date “%s” tells %s', async (status, date, at) => {
  const url = await serve((_, answer) => answer.writeHead(status, { date }).end('{}'));
  expect(await dateOf(url, never)).toBe(at);
});

it('what tells no date, is not there, or does not answer in time tells nothing', async () => {
  const url = await serve((_, answer) => {
    answer.sendDate = false;
    answer.end();
  });
  expect(await dateOf(url, never)).toBeUndefined();
  expect(await dateOf('http://127.0.0.1:1/', never)).toBeUndefined();
  const silent = await serve(() => {});
  expect(await dateOf(silent, AbortSignal.timeout(20))).toBeUndefined();
});

it.each([
  ['Fri, 27 Nov 2026 12:00:00 GMT', '90', Date.UTC(2026, 10, 27, 12, 1, 30)],
  ['Fri, 27 Nov 2026 12:00:00 GMT', null, Date.UTC(2026, 10, 27, 12)],
  ['Fri, 27 Nov 2026 12:00:00 GMT', '-90', Date.UTC(2026, 10, 27, 12)],
  ['Fri, 27 Nov 2026 12:00:00 GMT', '1e9', Date.UTC(2026, 10, 27, 12)],
  [undefined, '90', undefined],
])('a cache that answers “%s” with the age %s says that it is %s', (date, age, at) => {
  expect(dateIn(date, age)).toBe(at);
});
