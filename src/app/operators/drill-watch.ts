import type { AuditFacts } from '../../core/audit/entry.ts';
import { JitError } from '../../core/errors/errors.ts';
import { SECOND_MS } from '../../core/language/instant.ts';
import { phrased } from '../../core/language/text.ts';
import { type Place, uniquePlaces } from '../../core/people/place.ts';
import { factsOf } from '../../core/request/audited.ts';
import { DRILL_BOUND_MS, type Drill, drillLateness } from '../../core/request/drill.ts';
import { type Approved, type Ended, isApproved, placementsOf, type Request } from '../../core/request/request.ts';
import { placementKey } from '../../core/rule/rule.ts';
import { drillReport, drillSentence } from '../../core/view/drill-page.ts';
import type { Hand, HandMaker } from '../../ports/drill.ts';
import { note } from '../audit/act.ts';
import type { Deps } from '../deps.ts';
import { mustBeAlone } from '../machine/canary.ts';
import { answerInTime, cloudFor } from '../machine/cloud.ts';
import { tellPlaces } from '../protect/news.ts';

const BOUND_S = DRILL_BOUND_MS / SECOND_MS;

/** One drill that this process began, from its opening to its report. */
export class DrillWatch {
  readonly #deps: Deps;
  /** Who began it, where they did. */
  readonly #places: readonly Place[];
  #drill: Drill;
  readonly #hand: Hand;
  #isLooking = false;

  constructor(deps: Deps, drill: Drill, makeHand: HandMaker, places: readonly Place[]) {
    this.#deps = deps;
    this.#drill = drill;
    // Started with the clock of the lease: on a busy computer it takes long to be ready.
    this.#hand = makeHand({ request: drill.request, dueAt: drill.dueAt });
    this.#places = places;
  }

  get isOver(): boolean {
    return this.#drill.outcome !== undefined;
  }

  async stop(): Promise<void> {
    await this.#hand.kill();
  }

  /** What goes wrong here is tried again at the next look, until the time for it is over. */
  async look(): Promise<void> {
    if (this.#isLooking || this.isOver) return;
    this.#isLooking = true;
    try {
      const { request, now } = await this.#deps.store.load(this.#drill.request);
      if (request && isApproved(request)) await this.#goOn(request, now.at);
      if (!this.isOver && now.at > this.#drill.dueAt + DRILL_BOUND_MS)
        await this.#end({ why: `It was not proven closed ${BOUND_S} s after its end.` }, request);
    } catch (error) {
      this.#deps.log.warn({ error, request: this.#drill.request }, 'the drill could not be looked at; it goes on');
    } finally {
      this.#isLooking = false;
    }
  }

  async #goOn(request: Approved, now: number): Promise<void> {
    if (request.status === 'ended') return this.#ended(request);
    if (this.#drill.openedAt === undefined) return this.#opened(request, now);
    if (this.#drill.killedAt !== undefined) return;
    const state = this.#hand.state();
    if (state === 'ended') return this.#end({ why: 'The process that was to be killed ended by itself.' }, request);
    if (state !== 'closing') return;
    await this.#hand.kill();
    await this.#keep({ killedAt: (await this.#deps.store.now()).at });
  }

  /** The cloud is read, whatever the records say. */
  async #opened(request: Approved, now: number): Promise<void> {
    if (request.status !== 'active') return;
    if (!(await this.#isThere(request))) return;
    const why = await this.#isShared(request);
    if (why !== undefined) return this.#end({ openedAt: now, why }, request);
    await this.#keep({ openedAt: now });
  }

  /** Others came since it was judged: nobody is killed who holds them up. */
  async #isShared(request: Approved): Promise<string | undefined> {
    const locks = placementsOf(request).flatMap((placement) => placement.locks);
    try {
      await mustBeAlone(this.#deps, request, locks);
      return undefined;
    } catch (error) {
      if (error instanceof JitError) return error.say;
      throw error;
    }
  }

  async #ended(request: Ended): Promise<void> {
    const { proof, timeline } = request;
    const closer = timeline.findLast(({ event }) => event === 'closed')?.by;
    const closing = { closedAt: proof.at, proof: proof.verdict, ...(closer === undefined ? {} : { closer }) };
    if (await this.#isThere(request)) return;
    const cloudAt = cloudFor(this.#deps, request.machine).timeAt?.(request.machine);
    const seen = { ...closing, ...(cloudAt === undefined ? {} : { cloudAt }) };
    const why = whyFailed({ ...this.#drill, ...seen }, request);
    await this.#end(why === undefined ? seen : { ...seen, why }, request);
  }

  async #isThere(request: Approved): Promise<boolean> {
    const placements = placementsOf(request);
    const { ours } = await cloudFor(this.#deps, request.machine).observe(request.machine, placements, answerInTime());
    const keys = new Set(placements.map(placementKey));
    return ours.some(({ placement }) => keys.has(placementKey(placement)));
  }

  async #keep(more: Partial<Drill>): Promise<void> {
    this.#drill = { ...this.#drill, ...more };
    await this.#deps.drills?.keep(this.#drill);
  }

  /** Passed, unless it says why not. */
  async #end(more: Partial<Drill>, request: Request | undefined): Promise<void> {
    await this.#hand.kill();
    const outcome = more.why === undefined ? 'passed' : 'failed';
    await this.#keep({ ...more, outcome });
    const { chats, log, rules } = this.#deps;
    const facts: AuditFacts = { ...(request ? factsOf(request) : {}), why: phrased(drillSentence(this.#drill)) };
    const entry = {
      event: 'drill',
      outcome: outcome === 'passed' ? 'done' : 'failed',
      by: 'drawbridge',
      as: 'program',
    };
    await note(this.#deps, { ...entry, ...facts } as Parameters<typeof note>[1]);
    const places = uniquePlaces([...(rules.operators ?? []), ...this.#places]);
    await tellPlaces({ chats, log, rules }, drillReport(this.#drill), places);
  }
}

/** Why it did not pass, in a sentence; undefined where it did. */
function whyFailed(drill: Drill, { ending }: Ended): string | undefined {
  // By whom has an entry of its own: a name here could never be erased.
  if (ending.why === 'revoked') return 'It was revoked before its end.';
  if (ending.why === 'failed') return `It could not be opened: ${ending.say}`;
  if (drill.openedAt === undefined) return 'It was not open before its time was over.';
  if (drill.killedAt === undefined)
    return 'It was closed before the process that closes it could be killed: that was not ready in time. Set a longer `drill.length` where this computer is busy.';
  if (drill.proof !== 'closed')
    return 'Its rule is gone, and the port is not proven closed: something else may open it.';
  const isLate = (drillLateness(drill) ?? 0) > DRILL_BOUND_MS;
  return isLate ? `It was closed later than ${BOUND_S} s after its end.` : undefined;
}
