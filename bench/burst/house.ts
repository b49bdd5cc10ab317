import { randomBytes } from 'node:crypto';
import { awsAdapter } from '../../adapters/aws/index.ts';
import { staticDirectory } from '../../adapters/directory/static.ts';
import { undoFiles } from '../../adapters/undo/index.ts';
import type { Deps } from '../../src/app/deps.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { notify } from '../../src/app/request/notify.ts';
import type { Person } from '../../src/core/people/person.ts';
import type { Policy } from '../../src/core/policy/policy.ts';
import { markSigner } from '../../src/core/rule/mark.ts';
import { sealer } from '../../src/core/rule/seal.ts';
import { inOnePiece } from '../../src/kit/rank.ts';
import { startDueTimer } from '../../src/queue/due.ts';
import { bullQueue } from '../../src/queue/producer.ts';
import { startPulse } from '../../src/queue/pulse.ts';
import { startWorkers } from '../../src/queue/worker.ts';
import { redisAudit } from '../../src/redis/audit.ts';
import { connectRedis } from '../../src/redis/connect.ts';
import { redisLock } from '../../src/redis/lock.ts';
import { redisProtectionRecords } from '../../src/redis/protection-records.ts';
import { redisPulse } from '../../src/redis/pulse.ts';
import { redisStore } from '../../src/redis/store.ts';
import { LOUD } from '../ground.ts';
import { quietChat } from '../quiet-chat.ts';
import { INSTALLATION, MARK_KEYS, type Plan } from './shared.ts';

/** Who may request what; nobody and nothing unless told. */
export interface Company {
  readonly people: readonly Person[];
  readonly policies: readonly Policy[];
}

/**
 * What main.ts starts, of the real parts: store, lock, queue, workers, due timer and the AWS adapter. Only the chats are
 * quiet ones: their simulators would be measured instead.
 */
export async function startHouse(
  { settings, redisUrl: url }: Pick<Plan, 'settings' | 'redisUrl'>,
  { people, policies }: Company = { people: [], policies: [] },
) {
  const redis = connectRedis(url, { log: LOUD });
  const queue = bullQueue({ url, log: LOUD });
  const pulse = redisPulse({ redis });
  const store = redisStore({ redis, log: LOUD });
  const marks = markSigner(INSTALLATION, [...MARK_KEYS]);
  const aws = awsAdapter(settings, { marks, installation: INSTALLATION, log: LOUD, now: Date.now });
  const seals = (use: string) => sealer('bench', use, [{ id: 'k1', secret: 'bench' }]);
  const deps: Deps = {
    store,
    queue,
    audit: redisAudit({ redis, log: LOUD }),
    lock: redisLock({ redis, log: LOUD, process: pulse.process }),
    undo: undoFiles('.data/bench-undo', seals('undo')),
    records: redisProtectionRecords({ redis, seals: seals('protections'), log: LOUD }),
    clouds: new Map([['aws', aws]]),
    chats: new Map([
      ['slack', quietChat('slack')],
      ['teams', quietChat('teams')],
    ]),
    directory: staticDirectory([...people], ['slack', 'teams']),
    rules: { policies, protectors: [], security: [], sources: new Map(), shortestMs: 0 },
    log: LOUD,
    random: (n) => randomBytes(n),
    monotonic: () => performance.now(),
  };
  // Signed in before anything is measured, as a program that has been running is.
  await aws.check(AbortSignal.timeout(10_000));
  const workers = startWorkers({
    url,
    log: LOUD,
    converge: (machine, signal) => converge({ ...deps, inOnePiece }, machine, signal),
    notify: (id, signal) => notify(deps, id, signal),
  });
  const due = startDueTimer({ store, queue, log: LOUD });
  const beating = startPulse({ pulse, store, queue, log: LOUD });
  const stop = async () => {
    await due.stop();
    await workers.close();
    await beating.stop();
    await queue.close();
    redis.disconnect();
  };
  return { deps, stop };
}
