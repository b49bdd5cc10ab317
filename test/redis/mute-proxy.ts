import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** What is on the way to a Redis: a firewall, a load balancer, an address that is translated. */
export interface Between {
  /** Its URL for programs. */
  readonly url: string;
  /** Connections that are open take everything and give nothing, without being closed, as where a firewall forgot them. New ones work. */
  mute(): void;
  /** Whatever comes takes so long in each direction, in ms. */
  slow(ms: number): void;
  /** The next answers of each connection are cut after so many bytes, and it is closed. */
  cut(bytes: number): void;
  /** How many connections there were. */
  readonly connections: () => number;
}

/** Stands before the Redis of a socket until the test is over. */
export async function between(path: string): Promise<Between> {
  const open = new Set<Socket>();
  let muted = new WeakSet<Socket>();
  let slowMs = 0;
  let cutAfter: number | undefined;
  let count = 0;
  const server = createServer((client) => {
    count += 1;
    const redis = connect(path);
    const later = (work: () => void) => (slowMs > 0 ? setTimeout(work, slowMs) : work());
    for (const one of [client, redis]) {
      open.add(one);
      one.on('error', () => {});
      one.once('close', () => {
        open.delete(one);
        if (!muted.has(client)) for (const end of [client, redis]) end.destroy();
      });
    }
    client.on('data', (data) => void (muted.has(client) || later(() => redis.write(data))));
    redis.on('data', (data) => {
      if (muted.has(client)) return;
      if (cutAfter !== undefined && data.length > cutAfter) {
        client.end(Buffer.from(data).subarray(0, cutAfter));
        cutAfter = undefined;
        return;
      }
      later(() => client.write(data));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    muted = new WeakSet();
    for (const one of open) one.destroy();
    server.close();
  });
  const { port } = server.address() as { port: number };
  return {
    url: `redis://127.0.0.1:${port}`,
    mute() {
      for (const one of open) muted.add(one);
    },
    slow(ms) {
      slowMs = ms;
    },
    cut(bytes) {
      cutAfter = bytes;
    },
    connections: () => count,
  };
}
