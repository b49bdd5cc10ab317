import { randomBytes } from 'node:crypto';
import { staticDirectory } from '../../adapters/directory/static.ts';
import { undoFiles } from '../../adapters/undo/index.ts';
import { channels } from '../../simulators/world.ts';
import type { Deps } from '../../src/app/deps.ts';
import { oneStage } from '../../src/config/stage.ts';
import { HOUR_MS } from '../../src/core/language/instant.ts';
import type { Person } from '../../src/core/people/person.ts';
import type { Policy } from '../../src/core/policy/policy.ts';
import { sealer } from '../../src/core/rule/seal.ts';
import { redisAudit } from '../../src/redis/audit.ts';
import { redisLock } from '../../src/redis/lock.ts';
import { redisProtectionRecords } from '../../src/redis/protection-records.ts';
import { redisStore } from '../../src/redis/store.ts';
import { type Ground, LOUD } from '../ground.ts';
import { quietChat } from '../quiet-chat.ts';
import { quietAws } from './cloud.ts';

export const MANAGER: Person = {
  id: 'grace.lindqvist',
  name: 'Grace Lindqvist',
  slack: 'U000000002A',
  entra: 'a2a2a2a2-0000-4000-8000-000000000002',
  prefers: 'teams',
  groups: [],
};

export function personNumber(n: number): Person {
  const digits = String(n).padStart(4, '0');
  return {
    id: `person.number${digits}`,
    name: `Person Number${digits}`,
    slack: `U00000${digits}B`,
    manager: MANAGER.id,
    groups: ['engineers'],
  };
}

export const POLICY: Policy = {
  name: 'production',
  who: ['group:engineers'],
  machines: { names: [], tags: { env: 'prod' } },
  ports: [{ number: 22, protocol: 'tcp' }],
  widest: { ipv4: 28, ipv6: 64 },
  anySource: false,
  bastion: false,
  cutSessions: false,
  longestMs: 4 * HOUR_MS,
  stages: [oneStage(['manager'], 1)],
  extendSelfUpToMs: 0,
  unansweredMs: 8 * HOUR_MS,
  tell: [
    { chat: 'slack', kind: 'channel', id: channels.slack.id },
    { chat: 'teams', kind: 'channel', id: channels.teams.id },
  ],
};

interface Size {
  readonly people: number;
  readonly machines: number;
  /** Of its keys in Redis. */
  readonly prefix?: string;
  /** Each has as many of the people; one for all unless told. */
  readonly managers?: readonly Person[];
}

/** The program's own use cases on the real store; what is not Redis answers at once. */
export function house({ redis }: Ground, size: Size) {
  const { prefix = 'drawbridge', managers = [MANAGER] } = size;
  const people = Array.from({ length: size.people }, (_, i) => {
    const manager = managers[i % managers.length] ?? MANAGER;
    return { ...personNumber(i + 1), manager: manager.id };
  });
  const deps: Deps = {
    store: redisStore({ redis, prefix, log: LOUD }),
    audit: redisAudit({ redis, prefix, log: LOUD }),
    // Hints are gone once they were followed: the measurement follows them itself.
    queue: { converge: async () => {}, notify: async () => {} },
    lock: redisLock({ redis, prefix, log: LOUD }),
    undo: undoFiles('.data/bench-undo', sealer('bench', 'undo', [{ id: 'k1', secret: 'bench' }])),
    records: redisProtectionRecords({
      ...{ redis, prefix },
      seals: sealer('bench', 'protections', [{ id: 'k1', secret: 'bench' }]),
      log: LOUD,
    }),
    clouds: new Map([['aws', quietAws(size.machines)]]),
    chats: new Map([
      ['slack', quietChat('slack')],
      ['teams', quietChat('teams')],
    ]),
    directory: staticDirectory([...people, ...managers], ['slack', 'teams']),
    rules: { policies: [POLICY], protectors: [], security: [], sources: new Map(), shortestMs: 300_000 },
    log: LOUD,
    random: (n) => randomBytes(n),
    monotonic: () => performance.now(),
  };
  return { deps, people, manager: MANAGER };
}
