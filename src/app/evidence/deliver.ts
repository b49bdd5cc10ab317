import { BEGINNING, type ChainEnd } from '../../core/evidence/chain.ts';
import { SECOND_MS } from '../../core/language/instant.ts';
import type { Checkpoint, SinkState } from '../../ports/audit-chain.ts';
import type { EvidenceRoom } from '../../ports/evidence-room.ts';
import type { Sink } from '../../ports/sink.ts';
import type { Deps } from '../deps.ts';
import type { Alarms } from '../operators/alarms.ts';
import { batchBehind } from './batch.ts';

/** Batches of one turn. */
const MOST_BATCHES = 40;
/** The longest that a sink may take for one batch. */
const WRITE_MS = 30 * SECOND_MS;
const LONGEST_REST_MS = 60 * SECOND_MS;

type DeliverDeps = Pick<Deps, 'audit' | 'log' | 'monotonic'>;

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
      const restMs = Math.min(LONGEST_REST_MS, SECOND_MS * 2 ** Math.min(failures, 6));
      restUntil = deps.monotonic() + restMs;
      deps.log.warn(
        { sink: sink.name, failures, restMs, error },
        'a sink of the audit took nothing; it is tried again',
      );
    }
  };
}

async function deliver(
  { alarms, ...deps }: DeliverDeps & { readonly alarms: Pick<Alarms, 'raise'> },
  { chain, installation }: EvidenceRoom,
  sink: Sink,
  signal: AbortSignal,
): Promise<void> {
  const { name, isBestEffort } = sink;
  const moved = (at: Checkpoint) =>
    chain.moved({ name, index: at.index, at: at.at, ...(isBestEffort ? { isBestEffort } : {}) });
  let from = await begin(deps, chain, sink, moved);
  for (let n = 0; n < MOST_BATCHES; ) {
    const next = await chain.after(from.index, MOST_BATCHES);
    if (next.length === 0) return;
    for (const to of next) {
      n += 1;
      signal.throwIfAborted();
      const { links, state } = await batchBehind(deps, from, to);
      if (state === 'changed') await tellChanged(deps, alarms, from, to);
      if (state === 'gone')
        deps.log.error(
          { sink: name, from: from.index, to: to.index },
          'the store lost entries of the audit before a sink had them',
        );
      else {
        const batch = { installation, from, links, note: to.note };
        await sink.write(batch, AbortSignal.any([signal, AbortSignal.timeout(WRITE_MS)]));
      }
      await moved(to);
      from = to;
    }
  }
}

/** From where it goes on. A new sink begins with the first batch that the store still has whole, or with the next one. */
async function begin(
  deps: DeliverDeps,
  chain: EvidenceRoom['chain'],
  { name, isNewsOnly }: Sink,
  moved: (at: Checkpoint) => Promise<void>,
): Promise<ChainEnd> {
  const own = (await chain.sinks()).find((one: SinkState) => one.name === name);
  if (own) return own.index === 0 ? BEGINNING : ((await chain.at(own.index)) ?? (await oldest(deps, chain)));
  const start = isNewsOnly ? ((await chain.last()) ?? BEGINNING) : await oldest(deps, chain);
  // Known from now on: nothing is dropped before it has it.
  await moved({ ...start, at: 0, note: '' });
  return start;
}

async function oldest(deps: DeliverDeps, chain: EvidenceRoom['chain']): Promise<ChainEnd> {
  const [first] = await chain.after(-1, 1);
  if (!first) return BEGINNING;
  return (await batchBehind(deps, BEGINNING, first)).state === 'gone' ? first : BEGINNING;
}

/** What was changed in the store after it was signed goes out as it is now: with its signed head, it proves that it was changed. */
async function tellChanged(
  { log }: DeliverDeps,
  alarms: Pick<Alarms, 'raise'>,
  from: ChainEnd,
  to: Checkpoint,
): Promise<void> {
  log.error(
    { from: from.index, to: to.index },
    'entries of the audit were changed in the store after they were signed',
  );
  const lines = [
    `Between records ${from.index} and ${to.index}, somebody who can write to Redis changed what was signed.`,
  ];
  await alarms.raise({
    key: `audit changed ${to.index}`,
    title: 'The audit was changed in Redis',
    lines,
    isLoud: true,
  });
}
