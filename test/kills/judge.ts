import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Asked, Watch } from '../chaos/watch.ts';
import type { House } from './house.ts';
import type { People } from './people.ts';

/**
 * Past its end a rule may stand for so long with a program up: the lock of the process that died, and the closing. How long the
 * start took tells of the machine more than of the program: it is measured on its own (`House.startsMs`).
 */
const TOLERANCE_MS = 40_000;
const LOOK_MS = 250;

/** A request, with what people did about it. */
export interface Wish extends Asked {
  forMs: number;
  id?: string;
}

/** A rule of somebody else that a lockdown closes. */
export interface Standing {
  /** What is written to the undo record of it, where it has one. */
  readonly record?: string;
  stands(): boolean;
}

/**
 * Judges from outside, by what the simulators hold and what people were told: nothing open past its end or unasked or again, no
 * false proof, and nothing taken away before it is on record. It shares nothing with what the program decides by.
 */
export class Judge {
  readonly wishes = new Map<string, Wish>();
  readonly standing: Standing[] = [];
  readonly #house: House;
  readonly #people: People;
  readonly #watch: Watch;
  readonly #more = new Set<string>();
  readonly #stops: (() => void)[] = [];

  constructor(house: House, people: People) {
    this.#house = house;
    this.#people = people;
    this.#watch = new Watch(house.services, this.wishes, TOLERANCE_MS, {
      removedAt: undefined,
      off: { redisMs: 0 },
      upSince: () => house.upSince,
    });
    const timer = setInterval(() => this.#look(), LOOK_MS);
    this.#stops.push(
      house.services.onChange(() => this.#look()),
      () => clearInterval(timer),
      () => this.#watch.stop(),
    );
  }

  stop(): void {
    for (const stop of this.#stops) stop();
  }

  get violations(): readonly string[] {
    return [...this.#watch.violations, ...this.#more, ...this.#house.fallen];
  }

  /** Of rules that went at their end, in milliseconds. */
  get lateness(): readonly number[] {
    return this.#watch.lateness;
  }

  /** The clouds hold a rule for this source. */
  isOpen(source: string): boolean {
    return this.#rules(source) > 0;
  }

  #rules(source: string): number {
    const { aws, azure } = this.#house.services;
    const own = aws.state().groups.filter(({ name }) => name.startsWith('drawbridge-'));
    const inAws = own.flatMap(({ rules }) => rules).filter((rule) => rule.source === `${source}/32`).length;
    const perGroup = azure
      .state()
      .nsgs.map(
        ({ rules }) =>
          rules.filter(
            ({ access, sources }) =>
              access === 'Allow' && sources.some((one) => one === source || one === `${source}/32`),
          ).length,
      );
    return Math.max(inAws, ...perGroup);
  }

  #look(): void {
    for (const { source, id } of this.wishes.values()) {
      const count = this.#rules(source);
      if (count > 1) this.#more.add(`${source} is open ${count} times in one place`);
      const said = id && count > 0 ? Object.values(this.#people.onCards(id)).join('') : '';
      if (said.includes('closed, proven')) this.#more.add(`${source} was said to be closed, and is open`);
    }
    for (const { record, stands } of this.standing) {
      if (record && !stands() && !this.#isRecorded(record)) this.#more.add(`${record} is gone, and nothing has it`);
    }
  }

  #isRecorded(record: string): boolean {
    const folder = join(this.#house.folder, 'undo');
    return readdirSync(folder, { recursive: true, withFileTypes: true }).some(
      (file) => file.isFile() && readFileSync(join(file.parentPath, file.name), 'utf8').includes(record),
    );
  }
}
