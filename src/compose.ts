import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { spoolFiles } from '../adapters/spool/index.ts';
import { folderMark, undoFiles, undoFrom } from '../adapters/undo/index.ts';
import { tcpWitness } from '../adapters/witness/index.ts';
import { summingUp } from './app/audit/refusals.ts';
import type { Deps } from './app/deps.ts';
import { evidenceExaminer } from './app/evidence/examine.ts';
import { logExaminer } from './app/evidence/examine-logs.ts';
import { inHand } from './app/inbox/in-hand.ts';
import { Lifeboat } from './app/lifeboat/lifeboat.ts';
import { LeaseMemory } from './app/lifeboat/memory.ts';
import { endRevoked } from './app/loops/compare.ts';
import { Lateness } from './app/operators/lateness.ts';
import { mustAgree } from './app/operators/same-rules.ts';
import { LiveHouse } from './config/live.ts';
import { redisAddress } from './config/redis-address.ts';
import { versionsOf } from './config/rules-version.ts';
import type { Config } from './config/schema.ts';
import { markKeys } from './config/secrets.ts';
import { DAY_MS, MINUTE_MS } from './core/language/instant.ts';
import { markSigner } from './core/rule/mark.ts';
import { type Sealer, sealer } from './core/rule/seal.ts';
import { examinersOf } from './examiners.ts';
import { agreeing, RuleKeeper } from './keeper.ts';
import { callIds } from './kit/call-ids.ts';
import { limitedLog, loudly } from './kit/limited-log.ts';
import { inOnePiece } from './kit/rank.ts';
import type { Figures } from './ports/figures.ts';
import type { Log } from './ports/log.ts';
import type { ProcessRecords } from './ports/processes.ts';
import type { Pulse } from './ports/pulse.ts';
import type { RedisAddress } from './ports/redis-address.ts';
import type { FolderMark, UndoRecords } from './ports/undo.ts';
import { bullQueue } from './queue/producer.ts';
import { redisAccountLinks } from './redis/account-links.ts';
import { redisAudit } from './redis/audit.ts';
import { redisAuditChain } from './redis/audit-chain.ts';
import { awayAtStart, type MayBeAway } from './redis/away.ts';
import { redisBoardRows } from './redis/board-rows.ts';
import { redisCeremonies } from './redis/ceremonies.ts';
import { claimFolder, claimStore, isLostFolder } from './redis/claim.ts';
import { openRedis, type RedisClient } from './redis/client.ts';
import { commitMemory } from './redis/commit-file.ts';
import { checkRedis, connectRedis } from './redis/connect.ts';
import { redisDelegations } from './redis/delegations.ts';
import { redisDrills } from './redis/drills.ts';
import { startEmbeddedRedis } from './redis/embedded.ts';
import { redisFigures } from './redis/figures.ts';
import { redisHomes } from './redis/homes.ts';
import { redisJournal } from './redis/journal.ts';
import { redisLastKnown } from './redis/last-known.ts';
import { redisLock } from './redis/lock.ts';
import { redisLogMarks } from './redis/log-marks.ts';
import { redisPersonal } from './redis/personal.ts';
import { redisProcesses } from './redis/processes.ts';
import { redisProtectionRecords } from './redis/protection-records.ts';
import { redisPulse } from './redis/pulse.ts';
import { redisReplicas } from './redis/replicas.ts';
import { ruleFile } from './redis/rule-file.ts';
import { redisRuleRecords } from './redis/rule-records.ts';
import { redisStore } from './redis/store.ts';
import { passing } from './redis/time.ts';
import { troubleOf } from './redis/trouble.ts';
import {
  alarmRoom,
  browserRoom,
  chatRooms,
  cloudRooms,
  lastKnownRoom,
  mailRoom,
  offlineRoom,
  onCallRoom,
  pageRoom,
  peopleRoom,
  publishedRoom,
  ticketRoom,
} from './rooms.ts';
import { evidenceRoom, foldersOf } from './sinks.ts';
import type { Watching } from './watching.ts';

/** Longer than replicas are waited for. */
const WITNESS_MS = 5_000;
export interface Composed {
  readonly deps: Deps;
  /** Where its Redis is. */
  readonly address: RedisAddress | string;
  /** The rules and the directory that `deps` has now. */
  readonly house: LiveHouse;
  readonly keeper: RuleKeeper;
  /** Not started. */
  readonly lifeboat: Lifeboat;
  /** How late closings are. */
  readonly lateness: Lateness;
  /** Who lives on the same Redis. */
  readonly processes: ProcessRecords;
  /** Of this process; not started. */
  readonly pulse: Pulse;
  readonly figures: Figures;
  /** Why it begins in its lifeboat: Redis could not be reached, or the undo folder is not there. */
  readonly away: Error | undefined;
  /** Closes connections, and the Redis that Drawbridge runs itself. */
  close(): Promise<void>;
}

/** Undo records of a folder, or of one file, in place of those of the configuration. */
export function recordsFrom(path: string, config: Config): Promise<UndoRecords> {
  return undoFrom(path, undoSeals(config));
}

function undoSeals(config: Config): Sealer {
  return sealer(config.installation, 'undo', markKeys(config.marks));
}

/** The lifeboat goes through a cloud as a whole this often; what it found there is closed when its time comes. */
const BOAT = { patrolMs: 3 * MINUTE_MS, host: hostname() };

/**
 * Puts the program together from its configuration: the one place that names adapters. Starts nothing but Redis, and not even
 * that before every secret and setting is known to be right. What was started is stopped again when something is wrong.
 * Redis may be away only for a program that has a lifeboat (`mayBeAway`), and be `wrong` for one that says what is wrong.
 */
export async function compose(
  config: Config,
  log: Log,
  mayBeAway: MayBeAway = false,
  watching: Watching = {},
): Promise<Composed> {
  const own = redisAddress(config);
  const keys = markKeys(config.marks);
  const ends: (() => Promise<void> | void)[] = [];
  const close = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  // Before anything runs; and they are no reason not to close from the command line.
  const published = await publishedRoom(config, log, mayBeAway === true);
  try {
    const embedded = own === undefined ? await startEmbeddedRedis({ ...config.redis, log }) : undefined;
    if (embedded) ends.push(() => embedded.stop());
    const ground = { config, log, keys, ends, mayBeAway, watching, published };
    return { ...(await composeOn(own ?? embedded?.url ?? '', ground)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Ground {
  readonly mayBeAway: MayBeAway;
  readonly watching: Watching;
  readonly config: Config;
  readonly log: Log;
  readonly keys: ReturnType<typeof markKeys>;
  readonly published: Pick<Deps, 'published'>;
  /** What was started is added, to be stopped in the reverse order. */
  readonly ends: (() => Promise<void> | void)[];
}

/** What is kept in Redis, and what runs on it. */
function redisRooms(
  url: RedisAddress | string,
  { config, log, keys, ends, mayBeAway, watching: { traces } }: Ground,
  { redis, witness, memory }: Omit<ReturnType<typeof connectionsTo>, 'why'> & { readonly memory: LeaseMemory },
) {
  const { installation } = config;
  const { prefix, keepDays } = config.redis;
  const endedMs = keepDays * DAY_MS;
  const keep = config.audit.keep === 'all' ? {} : { keep: config.audit.keep };
  const seen = memory.see.bind(memory);
  const commits = commitMemory(config, log, mayBeAway === true);
  const queue = bullQueue({ url, prefix, log: limitedLog(log), trace: traces?.current });
  ends.push(() => queue.close());
  const seals = (use: string) => sealer(installation, `${use} ${prefix}`, keys);
  const ruleSeals = sealer(installation, 'rules', keys);
  const pulse = redisPulse({ redis, prefix });
  return {
    store: redisStore({
      ...{ redis, prefix, log, seals: seals('store'), seen, commits, endedMs },
      board: config.board !== undefined,
    }),
    ...(config.board && { board: redisBoardRows({ redis, prefix, log, endedMs }) }),
    replicas: redisReplicas({ redis: witness, prefix, log }),
    queue,
    journal: inHand(redisJournal({ redis, prefix, seals: seals('journal'), log })),
    audit: summingUp(redisAudit({ redis, prefix, log, ...keep }), () => performance.now()),
    chain: redisAuditChain({ redis, prefix }),
    drills: redisDrills({ redis, prefix, log }),
    ...(config.audit.cloudLogs ? { logMarks: redisLogMarks({ redis, prefix, log }) } : {}),
    delegations: redisDelegations({ redis, prefix, seals: seals('delegations'), log }),
    links: redisAccountLinks({ redis, prefix, seals: seals('links') }),
    ceremonies: redisCeremonies({ redis, prefix, seals: seals('ceremonies'), log }),
    ...{ homes: redisHomes({ redis, prefix }), pulse },
    keeps: () => checkRedis(redis, config.redis),
    lock: redisLock({ redis, prefix, log, process: pulse.process }),
    records: redisProtectionRecords({ redis, prefix, seals: seals('protections'), log }),
    rules: {
      records: redisRuleRecords({ redis, prefix, installation, seals: ruleSeals, log }),
      memory: ruleFile(join(dirname(config.marks.keyFile), `rules-${prefix}.json`), seals('rules')),
    },
    lastKnown: redisLastKnown({ redis, prefix, log }),
    personal: redisPersonal({ redis, prefix, seals: (use) => (use === 'rules' ? ruleSeals : seals(use)) }),
  };
}

function asideOf(log: Log): NonNullable<Deps['aside']> {
  return (work) =>
    void work.catch((error: unknown) => log.warn({ error }, 'a cut was not gone on with; it is found again'));
}

async function composeOn(address: RedisAddress | string, ground: Ground): Promise<Omit<Composed, 'close'>> {
  const { config, log, keys, mayBeAway, watching } = ground;
  const { metrics, traces } = watching;
  const { prefix } = config.redis;
  const { redis, witness, why } = connectionsTo(address, ground);
  const folder = folderMark(config.undo.folder);
  const check = checkOf(redis, ground, folder);
  const away = await awayAtStart(check, mayBeAway, (error) => isLostFolder(redis, prefix, error));
  const memory = new LeaseMemory();
  const { links, rules, chain, pulse, ...kept } = redisRooms(address, ground, { redis, witness, memory });
  const knowing = { links, called: watching.called };
  const people = async (read: Config) => lastKnownRoom(await peopleRoom(read, log, undefined, knowing), kept.lastKnown);
  const house = await LiveHouse.of(config, people);
  const browser = await browserRoom(config, log, { links, ceremonies: kept.ceremonies });
  const pages = pageRoom(config, kept.ceremonies);
  const lateness = new Lateness({ log, ...(metrics && { meter: metrics }) });
  const chats = await chatRooms(config, { log, journal: kept.journal, directory: house });
  const onCall = onCallRoom(house, log);
  const [tickets, mails] = [ticketRoom(config), await mailRoom(config, log)];
  const processes = redisProcesses({ redis, prefix });
  const evidence = await evidenceRoom(config, chain, log);
  const clouds = await cloudRooms(config, markSigner(config.installation, keys), log, watching);
  const logs = config.audit.cloudLogs ? [logExaminer({ clouds, store: kept.store })] : [];
  const others = [onCall, ...mails, ...(browser ? [browser] : []), evidenceExaminer(kept, evidence), ...logs];
  const deps: Deps = {
    ...{ ...kept, evidence },
    ruleRecords: agreeing(rules.records, () => keeper.mayAgree()),
    examiners: [...examinersOf(house, redis, keys, { processes, store: kept.store }), foldersOf(config), ...others],
    ...{ onCall, offline: offlineRoom(config, keys) },
    ways: [...alarmRoom(config), ...mails],
    undo: undoFiles(config.undo.folder, undoSeals(config), () => claimFolder(redis, prefix, folder)),
    ...{ clouds, calls: callIds, inOnePiece },
    chats: new Map(chats.map((chat) => [chat.chat, chat])),
    get directory() {
      return house.directory;
    },
    get rules() {
      return house.rules;
    },
    ...{ ...(pages && { pages }), ...(browser && { browser }), ...(tickets && { tickets }) },
    ...{ ...(config.witness === 'tcp' && { witness: tcpWitness() }), ...ground.published },
    aside: asideOf(log),
    proven: (request) => lateness.see(request),
    ...{ ...(metrics && { meter: metrics }), ...(traces && { traces }), log, monotonic: passing },
    random: (n) => randomBytes(n),
    mustAgree: () => mustAgree(processes, versionsOf(house.config)),
    mayOpen: () => void [lifeboat.mayOpen(), keeper.mayOpen()],
  };
  const lifeboat = new Lifeboat({
    wentBack: (revoked) => endRevoked(deps, revoked),
    ...{ deps, memory, check: loudly(check, log), why },
    ...BOAT,
    spool: spoolFiles(config.audit.spool),
  });
  const keeper = new RuleKeeper({ deps, ...rules, house, people, ...pinned() });
  const figures = redisFigures({ redis, prefix });
  return { deps, address, house, keeper, lifeboat, lateness, processes, pulse, figures, away };
}

/** What the environment says of the rules: whoever can write the file alone cannot change it. */
function pinned(): { readonly pin?: string } {
  const pin = process.env.DRAWBRIDGE_RULES;
  return pin ? { pin } : {};
}

/** What must hold of a Redis before anything else touches it. */
function checkOf(
  redis: RedisClient,
  { config: { redis: settings, installation }, keys, mayBeAway }: Ground,
  folder: FolderMark,
) {
  return async () => {
    await checkRedis(redis, settings);
    await claimStore(redis, { prefix: settings.prefix, installation, keys });
    // A command that lists or closes needs no undo records, and may run on any computer.
    if (mayBeAway === true) await claimFolder(redis, settings.prefix, folder);
  };
}

function connectionsTo(address: RedisAddress | string, { log, ends }: Ground) {
  const redis = connectRedis(address, { log });
  const witness = openRedis(address, { retries: 1, commandMs: WITNESS_MS });
  // The store's connection says that Redis is away.
  witness.on('error', () => {});
  ends.push(() => {
    redis.disconnect();
    witness.disconnect();
  });
  return { redis, witness, why: troubleOf(redis) };
}
