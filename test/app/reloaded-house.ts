import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { extend } from '../../src/app/request/extend.ts';
import { notify } from '../../src/app/request/notify.ts';
import { submit } from '../../src/app/request/submit.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import type { Person } from '../../src/core/people/person.ts';
import { extensionOf } from '../../src/core/request/request.ts';
import type { View } from '../../src/core/view/view.ts';
import { MACHINE } from './fixtures.ts';
import { allows, approversOf, fileOf, type Said, type Told, whyNot } from './reloaded-oracle.ts';
import { isHere, type Process, sectionsOf, startProcess, trying } from './reloaded-process.ts';
import { toldWorld } from './told.ts';

const STEP_MS = 30_000;
/** A closing that does not work is tried again within a minute, and each step is half of one. */
const LATE_MS = 150_000;
const never = new AbortController().signal;
const busy = () => new JitError('cloudBusy', { cloud: 'AWS' });

/**
 * A program that runs on a file which changes, with its cloud in memory; and next to it what must and must not be, judged by the file, by
 * what people said, and by the rules of the cloud alone.
 */
export class ReloadedHouse {
  readonly wrong: string[] = [];
  /** How often what was tried came to something, so that a run that does nothing is noticed. */
  readonly figures = { opened: 0, extended: 0, refused: 0, closed: 0, taken: 0 };
  readonly #made = toldWorld();
  readonly #file = join(mkdtempSync(join(tmpdir(), 'drawbridge-reload-')), 'drawbridge.yaml');
  readonly #all: Told[] = [];
  #running!: Process;
  /** What the file says; undefined where it is faulty. */
  #said: Said | undefined;
  /** What is in force, as far as the file and the time that it takes tell. */
  #inForce: readonly Said[];
  #tag = 'prod';
  #isCloudAway = false;
  #isDirectoryAway = false;
  /** When all that is around it changed last, so that it had time to notice. */
  #changedAt = 0;
  #titlesBefore = 0;
  #stood: readonly number[] = [];
  #tagAt = 0;
  #cloudBackAt = 0;
  #awayUntil = 0;
  /** Approvers who were not there at some time while what stands stood: it is closed for that, when its cloud is back, though they are as well. */
  readonly #left = new Set<string>();

  private constructor(said: Said) {
    this.#said = said;
    this.#inForce = [said];
  }

  static async of(said: Said): Promise<ReloadedHouse> {
    const made = new ReloadedHouse(said);
    writeFileSync(made.#file, fileOf(said));
    const { cloud } = made.#made;
    const { open, close, look } = cloud;
    cloud.look = async (...given) => ({ ...(await look(...given)), machine: made.#machine });
    Object.defineProperty(cloud, 'machineList', { get: () => [made.#machine] });
    cloud.open = async (openings, ...rest) => {
      if (made.#isCloudAway) throw busy();
      for (const { until } of openings) made.#judge(until);
      return open(openings, ...rest);
    };
    cloud.close = async (...given) => {
      if (made.#isCloudAway) throw busy();
      made.figures.closed += 1;
      return close(...given);
    };
    await made.#start();
    return made;
  }

  get #now(): number {
    return this.#made.clock.now();
  }

  get #machine() {
    return { ...MACHINE, tags: { env: this.#tag } };
  }

  stop(): void {
    this.#running.watch.stop();
    rmSync(this.#file, { force: true });
  }

  async #start(): Promise<void> {
    this.#running = await startProcess(this.#made, {
      file: this.#file,
      isDirectoryAway: () => this.#isDirectoryAway,
      failed: (error) => void this.wrong.push(String(error)),
    });
    // Whoever starts it with a file that is right knows that.
    this.#titlesBefore = this.#made.titles().length;
  }

  // What people and operators do.

  async ask(forMin: number): Promise<void> {
    const { deps } = this.#running;
    const key = `k${this.#now}-${this.#all.length}`;
    const sender = {
      chat: 'slack',
      user: 'U0ADA0001',
      place: { chat: 'slack', kind: 'channel', id: 'C0CHANNEL1' },
      key,
    } as const;
    const wish = { machine: 'api-1', ports: [], forMs: forMin * 60_000, justification: 'deploy' };
    const made = await trying(async () => submit(deps, await this.#person('ada'), wish, sender));
    if (made && !this.#all.some(({ id }) => id === made.id))
      // What was asked again by itself stands, for as long as it was asked at first: the answer says so.
      this.#all.push({ id: made.id, forMin: made.forMs / 60_000, approvals: [], more: [], isMoreAsked: false });
  }

  async approve(by: string): Promise<void> {
    const told = this.#all.at(-1);
    if (!told) return;
    const given = { request: told.id, verdict: 'approve' } as const;
    const done = await trying(async () => decide(this.#running.deps, await this.#person(by), given));
    if (!done) return;
    (told.isMoreAsked ? told.more.at(-1) : told)?.approvals.push({ by, at: this.#now });
    told.isMoreAsked = extensionOf(done) !== undefined;
  }

  async more(min: number): Promise<void> {
    const told = this.#all.at(-1);
    if (!told) return;
    const done = await trying(async () => extend(this.#running.deps, await this.#person('ada'), told.id, min * 60_000));
    if (!done) return;
    told.more.push({ min, approvals: [] });
    told.isMoreAsked = true;
    this.figures.extended += 1;
  }

  write(said: Said | undefined, text = said ? fileOf(said) : 'installation: [') {
    writeFileSync(this.#file, text);
    this.#said = said;
    this.#inForce = [...new Set([...this.#inForce, ...(said ? [said] : [])])];
    this.#changedAt = this.#now;
  }

  tag(tag: string): void {
    if (tag !== this.#tag) this.#tagAt = this.#now;
    this.#tag = tag;
  }

  cloud(isAway: boolean): void {
    if (this.#isCloudAway && !isAway) this.#cloudBackAt = this.#now;
    this.#isCloudAway = isAway;
  }

  directory(isAway: boolean): void {
    if (this.#isDirectoryAway && !isAway) this.#awayUntil = this.#now;
    this.#isDirectoryAway = isAway;
  }

  /** It was killed, and is started by the file: a faulty one, or a directory that is away, does not start. */
  async restart(): Promise<void> {
    if (!this.#said || this.#isDirectoryAway) return;
    this.#running.watch.stop();
    await this.#start();
    this.#cloudBackAt = this.#now;
    this.#inForce = [this.#said];
    this.#changedAt = this.#now;
  }

  async pass(minutes: number): Promise<void> {
    for (let i = 0; i < minutes * 2; i += 1) await this.#step();
  }

  /** All is well again, and time passes until everything is over. */
  async end(said: Said): Promise<void> {
    this.cloud(false);
    this.directory(false);
    this.write({ ...said, aws: 'here' });
    await this.pass(2);
    await this.restart();
    await this.pass(190);
    if (this.#made.cloud.rules.size > 0) this.wrong.push('a rule is left at the end');
    const left = await this.#running.deps.store.live(100);
    if (left.length > 0) this.wrong.push(`${left.map(({ id, status }) => `${id} is ${status}`).join(', ')} at the end`);
    for (const { id } of this.#all) {
      const tone = this.#cardOf(id)?.tone;
      if (tone === 'waiting' || tone === 'open' || tone === 'opening')
        this.wrong.push(`the card of ${id} says ${tone} at the end`);
    }
  }

  // One step of the program, and what is looked at after it.

  async #step(): Promise<void> {
    const { deps, route, leavers } = this.#running;
    const { clock, queue } = this.#made;
    clock.advance(STEP_MS);
    await vi.advanceTimersByTimeAsync(STEP_MS);
    if (this.#isSettled()) this.#inForce = this.#said ? [this.#said] : this.#inForce;
    if (this.#now % 60_000 === 0) {
      await route(never);
      await leavers(never);
    }
    const work = (machine: typeof MACHINE.id) => converge(deps, machine, never).catch(() => undefined);
    for (let round = 0; round < 5; round += 1) {
      const { machines } = await deps.store.claim(10, 5_000);
      for (const machine of machines) await work(machine);
      const did = await queue.drain({ converge: work, notify: (id) => notify(deps, id, never) });
      if (machines.length + did === 0) break;
    }
    await this.#look();
  }

  /** Whatever could be noticed was: at once, or a minute after a directory was back. */
  #isSettled(): boolean {
    return !this.#isDirectoryAway && this.#now - this.#awayUntil >= 90_000 && this.#now - this.#changedAt >= STEP_MS;
  }

  async #look(): Promise<void> {
    const { house } = this.#running;
    const { cloud } = this.#made;
    const has = sectionsOf(house.config);
    const isIn = this.#inForce.some((said) => sectionsOf(fileOf(said)) === has);
    if (!isIn) this.wrong.push('another configuration is in force than the file says');
    if (this.#isSettled()) this.#lookAtAlarms();
    const isReachable = !this.#isCloudAway && isHere(house.config) && this.#now - this.#cloudBackAt > LATE_MS;
    for (const { until = 0 } of cloud.rules.values())
      if (isReachable && this.#now - until > LATE_MS) this.wrong.push('a rule is there long after its end');
    this.#lookAtOpen();
    await this.#lookAtWaiting();
  }

  /** What is open stays until its end, whatever the file says by then, as long as those are there who approved it. */
  #lookAtOpen(): void {
    const { rules } = this.#made.cloud;
    for (const { grace, kim } of this.#inForce) {
      if (!grace) this.#left.add('grace');
      if (!kim) this.#left.add('kim');
    }
    const gone = this.#stood.filter((until) => until > this.#now && rules.size === 0);
    if (gone.length > 0 && !this.#all.flatMap(approversOf).some((by) => this.#left.has(by)))
      this.wrong.push('what was open was closed before its end');
    if (rules.size === 0) this.#left.clear();
    this.#stood = [...rules.values()].map(({ until = 0 }) => until);
  }

  #lookAtAlarms(): void {
    const last = this.#made
      .titles()
      .slice(this.#titlesBefore)
      .findLast((title) => /has errors|is right again/.test(String(title)));
    const isTold = String(last).includes('has errors');
    if (this.#said === undefined && !isTold && this.#now - this.#changedAt >= 2 * STEP_MS)
      this.wrong.push('operators do not know of a faulty file');
    if (this.#said !== undefined && isTold) this.wrong.push('operators were not told that the file is right');
    if (this.#said !== undefined) this.figures.taken += 1;
  }

  /** Whoever waits reads on the card what is against it, and nothing where nothing is. */
  async #lookAtWaiting(): Promise<void> {
    const quiet = this.#now - Math.max(this.#changedAt, this.#awayUntil);
    const [said] = this.#inForce;
    const isKnown =
      this.#inForce.length === 1 && this.#isSettled() && quiet > 4 * 60_000 && this.#tagAt < this.#changedAt;
    if (!said || !isKnown || !isHere(this.#running.house.config)) return;
    for (const told of this.#all) {
      const card = this.#cardOf(told.id);
      const waits = card?.tone === 'waiting';
      if (!card || !waits) continue;
      const isFine = allows(said, this.#tag, told.forMin);
      const isSaid = card.notes.some(({ text }) =>
        JSON.stringify(text).includes('annot be approved as things are now'),
      );
      if (isFine === isSaid)
        this.wrong.push(`${told.id} ${isFine ? 'may' : 'may not'} be approved, and its card says otherwise`);
      if (isSaid) this.figures.refused += 1;
    }
  }

  #cardOf(id: string): View | undefined {
    const own = this.#made.chat.shown.filter(({ view, place }) => view.request === id && place.id === 'U0ADA0001');
    return own.at(-1)?.view;
  }

  #judge(until: number): void {
    const isThere = [...this.#made.cloud.rules.values()].some((rule) => rule.until === until);
    if (isThere) return;
    this.figures.opened += 1;
    const why = whyNot(until, this.#all, this.#inForce, this.#tag);
    if (why)
      this.wrong.push(`opened until ${new Date(until).toISOString()} at ${new Date(this.#now).toISOString()}: ${why}`);
  }

  async #person(id: string): Promise<Person> {
    return (await this.#running.house.directory.byId(id)) ?? { id, name: id, groups: [] };
  }
}
