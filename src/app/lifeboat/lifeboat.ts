import { type Code, JitError } from '../../core/errors/errors.ts';
import { type Instant, SECOND_MS } from '../../core/language/instant.ts';
import { type Placement, placementKey } from '../../core/rule/rule.ts';
import type { Report } from '../../core/view/report.ts';
import type { Now } from '../../ports/store.ts';
import type { Deps } from '../deps.ts';
import { tellOperators } from '../protect/news.ts';
import { rest } from '../rest.ts';
import { soon } from '../soon.ts';
import { CloudBoat, type Hands } from './closing.ts';
import type { Revoked } from './memory.ts';
import { begunReport, overReport } from './news.ts';

/** The store cannot be written for so long: then it is away. */
const AWAY_MS = 10 * SECOND_MS;
/** A write that takes longer has failed. */
const WRITE_MS = 3 * SECOND_MS;
const BEAT_MS = SECOND_MS;
const ROUND_MS = 5 * SECOND_MS;
/** The report that it is over waits so long for rounds under way: a cloud that hangs longer is told without its last round. */
const LAST_MS = 60 * SECOND_MS;
/** What is wrong is the folder of the undo records, and not Redis. */
const FOLDER: readonly Code[] = ['foreignUndoFolder', 'undoFolder'];
/** What nobody was told is told again after this; so many reports wait at most, the newest. */
const TELL_AGAIN_MS = 30 * SECOND_MS;
const MOST_OWED = 4;
/** Closed rules remembered for the report. */
const MOST_TOLD = 10_000;

type BoatDeps = Hands['deps'] & Pick<Deps, 'audit' | 'chats' | 'clouds' | 'queue' | 'rules' | 'ways'>;

/** What was closed without Redis, and what could not be: of one time that it was away. */
interface Told {
  readonly closed: Map<string, Placement>;
  readonly left: Map<string, Placement>;
}

export interface LifeboatOptions extends Omit<Hands, 'deps'> {
  readonly deps: BoatDeps;
  /** The computer's name: each process tells for itself. */
  readonly host: string;
  readonly awayMs?: number;
  readonly writeMs?: number;
  readonly beatMs?: number;
  readonly roundMs?: number;
  /** The store went back: these were revoked in what it lost, or may have been. Called until clouds and records were compared. */
  readonly wentBack?: (revoked: readonly Revoked[]) => Promise<void>;
  /** What an error of the store means, with the remedy, where that is known. */
  readonly why?: (error: unknown) => JitError | undefined;
  /** What must hold of a store that is reachable before it counts as one that can be written. */
  readonly check?: () => Promise<void>;
}

/**
 * Promise 1 without Redis: while the store cannot be written, this process opens nothing, and closes by placement what marks
 * and the clouds' own clocks say is over, and what it remembers (docs/decisions/0013). Every process is its own.
 */
export class Lifeboat {
  readonly #options: LifeboatOptions;
  readonly #clouds: readonly CloudBoat[];
  readonly #stopping = new AbortController();
  #isOn = false;
  #isBack = false;
  #failingSinceMs: number | undefined;
  #isChecked = false;
  #lost: JitError | undefined;
  #why: JitError | undefined;
  /** Reports that nobody was told yet, and when they were tried last. */
  #owed: readonly Report[] = [];
  #triedMs = Number.NEGATIVE_INFINITY;
  #isTelling = false;
  #isUnmerged = true;
  #epoch: number | undefined;
  /** What the store's clock said last, and when, by ours. */
  #heard: { readonly at: Instant; readonly atMs: number } | undefined;
  #closed = new Map<string, Placement>();
  #left = new Map<string, Placement>();
  readonly #rounds = new Set<Promise<void>>();
  #running: Promise<unknown> = Promise.resolve();
  #ending: Promise<void> | undefined;

  constructor(options: LifeboatOptions) {
    this.#options = options;
    const storeNow = () => this.#heard && this.#heard.at + (options.deps.monotonic() - this.#heard.atMs);
    this.#clouds = [...options.deps.clouds.values()].map((cloud) => new CloudBoat({ ...options, storeNow }, cloud));
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  /** For operators: is it at work, and did the store go back without having been compared since? */
  state(): { readonly isOn: boolean; readonly wentBack: boolean; readonly why?: string } {
    const why = this.#isOn ? (this.#lost ?? this.#why)?.text : undefined;
    return { isOn: this.#isOn, wentBack: this.#isBack, ...(why === undefined ? {} : { why }) };
  }

  /** What is wrong with the undo folder, where it is for that and not for Redis that this process opens nothing. */
  lost(): JitError | undefined {
    return this.#isOn ? this.#lost : undefined;
  }

  /** Throws `storeAway`, `undoFolderAway`. */
  mayOpen(): void {
    if (this.#isOn) throw new JitError(this.#lost ? 'undoFolderAway' : 'storeAway');
  }

  /** Begins at once where the store was found to be away already, or what stands beside it. */
  async start({ away }: { readonly away?: Error }): Promise<void> {
    if (away) await this.#begin(away);
    const { beatMs = BEAT_MS, roundMs = ROUND_MS } = this.#options;
    this.#running = Promise.all([
      this.#again(beatMs, () => this.beat()),
      // What is known to be over does not wait until a whole cloud was looked through.
      ...this.#clouds.flatMap((cloud) =>
        [() => this.#look(cloud), () => this.#round(cloud)].map((work) =>
          this.#again(() => (this.#isOn ? roundMs : beatMs), work),
        ),
      ),
    ]);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** Finds out whether the store can be written, and begins or ends. */
  async beat(): Promise<void> {
    const { deps, awayMs = AWAY_MS } = this.#options;
    this.#tellOwed();
    const askedMs = deps.monotonic();
    let now: Now;
    try {
      now = await this.#write();
    } catch (error) {
      this.#failingSinceMs ??= askedMs;
      if (!this.#isOn && deps.monotonic() - this.#failingSinceMs >= awayMs) await this.#begin(error);
      return;
    }
    this.#failingSinceMs = undefined;
    // Counted from before it was asked, so that it is ahead rather than behind.
    this.#heard = now.trusted ? { at: now.at, atMs: askedMs } : undefined;
    if (this.#isOn) await this.#end();
    if (this.#isUnmerged) await this.#merge();
    this.#isBack = now.wentBack === true;
    const isAnother = this.#epoch !== undefined && now.epoch !== this.#epoch;
    if (now.wentBack || isAnother) await this.#goBack(now.epoch);
    else this.#epoch = now.epoch;
  }

  /** Ends what was revoked, one time after the other. It may take as long as a cloud is silent: then no beat waits for it. */
  async #goBack(epoch: number | undefined): Promise<void> {
    if (this.#ending) return;
    const { deps, memory, wentBack } = this.#options;
    const ending = (async () => {
      try {
        await wentBack?.(memory.revoked());
        this.#epoch = epoch;
      } catch (error) {
        deps.log.error({ error }, 'what was revoked could not be ended in a store that went back; it is tried again');
      } finally {
        this.#ending = undefined;
      }
    })();
    this.#ending = ending;
    await soon(ending, this.#options.writeMs ?? WRITE_MS).catch(() => undefined);
  }

  /** One look, where it is time to, and one round in all clouds. */
  async round(): Promise<void> {
    await Promise.all(
      this.#clouds.map(async (cloud) => {
        await this.#look(cloud);
        await this.#round(cloud);
      }),
    );
  }

  async #write(): Promise<Now> {
    const { deps, check, writeMs = WRITE_MS } = this.#options;
    if (!this.#isChecked && check) await soon(check(), writeMs);
    this.#isChecked = true;
    return soon(deps.store.write(), writeMs);
  }

  async #begin(error: unknown): Promise<void> {
    this.#isOn = true;
    this.#lost = error instanceof JitError && FOLDER.includes(error.code) ? error : undefined;
    this.#isUnmerged = true;
    this.#closed = new Map();
    this.#left = new Map();
    for (const cloud of this.#clouds) cloud.reset();
    const { log } = this.#options.deps;
    const what = this.#lost ? 'the undo folder is not there' : 'Redis cannot be written';
    this.#why = this.#lost ? undefined : this.#options.why?.(error);
    const remedy = this.#why ? { why: this.#why.text } : {};
    log.error({ error, ...remedy }, `${what}: nothing is opened, and what is over is closed without it`);
    this.#tell(begunReport(this.#options.host, this.#lost, this.#why));
  }

  async #end(): Promise<void> {
    this.#isOn = false;
    const done = this.#over({ closed: this.#closed, left: this.#left }, this.#lost !== undefined);
    // Work goes on meanwhile.
    if (this.#rounds.size === 0) await done;
  }

  /** Tells what was closed, and has it settled in its records by the same work as ever, once the rounds under way have ended. */
  async #over(all: Told, wasFolder: boolean): Promise<void> {
    const { deps, host } = this.#options;
    await soon(Promise.allSettled(this.#rounds), LAST_MS).catch((error: unknown) =>
      deps.log.warn({ error }, 'a round of the lifeboat goes on; what it closes is not in the report'),
    );
    const [closed, left] = [[...all.closed.values()], [...all.left.values()]];
    const again = wasFolder ? 'the undo folder is there again' : 'Redis can be written again';
    deps.log.warn({ closed: closed.length, left: left.length }, again);
    this.#tell(overReport(host, wasFolder, closed, left));
    const machines = [...new Set([...closed, ...left].map(({ rule }) => rule.machine))];
    try {
      if (machines.length > 0) await deps.queue.converge(machines, `lifeboat-${Math.floor(deps.monotonic())}`, 'close');
    } catch (error) {
      deps.log.warn({ error }, 'hints were lost; the due index will find the work');
    }
  }

  async #look(cloud: CloudBoat): Promise<void> {
    if (this.#isOn) await cloud.look(this.#stopping.signal);
  }

  async #round(cloud: CloudBoat): Promise<void> {
    if (!this.#isOn) return;
    const round = this.#close(cloud, { closed: this.#closed, left: this.#left });
    this.#rounds.add(round);
    try {
      await round;
    } finally {
      this.#rounds.delete(round);
    }
  }

  async #close(cloud: CloudBoat, all: Told): Promise<void> {
    const { closed, failed } = await cloud.round(this.#stopping.signal);
    for (const placement of closed) {
      all.left.delete(placementKey(placement));
      if (all.closed.size < MOST_TOLD) all.closed.set(placementKey(placement), placement);
    }
    for (const { placement } of failed) all.left.set(placementKey(placement), placement);
  }

  async #merge(): Promise<void> {
    const { deps, spool } = this.#options;
    try {
      const merged = await spool.merge((entry) => deps.audit.merge(entry));
      this.#isUnmerged = false;
      if (merged > 0) deps.log.info({ merged }, 'what was closed without Redis is in the audit');
    } catch (error) {
      deps.log.error({ error }, 'what was closed without Redis could not be written to the audit yet');
    }
  }

  /** Nothing waits for a chat. What nobody takes is told again, in its order. */
  #tell(report: Report): void {
    this.#owed = [...this.#owed, report].slice(-MOST_OWED);
    this.#triedMs = Number.NEGATIVE_INFINITY;
    this.#tellOwed();
  }

  #tellOwed(): void {
    const { deps } = this.#options;
    if (this.#isTelling || this.#owed.length === 0 || deps.monotonic() - this.#triedMs < TELL_AGAIN_MS) return;
    this.#triedMs = deps.monotonic();
    this.#isTelling = true;
    void this.#tellAll().catch((error: unknown) => deps.log.error({ error }, 'operators could not be told'));
  }

  async #tellAll(): Promise<void> {
    try {
      for (let [report] = this.#owed; report; [report] = this.#owed) {
        if (!(await tellOperators(this.#options.deps, report))) return;
        this.#owed = this.#owed.filter((one) => one !== report);
      }
    } finally {
      this.#isTelling = false;
    }
  }

  async #again(everyMs: number | (() => number), work: () => Promise<void>): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await work();
      } catch (error) {
        if (!signal.aborted) this.#options.deps.log.error({ error }, 'the lifeboat failed; it goes on');
      }
      const ms = typeof everyMs === 'number' ? everyMs : everyMs();
      await rest(ms, signal);
    }
  }
}
