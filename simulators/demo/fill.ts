import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { markKeys } from '../../src/config/secrets.ts';
import { sealer } from '../../src/core/rule/seal.ts';
import { jsonLog } from '../../src/observe/log.ts';
import { connectRedis } from '../../src/redis/connect.ts';
import { redisStore } from '../../src/redis/store.ts';
import { quarterUntil } from './quarter.ts';

const [INSTALLATION, PREFIX] = ['demo', 'drawbridge'];
/** A script holds Redis up for a few milliseconds. */
const AT_ONCE = 100;
/** How often it is looked whether the program has met its Redis, and how often at most: a minute. */
const [LOOK_MS, MOST_LOOKS] = [100, 600];
type Pause = () => Promise<unknown>;

/**
 * Writes a quarter of past requests to the store of a demo that runs, as the program keeps them, sealed with its key. They have no
 * entries in the audit: what is written there was done. Gives how many.
 */
export async function fillQuarter(folder: string, pause: Pause = () => delay(LOOK_MS)): Promise<number> {
  await programKnowsRedis(folder, pause);
  const log = jsonLog('warn');
  const redis = connectRedis(readFileSync(join(folder, 'redis', 'address'), 'utf8').trim(), { log });
  try {
    const seals = sealer(INSTALLATION, `store ${PREFIX}`, markKeys({ keyFile: join(folder, 'mark-key') }));
    const store = redisStore({ redis, prefix: PREFIX, log, seals, board: true });
    const past = quarterUntil((await store.now()).at);
    for (let from = 0; from < past.length; from += AT_ONCE) {
      const saved = await store.save(past.slice(from, from + AT_ONCE).map((next) => ({ next, from: 0 })));
      if (saved.some((one) => one !== 'saved')) throw new Error('the past of the demo was not saved');
    }
    return past.length;
  } finally {
    redis.disconnect();
  }
}

/**
 * Waits until the program remembers its Redis outside of it. One that finds commits there which nobody vouches for takes it for a
 * restored one, opens nothing for ten seconds, and tells the operators, who are just about to look at a new demo.
 */
async function programKnowsRedis(folder: string, pause: Pause): Promise<void> {
  const file = join(folder, `commits-${PREFIX}.json`);
  for (let looks = 0; !existsSync(file); looks += 1) {
    if (looks === MOST_LOOKS) throw new Error(`the program did not meet its Redis within a minute (no ${file})`);
    await pause();
  }
}
