import type { Deps } from './app/deps.ts';
import { tellLoudly } from './app/protect/loud.ts';
import { proposeRules } from './app/rules/propose.ts';
import { codeOf, guardedSections, pinOf, startedOtherwise } from './config/guarded.ts';
import { houseRules } from './config/house.ts';
import { liveSections } from './config/live.ts';
import { type Read, readConfig } from './config/load.ts';
import type { Config } from './config/schema.ts';
import { readAgain } from './configuration.ts';
import { JitError } from './core/errors/errors.ts';
import { say } from './core/language/say.ts';
import { type ApprovedRules, differencesOf } from './core/policy/rule-change.ts';
import type { Directory } from './ports/directory.ts';
import type { RuleMemory, RuleRecords } from './ports/rule-records.ts';

/** The configuration that holds, and how another one takes its place. */
interface House {
  readonly config: Config;
  adopt(read: Config): Promise<void>;
  /** What is approved may wait for a start. */
  expects(read: Config): void;
}

interface Keeping {
  readonly deps: Deps;
  readonly records: RuleRecords;
  /** What this computer knows of them, whatever the store lost. */
  readonly memory?: RuleMemory;
  readonly house: House;
  /** The people as another configuration has them. */
  readonly people: (config: Config) => Promise<Directory>;
  /** Whether secrets and files have to be there. */
  readonly resolve?: boolean;
  /** What the environment says of the rules (`pinOf`); absent where it says nothing. */
  readonly pin?: string;
}

/**
 * Keeps to the approved configuration where changes need approval. The store has it as a file: what a process starts with, or finds
 * changed, is proposed, and whichever is approved is taken up by every process. Until it is known which one that is, nothing is opened.
 */
export class RuleKeeper {
  readonly #given: Keeping;
  #isKnown = true;
  #trouble: string | undefined;
  /** The approved configuration; absent where nothing is guarded. */
  #approved: Config | undefined;
  /** What was proposed, and nobody can say yet that its owners were told. */
  #untold: { readonly config: Config; readonly text: string } | undefined;
  /** The newest that were ever seen to be approved. */
  #newest: ApprovedRules | undefined;
  /** What it was started with in other words than are approved, and cannot take up: sections. */
  #otherwise: readonly string[] = [];
  /** What it was started with was approved then; what is approved later counts from the next start on. */
  #wasRight = false;
  /** The file that holds; absent where nobody gave it. */
  #text: string | undefined;

  constructor(given: Keeping) {
    this.#given = given;
  }

  /** Throws `rulesUnknown` while nobody can tell which rules are approved, or this process was started with others. */
  mayOpen(): void {
    this.#mustKnow();
    this.mayAgree();
  }

  /** Throws where this process was started with what is not approved: whoever speaks through it may not be whom they say. */
  mayAgree(): void {
    if (this.#otherwise.length === 0) return;
    const what = this.#otherwise.join(', ');
    throw new JitError('rulesUnknown', {
      why: say`this process was started with a change that is not approved (${what}); start it with what is, and change that while it runs`,
    });
  }

  #mustKnow(): void {
    if (!this.#isKnown) throw new JitError('rulesUnknown', { why: this.#trouble ?? say`Redis was not asked yet` });
  }

  /**
   * Keeps to the approved rules until stopped: in place of what the process was started with, which is proposed, and whenever others are
   * approved. `text`: what it was started with.
   */
  start(text: string | undefined, everyMs: number, after?: () => Promise<void>): { stop(): void } {
    this.#isKnown = false;
    this.#text = text;
    let hasBegun = false;
    const round = async () => {
      await this.look(after);
      const read = hasBegun || text === undefined ? undefined : await this.#read(text);
      if (read && 'config' in read) await this.propose(read.config, text ?? '');
      else if (this.#untold) await this.propose(this.#untold.config, this.#untold.text);
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

  /** Takes up what is approved, wherever that was. Where nothing is yet, what runs is the first. `after`: what that may need besides. */
  async look(after?: () => Promise<void>): Promise<void> {
    const { records, house, deps } = this.#given;
    const kept = await records.approved().catch((error: unknown) => {
      if (error instanceof JitError && error.code === 'rulesUnknown')
        this.#unknown('the approved rules in Redis cannot be read, or are none of ours');
      throw error;
    });
    const approved = await this.#notOlder(kept);
    const misplaced = this.#misplaced();
    if (misplaced !== undefined) return this.#unknown(misplaced);
    if (!approved) return this.#first();
    const read = await this.#read(approved.text);
    if ('faults' in read) {
      return this.#unknown(`the approved file cannot be read any more: ${read.faults[0] ?? ''}`);
    }
    // Once its owners switched this off, the file alone counts.
    const counts = read.config.policyChanges !== undefined || this.#isGuarded();
    if (counts && textOf(liveSections(read.config)) !== textOf(liveSections(house.config))) {
      await house.adopt(read.config);
      this.#text = approved.text;
      deps.log.warn({ rules: approved.code }, 'the approved rules were taken up');
    }
    if (counts) house.expects(read.config);
    this.#approved = counts ? read.config : undefined;
    this.#otherwise = counts && !this.#wasRight ? startedOtherwise(house.config, read.config) : [];
    if (this.#otherwise.length === 0) this.#wasRight = true;
    else deps.log.error({ sections: this.#otherwise }, 'started with what is not approved: nothing is opened');
    this.#isKnown = true;
    await after?.();
  }

  /** The store may have lost what was approved last: then that is put back, from what is known here. */
  async #notOlder(kept: ApprovedRules | undefined): Promise<ApprovedRules | undefined> {
    const { records, memory, deps } = this.#given;
    const known = this.#newest ?? (await memory?.recall());
    if (known && (!kept || kept.at < known.at)) {
      await records.putBack(known);
      this.#newest = known;
      const had = kept ? say`It had older ones, version ${kept.code}.` : say`It had none any more.`;
      await tellLoudly(deps, say`Redis lost the approved rules`, [
        say`${had} Version ${known.code}, approved last as far as is known here, was put back.`,
      ]);
      return known;
    }
    if (kept && kept.at !== this.#newest?.at) {
      this.#newest = kept;
      await memory?.keep(kept).catch((error: unknown) => {
        deps.log.warn({ error }, 'the approved rules could not be kept outside of Redis');
      });
    }
    return kept;
  }

  /** Why this is not where its rules are kept; undefined where nothing says so. */
  #misplaced(): string | undefined {
    const { house, pin } = this.#given;
    if (pin === undefined || pin.split('.')[0] === pinOf(house.config).split('.')[0]) return undefined;
    return '`installation`, `redis`, or `marks` are not those that DRAWBRIDGE_RULES means';
  }

  /** Nothing is approved yet: what runs is the first, unless something says that it is not. */
  async #first(): Promise<void> {
    const { records, house, pin } = this.#given;
    if (pin === undefined) {
      const elsewhere = await records.elsewhere();
      if (elsewhere !== undefined)
        return this.#unknown(`those of this installation are approved under \`redis.prefix: ${elsewhere}\``);
    } else if (pin !== pinOf(house.config)) {
      return this.#unknown('Redis has none, and this file is not the first one that DRAWBRIDGE_RULES means');
    }
    if (this.#isGuarded() && this.#text !== undefined) {
      await records.keepFirst(await this.#own(this.#text));
    }
    this.#isKnown = !this.#isGuarded() || this.#text !== undefined;
    this.#wasRight = this.#isKnown;
  }

  /** Is a changed file to be approved first? Then it is proposed; where it says what holds, whatever waits is dropped. `rulesUnknown`. */
  async propose(config: Config, text: string): Promise<boolean> {
    const { deps, records, house, people } = this.#given;
    // What a changed file says counts for nothing before it is known whether other rules are approved.
    if (!this.#isKnown) await this.look();
    this.#mustKnow();
    this.#untold = undefined;
    const code = codeOf(config);
    if (!this.#isGuarded()) {
      const first = async () => ({ code, text, at: (await deps.store.now()).at, by: [] });
      if (!config.policyChanges || (await this.#isSwitchedOn(await first()))) {
        this.#text = text;
        return false;
      }
      this.#mustKnow();
    }
    const holds = this.#approved ?? house.config;
    if (code === codeOf(holds)) {
      const waiting = await records.proposed();
      if (waiting) await records.drop(waiting.code);
      return false;
    }
    const differences = differencesOf(guardedSections(holds), guardedSections(config));
    const wouldBe = async () => ({ rules: houseRules(config), directory: await people(config) });
    const isTold = await proposeRules(deps, records, { code, text, differences }, wouldBe);
    this.#untold = isTold ? undefined : { config, text };
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

  /** What only the approved file names was fetched by nobody here. */
  async #read(text: string): Promise<Read> {
    return this.#given.resolve === false ? readConfig(text) : readAgain(text, 'missing');
  }
}

function textOf(sections: Readonly<Partial<Config>>): string {
  return JSON.stringify(Object.entries(sections).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Rules that nobody approves through a process of which it is not known who speaks there. */
export function agreeing(records: RuleRecords, mayAgree: () => void): RuleRecords {
  return {
    ...records,
    agree: async (...given) => {
      mayAgree();
      return records.agree(...given);
    },
  };
}
