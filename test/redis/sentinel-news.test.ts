import { createServer, type Socket } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
import { connectRedis } from '../../src/redis/connect.ts';
import { node } from './nodes.ts';
import { QUIET } from './server.ts';

/** The words of the commands in what a client sent: an array of bulk strings each. */
function commandsOf(sent: string): readonly (readonly string[])[] {
  return sent
    .split(/(?=\*\d+\r\n)/)
    .map((command) => [...command.matchAll(/\$\d+\r\n(.*?)\r\n/g)].map(([, word]) => word ?? ''));
}

/** An array of RESP, or what RESP3 sends without being asked. */
const saying = (kind: '*' | '>', ...words: readonly string[]) =>
  `${kind}${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;

/** A Sentinel that always names the same primary: the second time only once everybody was told that it is another one now. */
async function sentinel(primary: number) {
  const listening = new Set<Socket>();
  const asked = { primary: 0 };
  const answer = async (socket: Socket, [name = '', ...rest]: readonly string[]) => {
    if (/^subscribe$/i.test(name)) {
      listening.add(socket);
      return `>3\r\n$9\r\nsubscribe\r\n$14\r\n+switch-master\r\n:1\r\n`;
    }
    if (!/^sentinel$/i.test(name)) return '+OK\r\n';
    if (!/^get-master/i.test(rest[0] ?? '')) return '*0\r\n';
    asked.primary += 1;
    if (asked.primary > 1) {
      const said = [...listening].map((one) => {
        const heard = saying('>', 'message', '+switch-master', `drawbridge 127.0.0.1 1 127.0.0.1 ${primary}`);
        return new Promise((resolve) => one.write(heard, resolve));
      });
      await Promise.all(said);
      // The client has it before it has the answer.
      await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    }
    return saying('*', '127.0.0.1', String(primary));
  };
  const fake = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('close', () => listening.delete(socket));
    socket.on('data', async (data) => {
      for (const command of commandsOf(data.toString())) socket.write(await answer(socket, command));
    });
  });
  await new Promise<void>((resolve) => fake.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void fake.close());
  return { port: (fake.address() as { port: number }).port, asked, listening };
}

it('the news of a failover does not end a connection for good that is being made again because of it', async () => {
  const primary = await node();
  const { port, asked, listening } = await sentinel(primary.port);
  const redis = connectRedis(
    { sentinel: { name: 'drawbridge', addresses: [{ host: '127.0.0.1', port }], tls: false } },
    { log: QUIET },
  );
  onTestFinished(() => redis.disconnect());
  const id = await redis.client('ID');
  await vi.waitFor(() => expect(listening.size).toBe(1));
  await primary.direct.client('KILL', 'ID', String(id));
  await vi.waitFor(() => expect(asked.primary).toBe(2));
  await vi.waitFor(async () => expect(await redis.ping()).toBe('PONG'));
  expect(redis.status).toBe('ready');
});
