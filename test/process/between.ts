import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What may be done to what passes; undefined leaves it as it is. */
type Answering = ((answer: Buffer) => Buffer | undefined) | undefined;

/** Stands on the way to the Redis of a socket: a load balancer, a tunnel, an address that somebody else got. */
export async function standBetween(path: string) {
  const open = new Set<Socket>();
  let isMute = false;
  let answering: Answering;
  const server = createServer((client) => {
    const redis = connect(path);
    for (const one of [client, redis]) {
      open.add(one);
      one.on('error', () => {});
      one.once('close', () => {
        open.delete(one);
        for (const end of [client, redis]) end.destroy();
      });
    }
    client.on('data', (data: Buffer) => {
      if (isMute) return;
      redis.write(data);
    });
    redis.on('data', (data: Buffer) => {
      if (isMute) return;
      const text = answering ? answering(data) : data;
      if (text) client.write(text);
    });
  });
  server.listen(0, '0.0.0.0');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    /** Every connection, a new one as well, takes everything and gives nothing. */
    mute(is: boolean): void {
      isMute = is;
    },
    /** What comes in place of each answer. */
    answer(with_: Answering): void {
      answering = with_;
    },
    /** Every connection is closed. */
    hangUp(): void {
      for (const one of open) one.destroy();
    },
    stop(): void {
      for (const one of open) one.destroy();
      server.close();
    },
  };
}
