import { JitError } from '../../core/errors/errors.ts';
import { SECOND_MS } from '../../core/language/instant.ts';
import type { Machine } from '../../core/machine/machine.ts';
import { match } from '../../core/machine/match.ts';
import type { Person } from '../../core/people/person.ts';
import type { ChatName, Place } from '../../core/people/place.ts';
import { type DrillRules, isSandbox, tagText } from '../../core/policy/drill.ts';
import { canary, type Drill, isLost } from '../../core/request/drill.ts';
import { type Activating, requestId } from '../../core/request/request.ts';
import { portText } from '../../core/rule/port.ts';
import { sourceText } from '../../core/rule/source.ts';
import type { Driller, HandMaker } from '../../ports/drill.ts';
import type { Sender } from '../../ports/inbox.ts';
import { judged } from '../audit/act.ts';
import type { Deps } from '../deps.ts';
import { judgeCanary, mustBeAlone } from '../machine/canary.ts';
import { answerInTime, cloudFor } from '../machine/cloud.ts';
import { change, hint } from '../machine/commit.ts';
import { inventory } from '../machine/inventory.ts';
import { mustBeSecurity } from '../request/end.ts';
import { DrillWatch } from './drill-watch.ts';

const LOCK_MS = 30 * SECOND_MS;
const MOST_NAMES = 5;

/** Runs drills, one at a time in an installation, and watches those that this process began. */
export class Drills implements Driller {
  readonly #deps: Deps;
  readonly #makeHand: HandMaker;
  #watch: DrillWatch | undefined;

  constructor(deps: Deps, makeHand: HandMaker) {
    this.#deps = deps;
    this.#makeHand = makeHand;
  }

  async begin(person: Person, typed: string | undefined, { chat, user, key }: Sender): Promise<Drill> {
    const deps: Deps = { ...this.#deps, acting: { person: { id: person.id, name: person.name }, chat, account: user } };
    const attempt = { event: 'drill', by: deps.acting ?? 'drawbridge', as: 'security' } as const;
    const made = `${chat}:${key}`;
    return judged(deps, { ...attempt, ...(typed === undefined ? {} : { words: typed }) }, async () => {
      mustBeSecurity(deps, person);
      const { drill: rules } = deps.rules;
      if (!rules || !deps.drills) throw new JitError('drillNotSet');
      deps.mayOpen?.();
      const options = { ttlMs: LOCK_MS, waitMs: LOCK_MS, closing: false, signal: answerInTime() };
      return deps.lock.hold(['drill'], options, () => this.#beginOne(deps, person, { rules, typed, made, chat }));
    });
  }

  /** Looks how the drill goes that this process began. Called again and again; does nothing where there is none. */
  async look(): Promise<void> {
    const watch = this.#watch;
    if (!watch) return;
    await watch.look();
    if (watch.isOver && this.#watch === watch) this.#watch = undefined;
  }

  /** The canary ends all the same, at its time. */
  async stop(): Promise<void> {
    await this.#watch?.stop();
  }

  async #beginOne(deps: Deps, person: Person, { rules, typed, made, chat }: Ask): Promise<Drill> {
    const [last, { at }] = await Promise.all([deps.drills?.last(), deps.store.now()]);
    // The same delivery, once more.
    if (last && last.request === (await deps.store.madeBy(made))) return last;
    if (last && last.outcome === undefined && !isLost(last, at))
      throw new JitError('drillUnderWay', { machine: last.machineName });
    const request = await judgedCanary(deps, person, rules, await sandbox(deps, rules, typed));
    const drill: Drill = {
      request: request.id,
      machineName: request.machineName,
      what: `port ${portText(rules.port)} from ${sourceText(rules.source)}`,
      by: request.requester,
      startedAt: request.lease.from,
      dueAt: request.lease.until,
    };
    // Kept first: a lease that nobody watches is no drill.
    await deps.drills?.keep(drill);
    const said = { next: request, event: 'drill', by: person.id, as: 'security' } as const;
    const [saved] = await deps.store.save([{ ...change(deps, undefined, said), key: made }]);
    if (saved !== 'saved') throw new JitError('stale');
    this.#watch = new DrillWatch(this.#deps, drill, this.#makeHand, placesOf(deps, person, chat));
    await hint(deps, [request]);
    return drill;
  }
}

/** Runs drills in this process, until stopped. */
export function startDrills(deps: Deps, makeHand: HandMaker, everyMs: number): Driller & { stop(): Promise<void> } {
  const drills = new Drills(deps, makeHand);
  const timer = setInterval(() => void drills.look(), everyMs);
  return {
    begin: (person, typed, sender) => drills.begin(person, typed, sender),
    async stop() {
      clearInterval(timer);
      await drills.stop();
    },
  };
}

interface Ask {
  readonly rules: DrillRules;
  readonly typed: string | undefined;
  /** What the delivery is known by. */
  readonly made: string;
  readonly chat: ChatName;
}

/** Their own chat in which they asked. */
function placesOf({ directory }: Deps, person: Person, chat: ChatName): readonly Place[] {
  const own = directory.reach(person);
  return (own.some((place) => place.chat === chat) ? own.filter((place) => place.chat === chat) : own).slice(0, 1);
}

/** The machine that is meant: the one that bears the tag, where none is named. */
async function sandbox(deps: Deps, rules: DrillRules, typed: string | undefined): Promise<Machine> {
  const machines = await inventory(deps, answerInTime());
  if (typed !== undefined) return match(machines, typed);
  const fitting = machines.all.filter((machine) => isSandbox(rules, machine));
  const [only, ...more] = fitting;
  const tag = tagText(rules);
  if (!only) throw new JitError('noSandbox', { tag });
  if (more.length === 0) return only;
  const choices = fitting.slice(0, MOST_NAMES).map(({ name }) => name);
  const names = choices.join(', ');
  throw new JitError('whichSandbox', { count: fitting.length, tag, names, first: only.name }, { choices });
}

/** The lease that the drill will open, with nothing against it: the cloud is asked now. */
async function judgedCanary(deps: Deps, person: Person, rules: DrillRules, machine: Machine): Promise<Activating> {
  const signal = answerInTime();
  const cloud = cloudFor(deps, machine.id);
  const state = await cloud.look(machine.id, signal);
  const { at } = await deps.store.now();
  const request = canary({
    id: requestId(deps.random(7)),
    askedAt: at,
    requester: { id: person.id, name: person.name },
    machine: machine.id,
    machineName: machine.name,
    location: machine.location,
    ports: [rules.port],
    source: rules.source,
    forMs: rules.forMs,
    ...(state.identity === undefined ? {} : { identity: state.identity }),
  });
  const { unsatisfied, failed } = await judgeCanary(deps, request, async () => state);
  const [first, ...others] = [...unsatisfied, ...failed];
  if (first) throw first.with(others);
  const rule = { machine: machine.id, port: rules.port, source: rules.source };
  const placements = await cloud.locate([rule], signal);
  await mustBeAlone(
    deps,
    request,
    placements.flatMap(({ locks }) => locks),
  );
  return request;
}
