import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { staticDirectory } from '../../adapters/directory/static.ts';
import { undoFiles } from '../../adapters/undo/index.ts';
import type { Deps } from '../../src/app/deps.ts';
import { converge } from '../../src/app/machine/converge.ts';
import type { Instant } from '../../src/core/language/instant.ts';
import { sealer } from '../../src/core/rule/seal.ts';
import { inOnePiece } from '../../src/kit/rank.ts';
import type { Log } from '../../src/ports/log.ts';
import { startDueTimer } from '../../src/queue/due.ts';
import { bullQueue } from '../../src/queue/producer.ts';
import { startWorkers } from '../../src/queue/worker.ts';
import { redisAudit } from '../../src/redis/audit.ts';
import { redisLock } from '../../src/redis/lock.ts';
import { redisProtectionRecords } from '../../src/redis/protection-records.ts';
import { redisStore } from '../../src/redis/store.ts';
import { leasesOf } from '../burst/leases.ts';
import type { Stood } from '../burst/shared.ts';
import { type Ground, LOUD } from '../ground.ts';
import { type Behind, FACTOR, type LockWorld } from './world.ts';

const LOOK_MS = 20;
/** What a closing changes: the last of these is when the last port was closed. */
const CLOSING = /^(SecurityRules_Delete|AzureFirewalls_CreateOrUpdate)$/;

/** What Drawbridge's own parts are to close, and where. */
interface Housed {
  readonly adapters: Deps['clouds'];
  readonly stood: readonly Stood[];
  readonly log?: Log;
}

/** Drawbridge's own parts, in this process, without chats. Gives when it is ready, and how it is stopped. */
export async function startHouse(ground: Ground, { adapters, stood, log = LOUD }: Housed, until: Instant) {
  const { redis, url } = ground;
  await redis.flushall();
  const store = redisStore({ redis, log });
  const queue = bullQueue({ url, log });
  const seal = sealer('bench', 'undo', [{ id: 'k1', secret: 'bench' }]);
  const deps: Deps = {
    store,
    queue,
    audit: redisAudit({ redis, log }),
    lock: redisLock({ redis, log }),
    undo: undoFiles(ground.folder, seal),
    records: redisProtectionRecords({ redis, seals: seal, log }),
    clouds: adapters,
    chats: new Map(),
    directory: staticDirectory([], []),
    rules: { policies: [], protectors: [], security: [], sources: new Map(), shortestMs: 0 },
    log,
    random: (n) => randomBytes(n),
    monotonic: () => performance.now(),
  };
  for (const one of stood) await store.save(leasesOf(one, until).map((next) => ({ next, from: 0 })));
  // Signed in before the leases end, as a program that has been running is.
  for (const adapter of adapters.values()) await adapter.check(AbortSignal.timeout(10_000));
  const workers = startWorkers({
    url,
    log,
    converge: (one, signal) => converge({ ...deps, inOnePiece }, one, signal),
    notify: async () => {},
  });
  const due = startDueTimer({ store, queue, log });
  return async () => {
    await due.stop();
    await workers.close();
    await queue.close();
  };
}

/** The usual loop: one call a machine, each when the one before was answered. */
export async function closeInLoop({ network, sim, stood }: LockWorld, behind: Behind): Promise<void> {
  if (behind !== 'one firewall') {
    const [group] = sim.state().nsgs;
    const names = group?.rules.filter(({ access }) => access === 'Allow').map(({ name }) => name) ?? [];
    for (const name of names) await network.securityRules.delete('rg-prod', group?.name ?? '', name).submitted();
    return;
  }
  for (const _ of stood) {
    const firewall = await firewallOf(network);
    const [first, ...others] = firewall.natRuleCollections?.[0]?.rules ?? [];
    if (!first) return;
    const collections = others.length > 0 ? [{ ...firewall.natRuleCollections?.[0], rules: others }] : [];
    await network.azureFirewalls
      .createOrUpdate('rg-prod', 'edge', { ...firewall, natRuleCollections: collections })
      .submitted();
  }
}

function firewallOf(network: LockWorld['network']) {
  return network.azureFirewalls.get('rg-prod', 'edge');
}

/** Rules that let somebody in and are ours. */
function left({ sim }: LockWorld): number {
  const { nsgs, firewalls } = sim.state();
  const groups = nsgs.flatMap(({ rules }) =>
    rules.filter(({ access, sources }) => access === 'Allow' && sources.some((one) => one.startsWith('203.0.113.'))),
  );
  const translations = firewalls.flatMap(({ collections }) =>
    collections.filter(({ name }) => name.includes('leases')),
  );
  return groups.length + translations.flatMap(({ rules }) => rules).length;
}

/** How long after this instant of Azure's clock the last of it was closed, as Azure saw it, in our time; and by how many calls. */
export async function lastClosed(world: LockWorld, from: Instant, mostMs: number) {
  const calls = new Map<object, number>();
  const isClosed = () => {
    const isNone = left(world) === 0;
    // Noted as they come: the log keeps the last ones.
    for (const entry of world.sim.log())
      if (CLOSING.test(entry.operation) && entry.atMs >= from && entry.status < 300) calls.set(entry, entry.atMs);
    return isNone;
  };
  while (!isClosed()) {
    if (world.now() > from + mostMs * FACTOR) throw new Error(`${left(world)} were not closed within ${mostMs} ms`);
    await wait(LOOK_MS);
  }
  return { ms: (Math.max(...calls.values()) - from) / FACTOR, calls: calls.size };
}
