import { JitError } from '../../core/errors/errors.ts';
import { BEGINNING, type ChainEnd } from '../../core/evidence/chain.ts';
import { MINUTE_MS, SECOND_MS } from '../../core/language/instant.ts';
import { say } from '../../core/language/say.ts';
import type { Checkpoint, SinkState } from '../../ports/audit-chain.ts';
import type { EvidenceRoom } from '../../ports/evidence-room.ts';
import type { Sink } from '../../ports/sink.ts';
import type { Deps } from '../deps.ts';
import type { Alarms } from '../operators/alarms.ts';
import { batchBehind, type Lacking } from './batch.ts';
import { keptOf, tellChanged, tellMissing } from './tell-missing.ts';

/** Batches of one turn. */
const MOST_BATCHES = 40;
/** The longest that a sink may take for one batch. */
const WRITE_MS = 30 * SECOND_MS;
const LONGEST_REST_MS = 60 * SECOND_MS;
/** Whoever asks to be left alone for longer (`Retry-After`) is asked again by then. */
const LONGEST_ASKED_MS = 5 * MINUTE_MS;

type DeliverDeps = Pick<Deps, 'audit' | 'log' | 'monotonic'>;
type AlarmedDeps = DeliverDeps & { readonly alarms: Pick<Alarms, 'raise'> };

/**
 * Brings a sink all that is chained, a batch at a time, in order. What it did not take, or nobody can tell, comes again: the sink
 * rests first, longer each time. Nothing is dropped from the store before it was taken.
 */
export function deliverer(
  deps: DeliverDeps,
  room: EvidenceRoom,
  sink: Sink,
  alarms: Pick<Alarms, 'raise'>,
): (signal: AbortSignal) => Promise<void> {
  let [failures, restUntil] = [0, 0];
  return async (signal) => {
    if (deps.monotonic() < restUntil) return;
    try {
      await deliver({ ...deps, alarms }, room, sink, signal);
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      const restMs = restAfter(error, failures);
      restUntil = deps.monotonic() + restMs;
      deps.log.warn(
        { sink: sink.name, failures, restMs, error },
        'a sink of the audit took nothing; it is tried again',
      );
    }
  };
}

/** Longer each time, and as long as the sink asked for. */
function restAfter(error: unknown, failures: number): number {
  const ownMs = Math.min(LONGEST_REST_MS, SECOND_MS * 2 ** Math.min(failures, 6));
  const askedMs = error instanceof JitError ? (error.retryAfterMs ?? 0) : 0;
  return Math.max(ownMs, Math.min(LONGEST_ASKED_MS, askedMs));
}

async function deliver(
  deps: AlarmedDeps,
  { chain, installation }: EvidenceRoom,
  sink: Sink,
  signal: AbortSignal,
): Promise<void> {
  const { name, isBestEffort } = sink;
  const moved = ({ index, at }: Pick<Checkpoint, 'index' | 'at'>, has: number) =>
    chain.moved({ name, index, at, ...(has === index ? {} : { has }), ...(isBestEffort ? { isBestEffort } : {}) });
  let { from, has } = await begin(deps, chain, sink, moved);
  for (let n = 0; n < MOST_BATCHES; ) {
    const [newest, next] = [await chain.last(), await chain.after(from.index, MOST_BATCHES)];
    if (next.length === 0) {
      if (newest && newest.index > from.index)
        throw new Error(
          `What Redis has behind record ${from.index} of the audit cannot be read: somebody put it there`,
        );
      return;
    }
    for (const to of next) {
      n += 1;
      signal.throwIfAborted();
      const read = await batchBehind(deps, from, to);
      const { links, state, missing } = read;
      if (state === 'changed') await tellChanged(deps, from, to, read);
      if (state === 'gone' && !(isBestEffort && isDropped(from, missing)))
        await tellMissing(deps, sink, { from, to, missing });
      const last = links.at(-1);
      if (last) {
        const batch = { installation, from, links, note: to.note };
        await sink.write(batch, AbortSignal.any([signal, AbortSignal.timeout(WRITE_MS)]));
        has = last.index;
      }
      await moved(to, has);
      from = to;
    }
  }
}

/** From where it goes on. A new sink begins with the first batch that the store still has whole, or with the next one. */
async function begin(
  deps: AlarmedDeps,
  chain: EvidenceRoom['chain'],
  sink: Sink,
  moved: (at: Pick<Checkpoint, 'index' | 'at'>, has: number) => Promise<void>,
): Promise<Beginning> {
  const [states, last] = [await chain.sinks(), await chain.last()];
  const own = states.find((one: SinkState) => one.name === sink.name);
  const isAhead = own !== undefined && own.index > (last?.index ?? 0);
  if (isAhead) await tellAhead(deps, own, last?.index ?? 0);
  else if (own) {
    const rest = await without(deps, chain, sink, own);
    if (rest) await moved({ ...rest, at: own.at }, rest.index);
    if (rest) return { from: rest, has: rest.index };
    const from = own.index === 0 ? BEGINNING : ((await chain.at(own.index)) ?? (await oldest(deps, chain)));
    return { from, has: hasOf(own) };
  }
  const start = sink.isNewsOnly ? (last ?? BEGINNING) : await oldest(deps, chain);
  // Known from now on: nothing is dropped before it has it.
  await moved({ ...start, at: 0 }, start.index);
  return { from: start, has: 0 };
}

/** Nothing would be brought to it any more. */
async function tellAhead({ log, alarms }: AlarmedDeps, { name, index }: SinkState, last: number): Promise<void> {
  log.error({ sink: name, index, last }, 'the store says that a sink of the audit has more than there is');
  const lines = [
    say`Redis says that it has records up to ${String(index)}, and there are ${String(last)}: somebody who can write to Redis changed that. It is brought again what Redis has.`,
  ];
  const title = say`Somebody changed how far the audit sink ${name} is`;
  await alarms.raise({ key: `sink ahead ${name} ${index}`, title, lines, isLoud: true });
}

interface Beginning {
  readonly from: ChainEnd;
  /** The last record that it was given: what the store had lost before is none that it could lose. */
  readonly has: number;
}

/** Where a new one begins is known before anything is there. */
function hasOf({ at, index, has = index }: SinkState): number {
  return at === 0 ? 0 : has;
}

/**
 * From where a sink that lost what it had is given it again: files that somebody deleted, cut off, or moved. It is told loudly, also where the
 * store has no more of it. Undefined where nothing is lost, or nothing is to be brought.
 */
async function without(
  deps: AlarmedDeps,
  chain: EvidenceRoom['chain'],
  { name, end }: Sink,
  own: SinkState,
): Promise<ChainEnd | undefined> {
  const had = hasOf(own);
  if (!end || had === 0 || (await chain.after(own.index, 1)).length === 0) return undefined;
  const kept = keptOf(await end(AbortSignal.timeout(WRITE_MS)));
  if (kept >= had) return undefined;
  const from = (kept > 0 ? await chain.upTo(kept) : undefined) ?? (await oldest(deps, chain));
  deps.log.error({ sink: name, had, kept, from: from.index }, 'a sink of the audit lost what it had');
  const lines = [
    kept === 0
      ? say`It had records up to ${String(had)}, and now has none. Somebody deleted or moved them, or the settings name another place.`
      : say`It had records up to ${String(had)}, and now ends with record ${String(kept)}. Somebody deleted, cut off, or moved the rest, or the settings name another place.`,
    from.index < own.index
      ? say`Redis has them from record ${String(from.index + 1)} on, and brings them again.`
      : say`Redis does not have them any more: put back what was there, from a copy or another sink.`,
  ];
  await deps.alarms.raise({
    key: `sink lost ${name} ${had} ${kept}`,
    title: say`The audit sink ${name} lost records`,
    lines,
    isLoud: true,
  });
  return from.index < own.index ? from : undefined;
}

async function oldest(deps: DeliverDeps, chain: EvidenceRoom['chain']): Promise<ChainEnd> {
  const [first] = await chain.after(-1, 1);
  if (!first) return BEGINNING;
  return (await batchBehind(deps, BEGINNING, first)).state === 'gone' ? first : BEGINNING;
}

/** Did the store drop it in its turn, the oldest first? It waits for no sink that may lose some. */
function isDropped(from: ChainEnd, [first, ...more]: readonly Lacking[]): boolean {
  return more.length === 0 && first?.[0] === from.index + 1;
}
