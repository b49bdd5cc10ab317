import { expect, it, onTestFinished } from 'vitest';
import { metricsRoute } from '../../src/http/metrics.ts';
import { startServer } from '../../src/http/server.ts';
import { QUIET } from '../redis/server.ts';

it('are for who has the token, as the text that they are, and nothing is read for anybody else', async () => {
  let count = 0;
  const type = 'text/plain; version=0.0.4; charset=utf-8';
  const read = async () => {
    count += 1;
    return { type, body: 'drawbridge_leases_open 3\n' };
  };
  const routes = [metricsRoute('right', read)];
  const server = await startServer({ host: '127.0.0.1', port: 0, routes, ready: async () => [], log: QUIET });
  onTestFinished(() => server.close());
  const get = (authorization?: string) =>
    fetch(`${server.url}/metrics`, { headers: authorization ? { authorization } : {} });
  for (const wrong of [undefined, 'right', 'Bearer wrong', 'Basic right']) expect((await get(wrong)).status).toBe(401);
  expect(count).toBe(0);
  const answer = await get('Bearer right');
  expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
    200,
    type,
    'drawbridge_leases_open 3\n',
  ]);
  expect((await fetch(`${server.url}/metrics`, { method: 'POST' })).status).toBe(405);
});
