import { JitError } from '../../core/errors/errors.ts';
import type { MachineId } from '../../core/machine/machine.ts';
import type { Held, Lock } from '../../ports/lock.ts';
import type { Deps } from '../deps.ts';
import { applyUnderLock } from './apply.ts';
import { cloudFor } from './cloud.ts';
import { judgeOpenings } from './openings.ts';
import { allowedOf, isToClose, isToOpen, locksOf, type MayOpen, NOTHING_JUDGED } from './owed.ts';
import { passTime } from './time.ts';
import { tracedFor } from './traced.ts';

/** How long it is waited for others who edit the same security group, policy or firewall. */
export const WAIT_MS = 3_000;
/** Machines closed under one hold of the locks: then whoever waits for them has a chance. */
const CLOSED_AT_ONCE = 200;
/** The same for openings, which are fewer, as closings wait for them. */
const OPENED_AT_ONCE = 10;
/**
 * Machines of one hold that are closed at the same time: adapters let them take turns where they edit the same, and write once
 * for all where that is one write.
 */
const HANDS = 50;
/** A judgement that is older is made again: an opening waited behind closings. */
const JUDGED_MS = 10_000;

/** What is owed on one machine, and the locks that it takes. */
export interface Part {
  readonly machine: MachineId;
  readonly locks: readonly string[];
  /** Of what was judged; for what only closes, nothing. */
  readonly allowed: MayOpen;
  readonly isClosing: boolean;
}

interface Waiting extends Part {
  readonly judgedMs: number;
}

/** One process at work behind some locks, and what came meanwhile. */
interface Batch {
  /** Whose converge leads it, and settles it. */
  readonly machine: MachineId;
  locks: ReadonlySet<string>;
  readonly waiting: Map<MachineId, Waiting>;
  /** Machines that are going to be read under the locks: whatever is owed there is seen then. */
  readonly ahead: Set<MachineId>;
  /** Closings that were looked at, by id and version. */
  readonly tried: Set<string>;
}

/** Of each process, which has one lock. */
const batches = new WeakMap<Lock, Set<Batch>>();

/**
 * Work of one lock is one batch: whoever comes first takes its own part, everything that is to be closed now under the same
 * locks, on whatever machine, and what others of this process bring meanwhile; closings first. False where such a batch is
 * under way: it was given the part, and will settle the machine.
 */
export async function together(deps: Deps, part: Part, signal: AbortSignal): Promise<boolean> {
  const all = batches.get(deps.lock) ?? new Set();
  batches.set(deps.lock, all);
  const locks = part.locks.length > 0 ? part.locks : [part.machine];
  const waiting = { ...part, locks, judgedMs: deps.monotonic() };
  const underWay = [...all].find((one) => locks.some((lock) => one.locks.has(lock)));
  if (underWay) {
    if (!(part.isClosing && underWay.ahead.has(part.machine))) enlist(underWay, waiting);
    return false;
  }
  const own: Batch = {
    machine: part.machine,
    locks: new Set(locks),
    waiting: new Map([[part.machine, waiting]]),
    ahead: new Set(),
    tried: new Set(),
  };
  all.add(own);
  try {
    await lead(deps, own, signal);
  } finally {
    all.delete(own);
  }
  return true;
}

function enlist({ waiting }: Batch, part: Waiting): void {
  const before = waiting.get(part.machine);
  waiting.set(part.machine, {
    ...part,
    locks: [...new Set([...(before?.locks ?? []), ...part.locks])],
    isClosing: part.isClosing || before?.isClosing === true,
    allowed: new Map([...(before?.allowed ?? []), ...part.allowed]),
  });
}

/** Portion by portion, until nothing waits. Throws what went wrong on its own machine; of others the log is told. */
async function lead(deps: Deps, own: Batch, signal: AbortSignal): Promise<void> {
  let mine: { readonly error: unknown } | undefined;
  while (own.waiting.size > 0) {
    signal.throwIfAborted();
    const portion = await nextPortion(deps, own, signal);
    const failed = await takeWhatIsFree(deps, own, portion, signal);
    if (failed.has(own.machine)) mine = { error: failed.get(own.machine) };
  }
  if (mine) throw mine.error;
}

/** Closings, of this process and of all others; where there are none, openings that were judged lately. */
async function nextPortion(deps: Deps, own: Batch, signal: AbortSignal): Promise<readonly Waiting[]> {
  const closing = taken(own, ({ isClosing }) => isClosing, CLOSED_AT_ONCE);
  if (closing.length === 0) {
    const opening = taken(own, () => true, OPENED_AT_ONCE);
    return (await Promise.all(opening.map((part) => judgedLately(deps, part, signal)))).flatMap((part) => part ?? []);
  }
  const portion = new Map(closing.map((part) => [part.machine, part]));
  const due = await deps.store.ending([...own.locks], CLOSED_AT_ONCE);
  const again = due.filter(({ id, version }) => own.tried.has(`${id} ${version}`));
  // What was looked at, and was nothing to close, is kept in the wrong place.
  await deps.store.reindex(again);
  for (const request of due) {
    const { id, version, machine } = request;
    if (portion.size >= CLOSED_AT_ONCE && !portion.has(machine)) continue;
    if (again.includes(request)) continue;
    own.tried.add(`${id} ${version}`);
    const before = portion.get(machine) ?? own.waiting.get(machine);
    own.waiting.delete(machine);
    const locks = [...new Set([...(before?.locks ?? []), ...locksOf([request])])];
    const part = { machine, locks, allowed: before?.allowed ?? NOTHING_JUDGED, isClosing: true };
    portion.set(machine, { ...part, judgedMs: before?.judgedMs ?? 0 });
  }
  return [...portion.values()];
}

function taken({ waiting }: Batch, fits: (part: Waiting) => boolean, most: number): readonly Waiting[] {
  const some = [...waiting.values()].filter(fits).slice(0, most);
  for (const { machine } of some) waiting.delete(machine);
  return some;
}

/** What waited is judged again, as it is now; undefined where nothing is to be opened any more. */
async function judgedLately(deps: Deps, part: Waiting, signal: AbortSignal): Promise<Waiting | undefined> {
  if (deps.monotonic() - part.judgedMs < JUDGED_MS) return part;
  const { machine } = part;
  const judgedMs = deps.monotonic();
  const { requests, now } = await deps.store.liveOn(machine);
  const ready = await judgeOpenings(deps, machine, { requests, now }, signal);
  const isClosing = ready.requests.some((request) => isToClose(request, now));
  if (!isClosing && !ready.requests.some((request) => isToOpen(request, ready.allowed))) return undefined;
  return { machine, locks: locksOf(ready.requests), allowed: ready.allowed, isClosing, judgedMs };
}

type Failures = ReadonlyMap<MachineId, unknown>;

/** All of them, or, where somebody else has a lock of some for long, the first alone. */
async function takeWhatIsFree(
  deps: Deps,
  own: Batch,
  portion: readonly Waiting[],
  signal: AbortSignal,
): Promise<Failures> {
  try {
    return await take(deps, own, portion, signal);
  } catch (error) {
    const isLocked = error instanceof JitError && error.code === 'locked';
    if (!isLocked || portion.length < 2) throw error;
    return take(deps, own, portion.slice(0, 1), signal);
  }
}

/** Takes the locks of all parts, and goes through the machines; gives what went wrong where. */
async function take(deps: Deps, own: Batch, portion: readonly Waiting[], signal: AbortSignal): Promise<Failures> {
  const [first] = portion;
  if (!first) return new Map();
  const failed = new Map<MachineId, unknown>();
  const locks = [...new Set(portion.flatMap((part) => part.locks))].sort();
  own.locks = new Set(locks);
  for (const { machine } of portion) own.ahead.add(machine);
  const { limits } = cloudFor(deps, first.machine);
  const closing = portion.some(({ isClosing }) => isClosing);
  // Longer than a call may take, renewed three times in between: a call that was begun ends before the lock can.
  const options = { ttlMs: 2 * limits.callMs, waitMs: WAIT_MS, closing, removes: closing, signal };
  try {
    await deps.lock.hold(locks, options, async (held) => {
      // Openings go one after the other: what one writes the next one reads.
      await byHands(portion, closing ? HANDS : 1, async (part) => {
        own.ahead.delete(part.machine);
        try {
          const work = () => makeRight(deps, part, own.locks, held);
          // One for each machine: whoever leads others would keep all of theirs before whatever comes from elsewhere.
          await (deps.inOnePiece?.(work, part.isClosing) ?? work());
          if (part.machine !== own.machine) await deps.store.settle(part.machine);
        } catch (error) {
          failed.set(part.machine, error);
          deps.log.warn({ machine: part.machine, error }, 'a machine could not be made right; it is looked at again');
        }
      });
    });
  } finally {
    own.ahead.clear();
  }
  return failed;
}

/** Under the locks, with everything read again: what another batch did meanwhile is not done twice. */
async function makeRight(deps: Deps, part: Part, locks: ReadonlySet<string>, held: Held): Promise<void> {
  const { machine, allowed } = part;
  const startedMs = deps.monotonic();
  const fresh = await deps.store.liveOn(machine);
  const { now } = fresh;
  // Placed by somebody else meanwhile, with other locks, or not judged as it is now: the next look takes those.
  const locked = (await passTime(deps, fresh.requests, now)).filter((request) =>
    locksOf([request]).every((lock) => locks.has(lock)),
  );
  const requests = allowedOf(locked, allowed, now);
  if (requests.some((request) => isToClose(request, now) || isToOpen(request, allowed)))
    await tracedFor(deps, requests, () =>
      applyUnderLock(deps, cloudFor(deps, machine), { requests, now, startedMs, found: [], machine }, held),
    );
}

/** Some at once, in their order. `work` does not throw. */
async function byHands<T>(all: readonly T[], hands: number, work: (one: T) => Promise<void>): Promise<void> {
  const left = all.values();
  const hand = async () => {
    for (const one of left) await work(one);
  };
  await Promise.all(Array.from({ length: Math.min(hands, all.length) }, hand));
}
