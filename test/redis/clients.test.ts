import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createCertificate } from '../../simulators/shared/certificate.ts';
import { HealthWatch } from '../../src/app/loops/health.ts';
import type { MachineId } from '../../src/core/machine/machine.ts';
import type { RedisAddress } from '../../src/ports/redis-address.ts';
import { bullQueue } from '../../src/queue/producer.ts';
import { startWorkers } from '../../src/queue/worker.ts';
import { connectRedis } from '../../src/redis/connect.ts';
import { redisLock } from '../../src/redis/lock.ts';
import { redisStore } from '../../src/redis/store.ts';
import { world } from '../app/fixtures.ts';
import { change, machine, pending } from '../conformance/fixtures.ts';
import { freePort } from './free-port.ts';
import type { Node } from './launch.ts';
import { addresses, caughtUp, cluster, follow, node, sentinels } from './nodes.ts';
import { QUIET } from './server.ts';

/** All that the program has in Redis, and what it did. */
function program(url: RedisAddress | string) {
  const redis = connectRedis(url, { log: QUIET });
  const ran: MachineId[] = [];
  const queue = bullQueue({ url, log: QUIET });
  const workers = startWorkers({ url, log: QUIET, converge: async (id) => void ran.push(id), notify: async () => {} });
  onTestFinished(async () => {
    await workers.close();
    await queue.close();
    redis.disconnect();
  });
  const store = redisStore({ redis, log: QUIET });
  return { redis, store, lock: redisLock({ redis, log: QUIET }), queue, ran };
}

type Program = ReturnType<typeof program>;

/** Commits a request, takes and leaves a lock, and has a hint run. */
async function works({ store, lock, queue, ran }: Program, id: string): Promise<void> {
  const { at } = await store.now();
  expect(await store.save([change(pending(id, at, { machine: machine(1) }), 0)])).toEqual(['saved']);
  expect((await store.load(id)).request?.id).toBe(id);
  const signal = AbortSignal.timeout(60_000);
  await lock.hold(['a', 'b'], { ttlMs: 5_000, waitMs: 1_000, closing: true, signal }, async () => {});
  await vi.waitFor(async () => {
    // A hint is lost at times, and given again: the due index sees to it.
    await queue.converge([machine(1)], `${id}-${Date.now()}`, 'close').catch(() => {});
    expect(ran.length).toBeGreaterThan(0);
  });
  ran.length = 0;
}

/** An endpoint that leads to one server and then to another, as that of a managed service does. Connections are kept. */
async function endpoint(first: Node) {
  let port = first.port;
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    const behind = connect(port, '127.0.0.1');
    for (const one of [socket, behind]) {
      open.add(one);
      one.on('error', () => {});
      one.once('close', () => {
        open.delete(one);
        socket.destroy();
        behind.destroy();
      });
    }
    socket.pipe(behind).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const one of open) one.destroy();
    server.close();
  });
  const { port: own } = server.address() as { port: number };
  return { url: `redis://127.0.0.1:${own}`, lead: (to: Node) => (port = to.port) };
}

describe('a server that cannot take commands any more', () => {
  it.each([
    'READONLY You can’t write against a read only replica.',
    'ERR Error running script (call to f_1): @user_script:3: @user_script: 3: -READONLY You can’t write.',
    'LOADING Redis is loading the dataset in memory',
    'MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to ‘no’.',
    'MOVED 1 127.0.0.1:1',
    'CLUSTERDOWN The cluster is down',
    'TRYAGAIN Multiple keys request during rehashing of slot',
  ])('is left for the one that answers then: %s', async (said) => {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      const answer = connections === 1 ? `-${said}\r\n` : '$4\r\nhere\r\n';
      socket.on('error', () => {});
      socket.on('data', (data) => {
        for (const [, word] of data.toString().matchAll(/\*\d+\r\n\$\d+\r\n(\w+)\r\n/g)) {
          socket.write(word === 'get' ? answer : word === 'info' ? '$9\r\nloading:0\r\n' : '+OK\r\n');
        }
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const warned: unknown[] = [];
    const log = { ...QUIET, warn: (fields: object) => void warned.push(fields) };
    const redis = connectRedis(`redis://127.0.0.1:${port}`, { log });
    onTestFinished(() => {
      redis.disconnect();
      server.close();
    });
    expect(await redis.get('key')).toBe('here');
    expect(connections).toBe(2);
    expect(warned).toContainEqual({ said });
  });

  it('was the primary, and the connection was kept: commits, locks and hints go on at the new one', async () => {
    const [one, two] = [await node(), await node()];
    await follow(two, one);
    const { url, lead } = await endpoint(one);
    const running = program(url);
    await works(running, 'before');
    await caughtUp(two, one);
    await two.direct.replicaof('NO', 'ONE');
    lead(two);
    await follow(one, two);
    await works(running, 'after');
    expect((await running.store.load('before')).request?.id).toBe('before');
  });
});

it('health tells that a server is no primary, and that it is one again', async () => {
  const [one, two] = [await node(), await node()];
  await follow(two, one);
  const { store } = program(`redis://127.0.0.1:${two.port}`);
  const { deps } = world();
  const watch = new HealthWatch({ ...deps, store }, Date.now);
  await watch.lookAtStore();
  expect(watch.missing()).toEqual(['redis']);
  await two.direct.replicaof('NO', 'ONE');
  await vi.waitFor(async () => {
    await watch.lookAtStore();
    expect(watch.missing()).toEqual([]);
  });
});

describe('Sentinel', () => {
  it('is asked for the primary, with its own password, also when the first is away', async () => {
    const [one, two] = [await node(), await node()];
    await follow(two, one);
    const three = await sentinels(one, 1, ['requirepass sentinel-secret']);
    const [first] = three;
    await first?.kill();
    const sentinel = { name: 'drawbridge', addresses: addresses(three), password: 'sentinel-secret', tls: false };
    const running = program({ sentinel });
    // That the primary moves takes minutes on a busy machine: test/long/failover.test.ts.
    await works(running, 'before');
  });
});

describe('Cluster', () => {
  it('has everything in one slot, which the client finds and follows', async () => {
    const nodes = await cluster(0);
    const running = program({ cluster: addresses(nodes.slice(0, 2)) });
    await works(running, 'before');
    const holding = await Promise.all(nodes.map(({ direct }) => direct.dbsize()));
    expect(holding.filter((keys) => keys > 0)).toHaveLength(1);
  });
});

describe('TLS', () => {
  it('trusts the authority of the file, shows a certificate, and signs in as a user', async () => {
    const server = await createCertificate();
    const client = await generate([{ name: 'commonName', value: 'drawbridge' }], {
      keyType: 'ec',
      extensions: [{ name: 'extKeyUsage', clientAuth: true }],
    });
    const own = { cert: client.cert, key: client.private };
    const url = await tlsNode({ ...server, client: own });
    const good = { url, username: 'drawbridge', password: 'right', tls: { ca: server.ca, ...own } };
    await works(program(good), 'secure');
    const refusals = [
      { ...good, tls: own },
      { ...good, tls: { ca: server.ca } },
      { ...good, tls: { ...good.tls, servername: 'another.example' } },
      { ...good, password: 'wrong' },
    ];
    for (const address of refusals) {
      const errors: string[] = [];
      const redis = connectRedis(address, { log: { ...QUIET, warn: ({ error }) => void errors.push(String(error)) } });
      // A server that hangs up on a client without a certificate may be faster than its own word for it.
      await vi.waitFor(() => expect(errors.join()).toMatch(/certificate|WRONGPASS|alert|altnames/i));
      expect(redis.status).not.toBe('ready');
      redis.disconnect();
    }
  });

  interface Pems {
    readonly key: string;
    readonly cert: string;
    readonly ca: string;
    readonly client: { readonly cert: string; readonly key: string };
  }

  /** One that wants a certificate of its clients, and knows one user, who may do what the documents say. */
  async function tlsNode({ key, cert, ca, client }: Pems): Promise<string> {
    const folder = mkdtempSync(join(tmpdir(), 'drawbridge-tls-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const port = await freePort();
    const lines = [
      'port 0',
      `tls-port ${port}`,
      `tls-cert-file ${file('server.crt', cert)}`,
      `tls-key-file ${file('server.key', key)}`,
      `tls-ca-cert-file ${file('clients.crt', client.cert)}`,
      'user default off',
      'user drawbridge on >right ~{drawbridge}* +@all -@admin -@dangerous +info',
    ];
    await node({ lines, port, direct: { username: 'drawbridge', password: 'right', tls: { ca, ...client } } });
    return `rediss://127.0.0.1:${port}`;
  }
});
