import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openRedis } from '../../src/redis/client.ts';
import { freePort } from '../redis/free-port.ts';
import { launch, type Node } from '../redis/launch.ts';
import type { Servers } from './servers.ts';

const HOST = '127.0.0.1';
const NAME = 'drawbridge';
const REPLICAS = 2;
/** What Sentinel does not know of it sees when it asks, every ten seconds, and twice. */
const CHANGE_MS = 60_000;
const LOOK_MS = 50;
/** One that is paused does not answer. */
const DIRECT = { commandTimeout: 2_000 };

/**
 * A primary and two replicas that three Sentinels watch, as processes on loopback. Where the primary is, Sentinel says; one that was
 * killed comes back as what its own configuration says, which Sentinel has rewritten.
 */
export async function sentinelRedis(snapshot: string, commandMs: number): Promise<Servers> {
  const first = await launch({ lines: ['appendfsync always'], direct: DIRECT });
  const follows = ['appendfsync always', `replicaof ${HOST} ${first.port}`];
  const nodes = [
    first,
    ...(await Promise.all(Array.from({ length: REPLICAS }, () => launch({ lines: follows, direct: DIRECT })))),
  ];
  const watching = await Promise.all([1, 2, 3].map(async () => launch(sentinelOf(first, await freePort()))));
  const address = { name: NAME, addresses: watching.map(({ port }) => ({ host: HOST, port })), tls: false };
  const operator = openRedis({ sentinel: address }, { retries: 1, commandMs });
  operator.on('error', () => {});
  let struck = first;
  /** Which one takes writes, by what it says itself and a Sentinel too. */
  const primary = () =>
    until('a primary', async () => {
      for (const { direct } of watching) {
        const told = (await direct.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', NAME)) as readonly string[];
        const found = nodes.find(({ port }) => String(port) === told[1]);
        if (found && isUp(found) && (await roleOf(found)) === 'master') return found;
      }
      return undefined;
    });
  const again = async (one: Node) => {
    const at = nodes.indexOf(one);
    one.direct.disconnect();
    const made = await launch({ folder: one.folder, port: one.port, direct: DIRECT });
    nodes[at] = made;
    return made;
  };
  await until('replicas', async () => (await linked(first)) === REPLICAS || undefined);
  await until('Sentinels', async () => (await agreed(watching)) || undefined);
  const servers: Servers = {
    settings: { sentinel: { ...address, addresses: watching.map(({ port }) => `${HOST}:${port}`) } },
    operator,
    async kill() {
      struck = await primary();
      await struck.kill();
    },
    async start() {
      await again(struck);
      await servers.resume();
    },
    async pause() {
      struck = await primary();
      struck.process.kill('SIGSTOP');
    },
    /** And all of them are there: what comes next strikes a whole house. */
    async resume() {
      for (const { process } of nodes) process.kill('SIGCONT');
      const all = async () => (await linked(await primary())) === REPLICAS;
      await until('the replicas', async () => (await all()) || undefined);
    },
    async fill(isFull) {
      for (const { direct } of nodes) {
        await direct.config('SET', 'maxmemory', isFull ? '1' : '0');
        // A Sentinel that rewrites a configuration meanwhile would keep it.
        if (!isFull) await direct.config('REWRITE');
      }
    },
    async demote() {
      struck = await primary();
      const [next, ...others] = nodes.filter((one) => one !== struck);
      if (!next) return;
      await next.direct.replicaof('NO', 'ONE');
      for (const one of [struck, ...others]) await one.direct.replicaof(HOST, next.port);
    },
    promote: () => servers.resume(),
    async failOver() {
      struck = await primary();
      await until('a planned failover', async () => {
        if ((await primary()) !== struck) return true;
        for (const { direct } of watching) await direct.call('SENTINEL', 'FAILOVER', NAME).catch(() => {});
        return undefined;
      });
      await servers.resume();
    },
    async snapshot() {
      const { folder } = await primary();
      rmSync(snapshot, { recursive: true, force: true });
      cpSync(join(folder, 'appendonlydir'), snapshot, { recursive: true });
    },
    async rollBack() {
      const kept = await primary();
      await Promise.all(nodes.map((one) => one.kill()));
      for (const { folder } of nodes) rmSync(join(folder, 'appendonlydir'), { recursive: true, force: true });
      cpSync(snapshot, join(kept.folder, 'appendonlydir'), { recursive: true });
      const back = await again(kept);
      await back.direct.replicaof('NO', 'ONE');
      for (const one of nodes.filter((other) => other !== back))
        await (await again(one)).direct.replicaof(HOST, back.port);
      await servers.resume();
    },
    async stop() {
      operator.disconnect();
      for (const one of [...nodes, ...watching]) {
        one.direct.disconnect();
        await one.kill();
        rmSync(one.folder, { recursive: true, force: true });
      }
    },
  };
  return servers;
}

function sentinelOf({ port: watched }: Node, port: number) {
  const lines = [
    `sentinel monitor ${NAME} ${HOST} ${watched} 2`,
    `sentinel down-after-milliseconds ${NAME} 1000`,
    `sentinel failover-timeout ${NAME} 5000`,
    `sentinel parallel-syncs ${NAME} 2`,
  ];
  return { sentinel: true, port, lines, direct: DIRECT } as const;
}

function isUp({ process }: Node): boolean {
  return process.exitCode === null && process.signalCode === null;
}

async function roleOf({ direct }: Node): Promise<string | undefined> {
  return /role:(\w+)/.exec(await direct.info('replication'))?.[1];
}

/** How many replicas a primary has that are in step. */
async function linked({ direct }: Node): Promise<number> {
  const told = await direct.info('replication');
  return told.match(/^slave\d+:.*state=online/gm)?.length ?? 0;
}

/** Each sees the two others, and the replicas. */
async function agreed(watching: readonly Node[]): Promise<boolean> {
  for (const { direct } of watching) {
    // Pairs, or an object: as the protocol has it.
    const told = JSON.stringify(await direct.call('SENTINEL', 'MASTERS'));
    const count = (name: string) => Number(new RegExp(`"${name}"[,:]"(\\d+)"`).exec(told)?.[1]);
    if (!(count('num-other-sentinels') >= 2 && count('num-slaves') >= REPLICAS)) return false;
  }
  return true;
}

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const late = performance.now() + CHANGE_MS;
  for (;;) {
    const found = await look().catch(() => undefined);
    if (found !== undefined) return found;
    if (performance.now() > late) throw new Error(`${what} did not come within ${CHANGE_MS / 1_000} s`);
    await wait(LOOK_MS);
  }
}
