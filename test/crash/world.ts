import { staticDirectory } from '../../adapters/directory/static.ts';
import type { Deps } from '../../src/app/deps.ts';
import { Lifeboat } from '../../src/app/lifeboat/lifeboat.ts';
import { LeaseMemory } from '../../src/app/lifeboat/memory.ts';
import { endRevoked } from '../../src/app/loops/compare.ts';
import { patrol } from '../../src/app/loops/patrol.ts';
import { sweeper } from '../../src/app/loops/sweep.ts';
import { protect } from '../../src/app/protect/protect.ts';
import { unprotect } from '../../src/app/protect/unprotect.ts';
import { decide } from '../../src/app/request/decide.ts';
import { revoke, withdraw } from '../../src/app/request/end.ts';
import { extend } from '../../src/app/request/extend.ts';
import { submit } from '../../src/app/request/submit.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { memorySpool } from '../app/lifeboat-rig.ts';
import { memoryAudit } from '../memory/audit.ts';
import { memoryProtectionRecords } from '../memory/protection-records.ts';
import { memoryStore } from '../memory/store.ts';
import { memoryUndo } from '../memory/undo.ts';
import { claimAndConverge, compareUnderLock, decideSomehow, moveSomewhere, needs, wanted } from './acts.ts';
import { FAIR, LIMITS, MACHINES, ModelCloud, type Weather } from './cloud.ts';
import { ADA, GRACE, LIN, PEOPLE, RULES, SAM } from './house.ts';
import { ModelLocks } from './lock.ts';
import { EXTENDED_MS, Oracle } from './oracle.ts';
import { Scheduler, Stopped } from './scheduler.ts';
import { stepping } from './stepping.ts';

const START = Date.UTC(2026, 10, 23, 12);
const KNOWN = staticDirectory(PEOPLE, ['slack']);
const STORMY: Weather = { stale: 0.4, lost: 0.1, busy: 0.1, late: 0.1, deaf: 0.1 };

/** So long at most: within a lock, or far beyond it. */
const SLEEPS = [LIMITS.callMs, 90_000] as const;

const SSH = { number: 22, protocol: 'tcp' } as const;
/**
 * Past its end, a rule may stand for so long while processes die, sleep for a minute and a half with their locks, and calls land
 * late; and with a Redis that is away besides.
 */
const LATE = { usualMs: 240_000, withoutRedisMs: 300_000 };

interface Process {
  readonly id: number;
  readonly deps: Deps;
  readonly boat: Lifeboat;
  readonly jobs: Set<Promise<unknown>>;
}

/** Everything that two processes share, and the processes themselves as they come and go. */
export class World {
  readonly scheduler: Scheduler;
  readonly cloud: ModelCloud;
  readonly #locks: ModelLocks;
  readonly #store: ReturnType<typeof memoryStore>;
  readonly #empty: () => void;
  /** Half of the runs have no patrol, so that it cannot hide what converge leaves open. */
  readonly #patrols: boolean;
  #processes = 0;
  readonly alive: Process[] = [];
  /** Who has left, between the approval and the opening as at any other time. */
  readonly #gone = new Set<string>();
  readonly asked: string[] = [];
  readonly surprises: unknown[] = [];
  readonly oracle: Oracle;

  /** Until then Redis cannot be reached. */
  #awayUntil = 0;
  #restore: (() => void) | undefined;
  readonly #hasRedisFaults: boolean;

  /** @param hasRedisFaults Redis goes away, loses its last commits, and is wiped. */
  constructor(seed: number, hasRedisFaults = false) {
    this.#hasRedisFaults = hasRedisFaults;
    this.scheduler = new Scheduler(seed, START);
    this.cloud = new ModelCloud(this.scheduler, STORMY);
    const mostLateMs = hasRedisFaults ? LATE.withoutRedisMs : LATE.usualMs;
    const { scheduler, cloud } = this;
    this.oracle = new Oracle({ scheduler, cloud, needs, mostLateMs, mayGoBack: hasRedisFaults });
    this.#locks = new ModelLocks(this.scheduler);
    this.#store = memoryStore({ now: () => this.scheduler.now });
    this.#empty = this.#store.snapshot();
    // What has no record any more only a patrol finds.
    this.#patrols = hasRedisFaults || seed % 2 === 0;
    this.spawn();
    this.spawn();
  }

  /** How many locks of silent processes were taken. */
  get taken(): number {
    return this.#locks.taken;
  }

  spawn(): void {
    this.#processes += 1;
    const id = this.#processes;
    const memory = new LeaseMemory();
    const quiet = { info: () => {}, warn: () => {}, error: () => {} };
    const deps: Deps = {
      store: stepping(this.#store, () => this.#reach(id), {
        see: (request) => this.oracle.sees(request, memory),
        commits: (request) => this.oracle.commits(request),
      }),
      // Every hint is lost: the due index alone must find the work.
      queue: { converge: async () => {}, notify: async () => {} },
      audit: memoryAudit(() => this.scheduler.now),
      lock: {
        hold: async (keys, options, work) => {
          this.#mustBeThere();
          return this.#locks.lock(id).hold(keys, options, work);
        },
      },
      undo: memoryUndo(),
      records: memoryProtectionRecords(),
      clouds: new Map([['aws', this.cloud.adapter(id, (opening) => this.oracle.opens(opening))]]),
      chats: new Map(),
      directory: { ...KNOWN, byId: async (id) => (this.#gone.has(id) ? undefined : KNOWN.byId(id)) },
      rules: RULES,
      log: quiet,
      random: (n) => Uint8Array.from({ length: n }, () => Math.floor(this.scheduler.random() * 256)),
      monotonic: () => this.scheduler.now,
      mayOpen: () => boat.mayOpen(),
    };
    const boat = new Lifeboat({
      deps,
      memory,
      spool: memorySpool(),
      host: 'model',
      patrolMs: 60_000,
      wentBack: (revoked) => endRevoked(deps, revoked),
    });
    this.alive.push({ id, deps, boat, jobs: new Set() });
  }

  /** Starts some work in one of the processes; it goes on as its effects get their turns. */
  start(work: (deps: Deps, process: Process) => Promise<unknown>): void {
    const process = this.alive[Math.floor(this.scheduler.random() * this.alive.length)];
    if (!process || process.jobs.size > 3) return;
    const job = work(process.deps, process).catch((error: unknown) => {
      const expected = error instanceof Stopped || (error instanceof Error && error.name === 'JitError');
      if (!expected) this.surprises.push(error);
    });
    process.jobs.add(job);
    void job.finally(() => process.jobs.delete(job));
  }

  /** Some requests are made and opened, with nothing going wrong. */
  async prepare(): Promise<void> {
    for (let i = 0; i < 8; i += 1) {
      this.start((deps) => this.#ask(deps));
      for (let effects = 0; effects < 60; effects += 1) if (!(await this.step())) break;
      this.start(claimAndConverge);
      for (let effects = 0; effects < 60; effects += 1) if (!(await this.step())) break;
      this.scheduler.now += 1_500;
    }
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
    if (some && scheduler.chance(0.04)) this.start((deps) => revoke(deps, GRACE, some));
    if (some && scheduler.chance(0.01)) this.start((deps) => extend(deps, ADA, some, EXTENDED_MS));
    if (some && scheduler.chance(0.04)) this.start((deps) => moveSomewhere(deps, scheduler, some));
    if (some && scheduler.chance(0.03)) this.start((deps) => decideSomehow(deps, scheduler, some));
    if (some && scheduler.chance(0.01)) this.start((deps) => withdraw(deps, scheduler.chance(0.5) ? ADA : LIN, some));
    this.#meddle();
    if (scheduler.chance(0.01)) this.#gone.add(scheduler.chance(0.5) ? 'ada' : 'grace');
    if (scheduler.chance(0.05)) this.#gone.clear();
    if (scheduler.chance(0.01)) this.#crash();
    const victim = this.alive[Math.floor(scheduler.random() * this.alive.length)];
    if (victim && scheduler.chance(0.02))
      scheduler.sleep(
        victim.id,
        scheduler.now + Math.floor(scheduler.random() * SLEEPS[scheduler.chance(0.5) ? 0 : 1]),
      );
    if (this.#hasRedisFaults) await this.#disturbRedis();
    await this.tick(500);
  }

  /** People change what is around the leases. */
  #meddle(): void {
    const { scheduler, cloud } = this;
    const machine = MACHINES[Math.floor(scheduler.random() * MACHINES.length)];
    if (!machine) return;
    if (scheduler.chance(0.01)) cloud.turnByHand(machine.id, SSH);
    if (scheduler.chance(0.002)) cloud.turnMachine(machine.id);
    const actor = { person: SAM, chat: 'slack' } as const;
    const ask = { which: [machine.name], ports: 'usual', standing: 'leave' } as const;
    if (scheduler.chance(0.002)) this.start((deps) => unprotect(deps, machine.name, actor));
    if (scheduler.chance(0.02)) this.start((deps) => protect(deps, ask, actor));
  }

  async #disturbRedis(): Promise<void> {
    const { scheduler } = this;
    if (scheduler.chance(0.01)) this.loseRedis(10_000 + scheduler.random() * 60_000);
    if (scheduler.chance(0.03)) this.#restore = this.#store.snapshot();
    if (this.#restore && scheduler.chance(0.01)) await this.#goBack(this.#restore);
    if (scheduler.chance(0.002)) await this.#goBack(this.#empty);
    this.startRedisWork();
  }

  /** What a process does about its Redis: it beats, closes without it, and compares after it went back. */
  startRedisWork(): void {
    this.start((_, { boat }) => boat.beat());
    this.start((_, { boat }) => boat.round());
    if (this.scheduler.chance(0.1)) this.start(compareUnderLock);
  }

  loseRedis(forMs: number): void {
    this.#awayUntil = Math.max(this.#awayUntil, this.scheduler.now + forMs);
  }

  /** A restore, or a failover that lost commits: the locks are lost with it. */
  async #goBack(restore: () => void): Promise<void> {
    restore();
    this.#locks.lose();
    this.oracle.wentBack(await this.requests());
  }

  #mustBeThere(): void {
    if (this.scheduler.now < this.#awayUntil) throw new JitError('storeAway');
  }

  async #reach(process: number): Promise<void> {
    await this.scheduler.turn(process);
    this.#mustBeThere();
  }

  /** One effect, after which the oracle is asked. */
  async step(): Promise<boolean> {
    const isDone = await this.scheduler.step();
    this.oracle.look();
    return isDone;
  }

  /** Some effects happen, then time moves on. */
  async tick(mostMs: number): Promise<void> {
    const effects = Math.floor(this.scheduler.random() * 6);
    for (let i = 0; i < effects; i += 1) if (!(await this.step())) break;
    this.scheduler.now += Math.floor(this.scheduler.random() * mostMs);
    this.oracle.look();
  }

  async #ask(deps: Deps): Promise<void> {
    const person = this.scheduler.chance(0.5) ? ADA : LIN;
    const sender = {
      chat: 'slack',
      user: person.slack ?? '',
      place: { chat: 'slack', kind: 'private', id: 'D' },
      key: `${this.scheduler.random()}`,
    } as const;
    const request = await submit(deps, person, wanted(this.scheduler), sender);
    this.asked.push(request.id);
    await decide(deps, GRACE, { request: request.id, version: 1, verdict: 'approve' });
    // What takes two is mostly asked of both at once.
    if (this.scheduler.chance(0.7)) await decide(deps, SAM, { request: request.id, verdict: 'approve' });
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
    this.cloud.restore();
    for (let i = 0; i < 400; i += 1) {
      this.start(claimAndConverge);
      if (this.#hasRedisFaults) {
        this.startRedisWork();
        if (i % 10 === 0) this.start((deps) => patrol(deps, new AbortController().signal));
      }
      for (let effects = 0; effects < 40; effects += 1) if (!(await this.step())) break;
      this.scheduler.now += 1_000;
      this.oracle.look();
      const isQuiet = this.cloud.pending === 0 && (!this.#hasRedisFaults || this.cloud.rules().length === 0);
      if ((await this.#store.live(1_000)).length === 0 && isQuiet && i > 150) break;
    }
  }

  requests() {
    return Promise.all(this.asked.map(async (id) => (await this.#store.load(id)).request));
  }
}

export async function runSeed(seed: number, steps: number, hasRedisFaults = false): Promise<World> {
  const world = new World(seed, hasRedisFaults);
  for (let i = 0; i < steps; i += 1) await world.live();
  await world.calm();
  return world;
}
