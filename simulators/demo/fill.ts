import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { markKeys } from '../../src/config/secrets.ts';
import { sealer } from '../../src/core/rule/seal.ts';
import { jsonLog } from '../../src/observe/log.ts';
import { connectRedis } from '../../src/redis/connect.ts';
import { redisStore } from '../../src/redis/store.ts';
import { quarterUntil } from './quarter.ts';

const [INSTALLATION, PREFIX] = ['demo', 'drawbridge'];
/** A script holds Redis up for a few milliseconds. */
const AT_ONCE = 100;

/**
 * Writes a quarter of past requests to the store of a demo that runs, as the program keeps them, sealed with its key. They have no
 * entries in the audit: what is written there was done. Gives how many.
 */
export async function fillQuarter(folder: string): Promise<number> {
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
