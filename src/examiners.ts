import { directoryExaminer } from './app/operators/examine-directory.ts';
import { processExaminer } from './app/operators/same-rules.ts';
import type { LiveHouse } from './config/live.ts';
import { groupsAsked } from './config/people-faults.ts';
import type { markKeys } from './config/secrets.ts';
import type { Examiner } from './ports/examiner.ts';
import type { ProcessRecords } from './ports/processes.ts';
import type { Store } from './ports/store.ts';
import type { RedisClient } from './redis/client.ts';
import { redisExaminer } from './redis/examine.ts';
import { restartExaminer } from './restart.ts';
import { secretExaminer } from './rotation.ts';

/** What the doctor looks at besides chats, clouds, and folders: the configuration, the groups that it names, processes, and Redis. */
export function examinersOf(
  house: LiveHouse,
  redis: RedisClient,
  keys: ReturnType<typeof markKeys>,
  { processes, store }: { readonly processes: ProcessRecords; readonly store: Pick<Store, 'find'> },
): readonly Examiner[] {
  const { prefix, ...keeping } = house.config.redis;
  return [
    directoryExaminer(house, () => ({
      groups: groupsAsked(house.config),
      hasEntra: house.config.directory?.entra !== undefined,
    })),
    processExaminer(processes, store),
    restartExaminer(house),
    secretExaminer(house),
    redisExaminer({ redis, prefix, keeping, keys, now: Date.now }),
  ];
}
