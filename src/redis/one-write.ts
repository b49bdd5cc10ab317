import type { EventEmitter } from 'node:events';
import type { RedisClient } from './client.ts';

/** A server's client, as far as it matters here: each time that it connects it has another stream. */
interface Connecting extends Pick<EventEmitter, 'on'> {
  readonly stream: unknown;
}

interface Stream {
  write(...written: readonly unknown[]): boolean;
  cork(): void;
  uncork(): void;
}

/**
 * The commands of one turn of the event loop leave in one write, at its end, and not each in a system call of its own: a write
 * wakes Redis up, which on a busy computer takes the processor from whoever is to be read next. All else is as it was: their order,
 * their time limits, what is sent again after a broken connection.
 */
export function inOneWrite(redis: RedisClient): void {
  if ('nodes' in redis) redis.on('+node', (node: Connecting) => gathering(node));
  else gathering(redis);
}

/** The same of one server. */
export function gathering(redis: Connecting): void {
  redis.on('connect', () => gatherOn(redis.stream as Stream));
}

function gatherOn(stream: Stream): void {
  const write = stream.write.bind(stream);
  let isCorked = false;
  const uncork = () => {
    isCorked = false;
    stream.uncork();
  };
  stream.write = (...written) => {
    if (!isCorked) {
      isCorked = true;
      stream.cork();
      setImmediate(uncork);
    }
    return write(...written);
  };
}
