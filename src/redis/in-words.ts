import { unlessAway } from './away.ts';
import type { RedisClient } from './client.ts';
import { MOVED_EVENT } from './trouble.ts';

/**
 * What this connection is asked fails with a sentence for people, whoever asks: nobody has to remember it at each of a hundred
 * places. Of pipelines `answers` (client.ts) sees to it.
 */
export function inWords(redis: RedisClient): void {
  const send = redis.sendCommand.bind(redis) as (...given: readonly unknown[]) => unknown;
  const said = (...given: readonly unknown[]) => {
    const asked = unlessAway(Promise.resolve(send(...given)));
    // The client itself, and its pipelines, hear of it in another way, and leave this one alone.
    asked.then(
      (answer) => {
        // Who waits for its data sends nothing else, and would not know why.
        if (typeof answer === 'string' && answer.startsWith('# ') && /^loading:1\r?$/m.test(answer))
          redis.emit(MOVED_EVENT, 'LOADING Redis is loading the dataset in memory');
      },
      () => {},
    );
    return asked;
  };
  redis.sendCommand = said as typeof redis.sendCommand;
}
