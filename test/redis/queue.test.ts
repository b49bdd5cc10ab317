import { Queue as BullQueue } from 'bullmq';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { JitError } from '../../src/core/errors/errors.ts';
import type { MachineId } from '../../src/core/machine/machine.ts';
import { startDueTimer } from '../../src/queue/due.ts';
import { bullQueue } from '../../src/queue/producer.ts';
import { startWorkers, type WorkersOptions } from '../../src/queue/worker.ts';
import { redisStore } from '../../src/redis/store.ts';
import { change, machine, pending } from '../conformance/fixtures.ts';
import { QUIET, redisOfFile } from './server.ts';

const server = redisOfFile();
let prefix = '';
let clean: (() => unknown)[];

beforeEach(() => {
  prefix = server.prefix();
  clean = [];
});
afterEach(async () => {
  for (const undo of clean.reverse()) await undo();
});

function queue() {
  const made = bullQueue({ url: server.url(), prefix, log: QUIET });
  clean.push(() => made.close());
  return made;
}

function work(patch: Partial<WorkersOptions>) {
  const nothing = async () => {};
  const workers = startWorkers({ url: server.url(), prefix, log: QUIET, converge: nothing, notify: nothing, ...patch });
  clean.push(() => workers.close());
  return workers;
}

/** How much BullMQ holds of a queue, in any state. */
async function held(name: string): Promise<number> {
  const bull = new BullQueue(name, { connection: server.client(), prefix: `{${prefix}}:bull` });
  try {
    return Object.values(await bull.getJobCounts()).reduce((sum, count) => sum + count, 0);
  } finally {
    await bull.close();
  }
}

describe('hints through BullMQ', () => {
  it("adds the sweep's hint beside the job of a process that died at it", async () => {
    const hints = queue();
    await hints.notify([{ id: 'r1', version: 1 }]);
    await hints.notify([{ id: 'r1', version: 1 }]);
    expect(await held('notify')).toBe(1);
    await hints.notify([{ id: 'r1', version: 1 }], 'sweep-1');
    expect(await held('notify')).toBe(2);
  });

  it('runs closing before opening', async () => {
    const hints = queue();
    await hints.converge([machine(1), machine(2)], 'k1', 'open');
    await hints.converge([machine(3)], 'k1', 'close');
    const ran: MachineId[] = [];
    work({ converge: async (id) => void ran.push(id), concurrency: { converge: 1 } });
    await vi.waitFor(() => expect(ran).toEqual([machine(3), machine(1), machine(2)]));
  });

  it('runs what waits twice once, and keeps nothing that would swallow the same hint later', async () => {
    const hints = queue();
    await hints.converge([machine(1)], 'k:1', 'open');
    await hints.converge([machine(1)], 'k:1', 'open');
    await hints.notify([{ id: 'aaaaaaa', version: 2 }]);
    await hints.notify([{ id: 'aaaaaaa', version: 2 }]);
    const ran: string[] = [];
    work({ converge: async (id) => void ran.push(id), notify: async (id) => void ran.push(id) });
    await vi.waitFor(async () => expect([await held('converge'), await held('notify')]).toEqual([0, 0]));
    expect(ran.sort()).toEqual(['aaaaaaa', machine(1)]);
    await hints.converge([machine(1)], 'k:1', 'open');
    await vi.waitFor(() => expect(ran).toHaveLength(3));
  });

  it('tries again what a chat does not take for now, when it says so and not before', async () => {
    const at: number[] = [];
    work({
      notify: async () => {
        at.push(performance.now());
        if (at.length === 1) throw new JitError('chatBusy', { chat: 'Slack', wait: '1 s' }, { retryAfterMs: 1_000 });
      },
    });
    await queue().notify([{ id: 'r1', version: 1 }]);
    await vi.waitFor(() => expect(at).toHaveLength(2));
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThan(990);
    await vi.waitFor(async () => expect(await held('notify')).toBe(0));
  });

  it('logs and drops a job that fails, and one that names no machine', async () => {
    const hints = queue();
    await hints.converge([machine(1), 'aws:nonsense'], 'k1', 'open');
    const warnings: unknown[] = [];
    const log = { ...QUIET, warn: (fields: Readonly<Record<string, unknown>>) => void warnings.push(fields.data) };
    work({ log, converge: () => Promise.reject(new Error('no')), concurrency: { converge: 1 } });
    await vi.waitFor(() => expect(warnings).toEqual([{ machine: machine(1) }, { machine: 'aws:nonsense' }]));
    await vi.waitFor(async () => expect(await held('converge')).toBe(0));
  });

  it('counts what waits, and for how long', async () => {
    const hints = queue();
    expect(await hints.figures?.()).toEqual([
      { queue: 'converge', waiting: 0, active: 0, oldestMs: 0 },
      { queue: 'notify', waiting: 0, active: 0, oldestMs: 0 },
    ]);
    await hints.converge([machine(1), machine(2)], 'one', 'close');
    await hints.notify([{ id: 'r1', version: 1 }]);
    await vi.waitFor(async () => {
      const all = (await hints.figures?.()) ?? [];
      expect(all.map(({ queue, waiting }) => [queue, waiting])).toEqual([
        ['converge', 2],
        ['notify', 1],
      ]);
      expect(Math.min(...all.map(({ oldestMs }) => oldestMs))).toBeGreaterThan(0);
    });
  });

  it('adds thousands at once', async () => {
    await queue().converge(
      Array.from({ length: 1_001 }, (_, n) => machine(n)),
      'k1',
      'close',
    );
    expect(await held('converge')).toBe(1_001);
  });

  it('stops: lets a job end, aborts one that goes on, and waits for none that ignores it', async () => {
    const hints = queue();
    await hints.converge([machine(1), machine(2), machine(3)], 'k1', 'open');
    const begun = new Set<MachineId>();
    const aborted: MachineId[] = [];
    const reasons: unknown[] = [];
    const gate = Promise.withResolvers<void>();
    const workers = work({
      patienceMs: 200,
      converge: (id, signal) => {
        begun.add(id);
        signal.addEventListener('abort', () => {
          aborted.push(id);
          reasons.push(signal.reason);
        });
        return id === machine(1) ? gate.promise : new Promise(() => {});
      },
    });
    await vi.waitFor(() => expect(begun.size).toBe(3));
    const closed = workers.close();
    gate.resolve();
    await closed;
    expect(aborted).toContain(machine(2));
    // As a call that is cut off, which is no bug of ours that anybody is told of.
    for (const reason of reasons) expect(reason).toMatchObject({ name: 'AbortError' });
  });
});

it('flushing the queue’s keys alone loses nothing', async () => {
  const redis = server.client();
  const store = redisStore({ redis, prefix, log: QUIET });
  const { at } = await store.now();
  const requests = Array.from({ length: 20 }, (_, n) => pending(`due${n}`, at, { machine: machine(n) }));
  const due = requests.map((request) => ({ ...request, lookAt: at }));
  await store.save(due.map((request) => change(request, 0)));

  // All hints are in the queue before anybody works, and are deleted there.
  const timer = startDueTimer({ store, queue: queue(), log: QUIET, againMs: 300 });
  clean.push(() => timer.stop());
  const keys = () => redis.keys(`{${prefix}}:bull:*`);
  await vi.waitFor(async () => expect((await keys()).length).toBeGreaterThan(20));
  expect(await redis.del(await keys())).toBeGreaterThan(20);

  const looked = new Set<MachineId>();
  work({
    concurrency: { converge: 2 },
    converge: async (id) => {
      const [request] = (await store.liveOn(id)).requests;
      if (request?.status !== 'pending') return;
      await store.save([change({ ...request, version: 2, lookAt: at + 3_600_000 }, 1)]);
      looked.add(id);
    },
  });
  await vi.waitFor(() => expect(looked.size).toBe(20));
});
