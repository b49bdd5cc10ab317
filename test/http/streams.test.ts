import fastify from 'fastify';
import { expect, it, onTestFinished } from 'vitest';
import { Streams } from '../../src/http/streams.ts';

it('so many pages are kept up to date at once; one more is told to ask, and has a place once another one goes', async () => {
  const streams = new Streams(2);
  const app = fastify();
  async function* stream(signal: AbortSignal) {
    yield 'event: changed\n\n';
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
  }
  app.get('/', (_, reply) => streams.send(reply, { status: 200, headers: {}, stream }));
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    streams.stop();
    app.server.closeAllConnections();
    await app.close();
  });
  const open = async () => {
    const gone = new AbortController();
    const answer = await fetch(url, { signal: gone.signal });
    return { answer, leave: () => gone.abort() };
  };
  const [first] = [await open(), await open()];
  const { answer: third } = await open();
  expect([third.status, third.headers.get('retry-after'), (await third.text()).trim()]).toEqual([
    503,
    '30',
    'Too many pages are kept up to date. Try again later.',
  ]);
  first.leave();
  await expect.poll(async () => (await open()).answer.status).toBe(200);
});
