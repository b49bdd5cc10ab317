import { describe, expect, it } from 'vitest';
import { staticDirectory } from '../../adapters/directory/static.ts';
import type { Deps } from '../../src/app/deps.ts';
import { patrol } from '../../src/app/loops/patrol.ts';
import { sweeper } from '../../src/app/loops/sweep.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { revoke } from '../../src/app/request/end.ts';
import { extend } from '../../src/app/request/extend.ts';
import { submit } from '../../src/app/request/submit.ts';
import type { Person } from '../../src/core/people/person.ts';
import type { HouseRules } from '../../src/core/policy/policy.ts';
import type { Store } from '../../src/ports/store.ts';
import { memoryAudit } from '../memory/audit.ts';
import { memoryProtectionRecords } from '../memory/protection-records.ts';
import { memoryStore } from '../memory/store.ts';
import { memoryUndo } from '../memory/undo.ts';
import { often } from '../setup/lane.ts';
import { FAIR, ModelCloud, type Weather } from './cloud.ts';
import { ModelLocks } from './lock.ts';
import { Scheduler, Stopped } from './scheduler.ts';

const START = Date.UTC(2026, 10, 23, 12);
const PEOPLE: readonly Person[] = [
  { id: 'ada', name: 'Ada', slack: 'U1', manager: 'grace', address: '203.0.113.7/32', groups: ['eng'] },
  { id: 'lin', name: 'Lin', slack: 'U2', manager: 'grace', address: '203.0.113.7/32', groups: ['eng'] },
  { id: 'grace', name: 'Grace', slack: 'U3', groups: [] },
];
const RULES: HouseRules = {
  protectors: [],
  security: [],
  sources: new Map(),
  shortestMs: 1_000,
  policies: [
    {
      name: 'all',
      who: ['group:eng'],
      machines: { names: ['*'], tags: {} },
      ports: [{ number: 22, protocol: 'tcp' }],
      widest: { ipv4: 32, ipv6: 128 },
      anySource: false,
      bastion: false,
      cutSessions: false,
      longestMs: 3_600_000,
      approvers: ['manager'],
      approvals: 1,
      extendSelfUpToMs: 3_600_000,
      unansweredMs: 3_600_000,
      tell: [],
    },
  ],
};
const KNOWN = staticDirectory(PEOPLE, ['slack']);
const STORMY: Weather = { stale: 0.4, lost: 0.1, busy: 0.1, late: 0.1 };

/** Everything that two processes share, and the processes themselves as they come and go. */
class World {
  readonly scheduler: Scheduler;
  readonly cloud: ModelCloud;
  readonly #locks: ModelLocks;
  readonly #store: Store;
  /** Half of the runs have no patrol, so that it cannot hide what converge leaves open. */
  readonly #patrols: boolean;
  #processes = 0;
  readonly alive: { readonly id: number; readonly deps: Deps; readonly jobs: Set<Promise<unknown>> }[] = [];
  /** Who has left, between the approval and the opening as at any other time. */
  readonly #gone = new Set<string>();
  readonly asked: string[] = [];
  readonly surprises: unknown[] = [];

  constructor(seed: number) {
    this.scheduler = new Scheduler(seed, START);
    this.cloud = new ModelCloud(this.scheduler, STORMY);
    this.#locks = new ModelLocks(this.scheduler);
    this.#store = memoryStore({ now: () => this.scheduler.now });
    this.#patrols = seed % 2 === 0;
    this.spawn();
    this.spawn();
  }

  spawn(): void {
    this.#processes += 1;
    const id = this.#processes;
    const quiet = { info: () => {}, warn: () => {}, error: () => {} };
    const deps: Deps = {
      store: stepping(this.#store, () => this.scheduler.turn(id)),
      // Every hint is lost: the due index alone must find the work.
      queue: { converge: async () => {}, notify: async () => {} },
      audit: memoryAudit(() => this.scheduler.now),
      lock: this.#locks.lock(id),
      undo: memoryUndo(),
      records: memoryProtectionRecords(),
      clouds: new Map([['aws', this.cloud.adapter(id)]]),
      chats: new Map(),
      directory: { ...KNOWN, byId: async (id) => (this.#gone.has(id) ? undefined : KNOWN.byId(id)) },
      rules: RULES,
      log: quiet,
      random: (n) => Uint8Array.from({ length: n }, () => Math.floor(this.scheduler.random() * 256)),
      monotonic: () => this.scheduler.now,
    };
    this.alive.push({ id, deps, jobs: new Set() });
  }

  /** Starts some work in one of the processes; it goes on as its effects get their turns. */
  start(work: (deps: Deps) => Promise<unknown>): void {
    const process = this.alive[Math.floor(this.scheduler.random() * this.alive.length)];
    if (!process || process.jobs.size > 3) return;
    const job = work(process.deps).catch((error: unknown) => {
      const expected = error instanceof Stopped || (error instanceof Error && error.name === 'JitError');
      if (!expected) this.surprises.push(error);
    });
    process.jobs.add(job);
    void job.finally(() => process.jobs.delete(job));
  }

  /** One random thing happens. */
  async live(): Promise<void> {
    const { scheduler } = this;
    const signal = new AbortController().signal;
    if (this.asked.length < 8 && scheduler.chance(0.04)) this.start((deps) => this.#ask(deps));
    if (scheduler.chance(0.25)) this.start(claimAndConverge);
    if (this.#patrols && scheduler.chance(0.004)) this.start((deps) => patrol(deps, signal));
    if (scheduler.chance(0.004)) this.start((deps) => sweeper(deps)());
    const some = this.asked[Math.floor(scheduler.random() * this.asked.length)];
    if (some && scheduler.chance(0.04)) this.start((deps) => revoke(deps, PEOPLE[2] as Person, some));
    if (some && scheduler.chance(0.01)) this.start((deps) => extend(deps, PEOPLE[0] as Person, some, 20_000));
    if (scheduler.chance(0.01)) this.#gone.add(scheduler.chance(0.5) ? 'ada' : 'grace');
    if (scheduler.chance(0.05)) this.#gone.clear();
    if (scheduler.chance(0.01)) this.#crash();
    const victim = this.alive[Math.floor(scheduler.random() * this.alive.length)];
    if (victim && scheduler.chance(0.02))
      scheduler.sleep(victim.id, scheduler.now + Math.floor(scheduler.random() * 90_000));
    await this.tick(500);
  }

  /** Some effects happen, then time moves on. */
  async tick(mostMs: number): Promise<void> {
    const effects = Math.floor(this.scheduler.random() * 6);
    for (let i = 0; i < effects; i += 1) if (!(await this.scheduler.step())) break;
    this.scheduler.now += Math.floor(this.scheduler.random() * mostMs);
    this.cloud.land();
  }

  async #ask(deps: Deps): Promise<void> {
    const person = PEOPLE[this.scheduler.chance(0.5) ? 0 : 1] as Person;
    const sender = {
      chat: 'slack',
      user: person.slack ?? '',
      place: { chat: 'slack', kind: 'private', id: 'D' },
      key: `${this.scheduler.random()}`,
    } as const;
    const forMs = 5_000 + Math.floor(this.scheduler.random() * 200_000);
    const request = await submit(
      deps,
      person,
      {
        machine: `m-${1 + Math.floor(this.scheduler.random() * 3)}`,
        ports: [],
        source: `203.0.113.${Math.floor(this.scheduler.random() * 3)}/32`,
        forMs,
        justification: 'x',
      },
      sender,
    );
    this.asked.push(request.id);
    await decide(deps, PEOPLE[2] as Person, { request: request.id, version: 1, verdict: 'approve' });
  }

  #crash(): void {
    const index = Math.floor(this.scheduler.random() * this.alive.length);
    const [dead] = this.alive.splice(index, 1);
    if (dead) this.scheduler.kill(dead.id);
    this.spawn();
  }

  /** The storm is over: time goes on in fair weather until nothing is left to do. */
  async calm(): Promise<void> {
    this.cloud.weather = FAIR;
    for (let i = 0; i < 400; i += 1) {
      this.start(claimAndConverge);
      for (let effects = 0; effects < 40; effects += 1) if (!(await this.scheduler.step())) break;
      this.scheduler.now += 1_000;
      this.cloud.land();
      if ((await this.#store.live(1_000)).length === 0 && this.cloud.pending === 0 && i > 150) break;
    }
  }

  requests() {
    return Promise.all(this.asked.map(async (id) => (await this.#store.load(id)).request));
  }
}

async function claimAndConverge(deps: Deps): Promise<void> {
  const { machines } = await deps.store.claim(10, 5_000);
  for (const machine of machines) await converge(deps, machine, new AbortController().signal);
}

/** Every call of the store waits for its turn, and again before its answer arrives: a process can die in between. */
function stepping(store: Store, turn: () => Promise<void>): Store {
  return new Proxy(store, {
    get(target, name, receiver) {
      const method = Reflect.get(target, name, receiver) as unknown;
      if (typeof method !== 'function') return method;
      return async (...args: readonly unknown[]) => {
        await turn();
        const answer: unknown = await Reflect.apply(method, target, args);
        await turn();
        return answer;
      };
    },
  });
}

async function runSeed(seed: number, steps: number): Promise<World> {
  const world = new World(seed);
  for (let i = 0; i < steps; i += 1) await world.live();
  await world.calm();
  return world;
}

const RUNS = Number(process.env.CRASH_RUNS ?? often(2_000, 20_000));
const STEPS = 250;

describe('a process that stops between any two effects', () => {
  it(`leaves no rule open and loses no approved request (${RUNS} seeds)`, async () => {
    let asked = 0;
    for (let seed = 1; seed <= RUNS; seed += 1) {
      const world = await runSeed(seed, STEPS);
      expect(world.surprises, `seed ${seed}`).toEqual([]);
      expect(
        world.cloud.rules().map(({ until }) => until),
        `seed ${seed}: rules left`,
      ).toEqual([]);
      for (const request of await world.requests()) {
        asked += 1;
        const approved = request?.reviews.length === 1;
        expect(approved ? request?.status : 'pending', `seed ${seed}: ${request?.id}`).toBe(
          approved ? 'ended' : request?.status,
        );
      }
    }
    expect(asked).toBeGreaterThan(RUNS);
  });
});
