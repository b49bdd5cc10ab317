import { EventEmitter } from 'node:events';
import { Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connectRedis } from '../../src/redis/connect.ts';
import { gathering } from '../../src/redis/one-write.ts';
import { QUIET, testRedis } from './server.ts';

/** A client that connects when it is told, and what each write of its streams had in it. */
function client() {
  const writes: string[][] = [];
  const redis = Object.assign(new EventEmitter(), { stream: undefined as Writable | undefined });
  gathering(redis);
  const connect = () => {
    redis.stream = new Writable({
      decodeStrings: false,
      write(chunk, _, done) {
        writes.push([String(chunk)]);
        done();
      },
      writev(chunks, done) {
        writes.push(chunks.map(({ chunk }) => String(chunk)));
        done();
      },
    });
    redis.emit('connect');
    return redis.stream;
  };
  return { connect, writes };
}

describe('commands of one turn of the event loop', () => {
  it('leave in one write, in their order, at its end', async () => {
    const { connect, writes } = client();
    const stream = connect();
    for (const command of ['a', 'b']) stream.write(command);
    await Promise.resolve();
    stream.write('c');
    expect(writes).toEqual([]);
    await turn();
    expect(writes).toEqual([['a', 'b', 'c']]);
    stream.write('d');
    await turn();
    expect(writes).toEqual([['a', 'b', 'c'], ['d']]);
  });

  it('leave when the connection is ended in that turn', async () => {
    const { connect, writes } = client();
    const stream = connect();
    stream.write('a');
    stream.end('quit');
    await turn();
    expect(writes.flat()).toEqual(['a', 'quit']);
  });

  it('are dropped with a connection that broke, and the next one is gathered too', async () => {
    const { connect, writes } = client();
    const broken = connect();
    broken.write('a');
    broken.destroy();
    await turn();
    const stream = connect();
    for (const command of ['a', 'b']) stream.write(command);
    await turn();
    expect(writes).toEqual([['a', 'b']]);
  });

  it('are answered by Redis, each with its own', async () => {
    const server = await testRedis();
    const redis = connectRedis(server.url, { log: QUIET });
    onTestFinished(async () => {
      redis.disconnect();
      await server.stop();
    });
    const echoed = Array.from({ length: 300 }, (_, i) => redis.echo(String(i)));
    expect(await Promise.all(echoed)).toEqual(Array.from({ length: 300 }, (_, i) => String(i)));
  });
});
