import { setTimeout as wait } from 'node:timers/promises';
import type { Faults } from '../../simulators/shared/faults.ts';
import type { Throws } from './dice.ts';
import type { House } from './house.ts';

/** Something that goes wrong for a while. */
interface Trouble {
  readonly name: string;
  /** What is struck: never two at a time on the same. */
  readonly on: 'redis' | 'aws' | 'azure' | 'slack' | 'teams' | 'process' | 'clock';
  readonly begin: (house: House, dice: Throws) => Promise<unknown>;
  readonly end: (house: House, dice: Throws) => Promise<unknown>;
}

const MOST_MS = 18_000;
const FOREVER = Number.POSITIVE_INFINITY;
const nothing = async () => {};

const REDIS: readonly Trouble[] = [
  changing('Redis killed with -9, and started again', 'kill', 'start'),
  changing('Redis paused', 'pause', 'resume'),
  redis(
    'Redis full',
    (house) => house.redis.fill(true),
    (house) => house.redis.fill(false),
  ),
  changing('Redis read-only: the replica of a host that is gone', 'demote', 'promote'),
  redis('Redis rolled back to a snapshot that is seconds old', (house) => house.snapshot(), rollBack),
];

/** Where Sentinels watch over it. The first three are what they are for. */
const WATCHED: readonly Trouble[] = [
  changing('the primary of Redis killed with -9, and started again', 'kill', 'start'),
  changing('the primary of Redis paused', 'pause', 'resume'),
  redis('a planned failover of Redis by Sentinel', failOver, nothing),
  changing('the primary of Redis made a replica by hand, past the Sentinels', 'demote', 'promote'),
  ...REDIS.filter(({ name }) => /full|rolled back/.test(name)),
];

const WRITES = {
  aws: /^(?:Authorize|Revoke|Create|Delete|Modify)/,
  azure: /(?:CreateOrUpdate|Delete)$/,
};
const READS = { aws: /^Describe/, azure: /(?:Get|List|ListAll)$/ };

const CLOUDS: readonly Trouble[] = (['aws', 'azure'] as const).flatMap((cloud) => [
  fault(cloud, 'throttled', (faults) => faults.add(/./, { kind: 'throttle', retryAfterSeconds: 1 }, 20)),
  fault(cloud, 'slow: 2 s a call', (faults) => faults.add(/./, { kind: 'slow', ms: 2_000 }, FOREVER)),
  fault(cloud, 'reading 3 s late', (faults) => faults.add(READS[cloud], { kind: 'stale', ms: 3_000 }, FOREVER)),
  fault(cloud, 'losing replies to writes', (faults) => faults.add(WRITES[cloud], { kind: 'lostReply' }, 5)),
  fault(cloud, 'down', (faults) => faults.add(/./, { kind: 'reset' }, FOREVER)),
]);

const CHATS: readonly Trouble[] = (['slack', 'teams'] as const).map((chat) =>
  fault(chat, 'down', (faults) => faults.add(/^(?!deliver)/, { kind: 'reset' }, FOREVER)),
);

const PROCESSES: readonly Trouble[] = [
  {
    name: 'a process killed with -9, and started again',
    on: 'process',
    begin: (house, dice) => house.end(dice.pick(house.replicas), 'kill'),
    end: startMissing,
  },
  {
    name: 'a deploy: SIGTERM to one process after the other, each with a new one',
    on: 'process',
    async begin(house) {
      for (const replica of house.replicas) {
        await house.end(replica, 'stop');
        await house.start(replica);
      }
    },
    end: startMissing,
  },
  {
    name: 'a stricter configuration with one person fewer, by a rolling restart, and the usual one again',
    on: 'process',
    begin: (house) => house.reconfigure(true),
    end: (house) => house.reconfigure(false),
  },
];

/** So far a clock may be off without anything but time being wrong: signatures of Slack are good for a minute ahead. */
const MOST_OFF_MS = 50_000;
/** What is over is closed on the clocks of the store and the clouds, so that as much is added to every lateness. */
const MOST_LATE_MS = 15_000;

const CLOCKS: readonly Trouble[] = [
  {
    name: 'the clock of a process jumps',
    on: 'clock',
    begin: async (house, dice) => house.setClock(dice.pick(house.replicas), dice.between(-MOST_OFF_MS, MOST_OFF_MS)),
    end: async (house) => {
      for (const replica of house.replicas) house.setClock(replica, 0);
    },
  },
  {
    name: 'the clocks of the clouds jump',
    on: 'clock',
    begin: async ({ off }, dice) => {
      off.cloudsMs = dice.between(-MOST_LATE_MS, MOST_LATE_MS);
    },
    end: async ({ off }) => {
      off.cloudsMs = 0;
    },
  },
  {
    name: 'the clock of Redis is set back',
    on: 'redis',
    // As the store sees it: the highest instant that it ever gave is ahead of its clock.
    begin: async (house, dice) => {
      const ms = dice.between(2_000, MOST_LATE_MS);
      house.off.redisMs = Math.max(house.off.redisMs, ms);
      // After what was wrong with it before, it may still have to recover.
      await house.redis.operator.hset('{drawbridge}:clock', 'highest', Date.now() + ms).catch(nothing);
    },
    end: nothing,
  },
];

/** Twice each: half of the trouble is with Redis and processes, which are few. */
const allOf = (redis: readonly Trouble[]) => [
  ...[...redis, ...redis, ...PROCESSES, ...PROCESSES, ...PROCESSES],
  ...[...CLOCKS, ...CLOCKS, ...CLOUDS, ...CHATS],
];

interface Making {
  readonly dice: Throws;
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
  /** How long one trouble lasts at most; 18 s unless told. */
  readonly mostMs?: number;
}

/** Makes trouble until told to stop; then nothing is wrong any more. Gives how often what happened. */
export async function makeTrouble(house: House, { dice, signal, print, mostMs = MOST_MS }: Making) {
  const all = allOf(house.redis.failOver ? WATCHED : REDIS);
  const counts = new Map<string, number>();
  const struck = new Map<Trouble['on'], Promise<void>>();
  const failed: string[] = [];
  const turn = async (trouble: Trouble, forMs: number) => {
    print(`${trouble.name}: ${forMs / 1_000} s`);
    try {
      await trouble.begin(house, dice);
      await wait(forMs, undefined, { signal }).catch(nothing);
    } finally {
      await trouble.end(house, dice);
    }
  };
  while (!signal.aborted) {
    const trouble = dice.pick(all);
    const [forMs, pauseMs] = [dice.between(1_000, mostMs), dice.between(500, 5_000)];
    if (struck.has(trouble.on)) continue;
    counts.set(trouble.name, (counts.get(trouble.name) ?? 0) + 1);
    const under = turn(trouble, forMs)
      .catch((error: unknown) => void failed.push(`${trouble.name}: ${error}`))
      .finally(() => struck.delete(trouble.on));
    struck.set(trouble.on, under);
    if (struck.size > 2) await Promise.race(struck.values());
    await wait(pauseMs, undefined, { signal }).catch(nothing);
  }
  await Promise.all(struck.values());
  await startMissing(house);
  return { counts, failed };
}

function redis(name: string, begin: Trouble['begin'], end: Trouble['end']): Trouble {
  return { name, on: 'redis', begin, end };
}

type Stroke = 'kill' | 'start' | 'pause' | 'resume' | 'demote' | 'promote';

/** From its beginning to its end, another server may take over. */
function changing(name: string, begin: Stroke, end: Stroke): Trouble {
  return redis(
    name,
    async (house) => {
      house.changing();
      await house.redis[begin]();
    },
    async (house) => {
      await house.redis[end]();
      house.changed();
    },
  );
}

function fault(on: 'aws' | 'azure' | 'slack' | 'teams', what: string, add: (faults: Faults) => void): Trouble {
  return {
    name: `${on} ${what}`,
    on,
    begin: async ({ services }) => add(services[on].faults),
    end: async ({ services }) => services[on].faults.clear(),
  };
}

async function rollBack(house: House): Promise<void> {
  await house.rollBack();
}

async function failOver(house: House): Promise<void> {
  house.changing();
  await house.redis.failOver?.();
  house.changed();
}

async function startMissing(house: House): Promise<void> {
  for (const replica of house.replicas) if (!replica.program) await house.start(replica);
}
