import { createHash } from 'node:crypto';
import type { Deps } from './app/deps.ts';
import { proposeRules } from './app/rules/propose.ts';
import { houseRules } from './config/house.ts';
import { liveSections } from './config/live.ts';
import { type Read, readConfig } from './config/load.ts';
import type { Config } from './config/schema.ts';
import { JitError } from './core/errors/errors.ts';
import { type ApprovedRules, differencesOf } from './core/policy/rule-change.ts';
import type { Directory } from './ports/directory.ts';
import type { RuleRecords } from './ports/rule-records.ts';

/** The configuration that holds, and how another one takes its place. */
interface House {
  readonly config: Config;
  adopt(read: Config): Promise<void>;
}

interface Keeping {
  readonly deps: Deps;
  readonly records: RuleRecords;
  readonly house: House;
  /** The people as another configuration has them. */
  readonly people: (config: Config) => Promise<Directory>;
  /** Whether secrets and files have to be there. */
  readonly resolve?: boolean;
}

const CODE_LETTERS = 20;

/**
 * Keeps to the approved configuration where changes need approval. The store has it as a file: what a process starts with, or finds
 * changed, is proposed, and whichever is approved is taken up by every process. Until it is known which one that is, nothing is opened.
 */
export class RuleKeeper {
  readonly #given: Keeping;
  #isKnown = true;
  #trouble: string | undefined;
  /** The file that holds; absent where nobody gave it. */
  #text: string | undefined;

  constructor(given: Keeping) {
    this.#given = given;
  }

  /** Throws `rulesUnknown` while nobody can tell which rules are approved. */
  mayOpen(): void {
    if (!this.#isKnown) throw new JitError('rulesUnknown', { why: this.#trouble ?? 'Redis was not asked yet' });
  }

  /**
   * Keeps to the approved rules until stopped: in place of what the process was started with, which is proposed, and whenever others are
   * approved. `text`: what it was started with.
   */
  start(text: string | undefined, everyMs: number): { stop(): void } {
    this.#isKnown = false;
    this.#text = text;
    let hasBegun = false;
    const round = async () => {
      await this.look();
      const read = hasBegun || text === undefined ? undefined : this.#read(text);
      if (read && 'config' in read) await this.propose(read.config, text ?? '');
      hasBegun = true;
    };
    let turn = Promise.resolve();
    const next = () => {
      turn = turn.then(round).catch((error: unknown) => {
        this.#given.deps.log.warn({ error }, 'the approved rules could not be read');
      });
    };
    next();
    const timer = setInterval(next, everyMs);
    timer.unref();
    return { stop: () => clearInterval(timer) };
  }

  /** Takes up what is approved, wherever that was. Where nothing is yet, what runs is the first. */
  async look(): Promise<void> {
    const { records, house, deps } = this.#given;
    const approved = await records.approved().catch((error: unknown) => {
      if (error instanceof JitError && error.code === 'rulesUnknown')
        this.#unknown('the approved rules in Redis cannot be read, or are none of ours');
      throw error;
    });
    if (!approved) {
      if (this.#isGuarded() && this.#text !== undefined) await records.keepFirst(await this.#own(this.#text));
      this.#isKnown = !this.#isGuarded() || this.#text !== undefined;
      return;
    }
    const read = this.#read(approved.text);
    if ('faults' in read) {
      return this.#unknown(`the approved file cannot be read any more: ${read.faults[0] ?? ''}`);
    }
    // Once its owners switched this off, the file alone counts.
    const counts = read.config.policyChanges !== undefined || this.#isGuarded();
    if (counts && codeOf(read.config) !== codeOf(house.config)) {
      await house.adopt(read.config);
      this.#text = approved.text;
      deps.log.warn({ rules: approved.code }, 'the approved rules were taken up');
    }
    this.#isKnown = true;
  }

  /** Is a changed file to be approved first? Then it is proposed; where it says what holds, whatever waits is dropped. `rulesUnknown`. */
  async propose(config: Config, text: string): Promise<boolean> {
    const { deps, records, house, people } = this.#given;
    // What a changed file says counts for nothing before it is known whether other rules are approved.
    if (!this.#isKnown) await this.look();
    this.mayOpen();
    const code = codeOf(config);
    if (!this.#isGuarded()) {
      const first = async () => ({ code, text, at: (await deps.store.now()).at, by: [] });
      if (!config.policyChanges || (await this.#isSwitchedOn(await first()))) {
        this.#text = text;
        return false;
      }
      this.mayOpen();
    }
    if (code === codeOf(house.config)) {
      const waiting = await records.proposed();
      if (waiting) await records.drop(waiting.code);
      return false;
    }
    const differences = differencesOf(liveSections(house.config), liveSections(config));
    const wouldBe = async () => ({ rules: houseRules(config), directory: await people(config) });
    await proposeRules(deps, records, { code, text, differences }, wouldBe);
    return true;
  }

  #unknown(why: string): void {
    this.#isKnown = false;
    this.#trouble = why;
  }

  #isGuarded(): boolean {
    return this.#given.house.config.policyChanges !== undefined;
  }

  /** False where other rules are approved: these hold, or nobody can tell. What owners switched off once is switched on by the file. */
  async #isSwitchedOn(rules: ApprovedRules): Promise<boolean> {
    const { records } = this.#given;
    if (await records.keepFirst(rules)) return true;
    await this.look();
    if (!this.#isKnown || this.#isGuarded()) return false;
    await records.propose({ ...rules, differences: [] });
    return records.take(rules);
  }

  async #own(text: string): Promise<ApprovedRules> {
    const { deps, house } = this.#given;
    return { code: codeOf(house.config), text, at: (await deps.store.now()).at, by: [] };
  }

  #read(text: string): Read {
    return readConfig(text, { resolve: this.#given.resolve ?? true });
  }
}

/** The same for the same rules, however the file is written. Connections and keys are no part of it. */
export function codeOf(config: Config): string {
  const sections = Object.entries(liveSections(config)).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sections)).digest('hex').slice(0, CODE_LETTERS);
}
