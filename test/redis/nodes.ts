import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, vi } from 'vitest';
import { findRedisProgram } from '../../src/redis/find-program.ts';
import { freePort } from './free-port.ts';
import { launch, type Node, type NodeOptions } from './launch.ts';

/** A real server of the test's own, as a process on loopback, that ends with the test. */
export async function node(options: NodeOptions = {}): Promise<Node> {
  const made = await launch(options);
  onTestFinished(async () => {
    made.direct.disconnect();
    // A stopped one does not hear SIGTERM.
    await made.kill();
    rmSync(made.folder, { recursive: true, force: true });
  });
  return made;
}

/** Makes `replica` follow `primary`, and waits until it does. */
export async function follow(replica: Node, primary: Node): Promise<void> {
  await replica.direct.replicaof('127.0.0.1', primary.port);
  await vi.waitFor(async () => {
    if (!/master_link_status:up/.test(await replica.direct.info('replication'))) throw new Error('not yet');
  });
}

/** Waits until `replica` has all that `primary` had: replication takes its time, and what it has not is lost with the primary. */
export async function caughtUp(replica: Node, primary: Node): Promise<void> {
  const offset = async (node: Node, name: string) =>
    Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(await node.direct.info('replication'))?.[1] ?? Number.NaN);
  const all = await offset(primary, 'master_repl_offset');
  await vi.waitFor(async () => expect(await offset(replica, 'slave_repl_offset')).toBeGreaterThanOrEqual(all));
}

/** Three Sentinels that watch this primary, and see each other and its replicas. */
export async function sentinels(
  primary: Node,
  replicas: number,
  more: readonly string[] = [],
): Promise<readonly Node[]> {
  const lines = [
    `sentinel monitor drawbridge 127.0.0.1 ${primary.port} 2`,
    'sentinel down-after-milliseconds drawbridge 1000',
    'sentinel failover-timeout drawbridge 5000',
    'sentinel parallel-syncs drawbridge 2',
    ...more,
  ];
  const all = await Promise.all(
    [1, 2, 3].map(() =>
      node({ sentinel: true, lines, direct: { password: more.length > 0 ? 'sentinel-secret' : undefined } }),
    ),
  );
  for (const { direct } of all) {
    await vi.waitFor(async () => {
      const [told] = (await direct.call('SENTINEL', 'MASTERS')) as Readonly<Record<string, string>>[] | string[][];
      const fields = Array.isArray(told) ? pairs(told) : (told ?? {});
      if (Number(fields['num-other-sentinels']) < 2 || Number(fields['num-slaves']) < replicas)
        throw new Error('not yet');
    });
  }
  return all;
}

function pairs(flat: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]));
}

/** A Cluster of three primaries, each with so many replicas, that has agreed on itself. */
export async function cluster(replicas: number): Promise<readonly Node[]> {
  const lines = ['cluster-enabled yes', 'cluster-config-file nodes.conf', 'cluster-node-timeout 2000'];
  const nodes: Node[] = [];
  for (let n = 0; n < 3 * (1 + replicas); n += 1) nodes.push(await node({ lines, port: await busPort() }));
  const { path, libraryPath } = await findRedisProgram();
  const words = ['--cluster', 'create', ...nodes.map(({ port }) => `127.0.0.1:${port}`)];
  await promisify(execFile)(
    join(dirname(path), 'redis-cli'),
    [...words, '--cluster-replicas', String(replicas), '--cluster-yes'],
    { env: { PATH: process.env.PATH, LD_LIBRARY_PATH: libraryPath } },
  );
  await vi.waitFor(async () => {
    for (const { direct } of nodes) {
      if (!/cluster_state:ok/.test(await direct.cluster('INFO'))) throw new Error('not yet');
    }
    const roles = await Promise.all(
      nodes.map(async ({ direct }) => /role:(\w+)/.exec(await direct.info('replication'))?.[1]),
    );
    if (roles.filter((role) => role === 'master').length !== 3) throw new Error('not yet');
  });
  return nodes;
}

export function addresses(nodes: readonly Node[]) {
  return nodes.map(({ port }) => ({ host: '127.0.0.1', port }));
}

/** The bus of a Cluster's node is ten thousand above its port. */
async function busPort(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (port < 55_000) return port;
    const lower = port - 20_000;
    if (await isFree(lower)) return lower;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
