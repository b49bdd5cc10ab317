import { sha256 } from '../../core/audit/record.ts';
import {
  BEGINNING,
  type ChainEnd,
  chained,
  headAfter,
  type Link,
  lostBefore,
  NO_HEAD,
} from '../../core/evidence/chain.ts';
import { lineOf } from '../../core/evidence/line.ts';
import { indexIn, runBetween } from '../../core/evidence/runs.ts';
import type { AuditPlace, AuditRecord } from '../../ports/audit.ts';
import type { Checkpoint } from '../../ports/audit-chain.ts';
import type { Deps } from '../deps.ts';

/** Of one batch: what every sink takes in one call. */
export const MOST_RECORDS = 500;
const MOST_BYTES = 700_000;

/** The first of these records that make one batch: at least one. */
export function firstBatch(end: ChainEnd, records: readonly AuditRecord[]): readonly Link[] {
  const links = chained(end, records.slice(0, MOST_RECORDS));
  let bytes = 0;
  const count = links.findIndex((link) => {
    bytes += Buffer.byteLength(lineOf(link));
    return bytes > MOST_BYTES;
  });
  return count < 0 ? links : links.slice(0, Math.max(1, count));
}

/** A batch as the store has it now. */
export interface BatchRead {
  readonly links: readonly Link[];
  /** `gone`: the store lacks some of it. `changed`: it is not what was signed. */
  readonly state: 'whole' | 'gone' | 'changed';
  /** What the store lacks of it, from the first to the last of each gap. */
  readonly missing: readonly Lacking[];
  /** Of one that was changed, the records that were; absent where nobody can tell which. */
  readonly changed?: readonly Lacking[];
}

/** Records, from the first to the last. */
export type Lacking = readonly [from: number, to: number];

/** The records of a batch, as the store has them now, and what they lead to. Of one that lacks some, those that are left: each is evidence by itself. */
export async function batchBehind({ audit }: Pick<Deps, 'audit'>, from: ChainEnd, to: Checkpoint): Promise<BatchRead> {
  const count = to.index - from.index;
  const records = await audit.read(placeOf(from), count);
  const links = chained(from, records);
  const last = links.at(-1);
  const isWhole = links.length === count && last?.epoch === to.epoch && last.sequence === to.sequence;
  if (!isWhole) return rest(from, to, records);
  const wrong = links.filter(({ record, hash }) => sha256(record) !== hash).map(({ index }) => [index, index] as const);
  if (last.head !== to.head) return unled(links, to);
  return wrong.length === 0
    ? { links, state: 'whole', missing: [] }
    : { links, state: 'changed', missing: [], changed: wrong };
}

/**
 * A whole batch that does not lead to what was signed. Which of it was changed nobody can tell, unless it is the only one: of none is said what it
 * leads to, but of the last one, behind which the chain goes on.
 */
function unled(links: readonly Link[], to: Checkpoint): BatchRead {
  const own = links.map((link) => ({ ...link, head: link.index === to.index ? to.head : NO_HEAD }));
  return {
    links: own,
    state: 'changed',
    missing: [],
    ...(links.length === 1 ? { changed: [[to.index, to.index] as const] } : {}),
  };
}

/** What is left of a batch, each record in its place. */
function rest(from: ChainEnd, to: Checkpoint, records: readonly AuditRecord[]): BatchRead {
  const own = records.filter(
    ({ epoch, sequence }) => epoch < to.epoch || (epoch === to.epoch && sequence <= to.sequence),
  );
  const links = headed(from, to, indexed(from, to, own));
  const missing = gapsIn(from.index, to.index, links);
  return { links, state: missing.length > 0 ? 'gone' : 'changed', missing };
}

type Indexed = AuditRecord & Pick<Link, 'index'>;

/** Each with its number. What was in no run of the batch when it was signed is none of it. */
function indexed(from: ChainEnd, to: Checkpoint, own: readonly AuditRecord[]): readonly Indexed[] {
  const run = runBetween(from, to);
  const runs = to.runs ?? (run && [run]);
  if (runs)
    return own.flatMap((record) => {
      const index = indexIn(runs, from.index, record);
      return index === undefined ? [] : [{ ...record, index }];
    });
  // A checkpoint of a version that did not keep them: those behind the first gap are the last ones.
  const gap = own.findIndex((record, i) => lostBefore(own[i - 1] ?? from, record) > 0);
  return own.map((record, i) => {
    const isBehind = gap >= 0 && i >= gap;
    return { ...record, index: isBehind ? to.index - own.length + i + 1 : from.index + i + 1 };
  });
}

/** What they lead to: up to a gap that can be told, and behind it only where it was signed. */
function headed(from: ChainEnd, to: Checkpoint, own: readonly Indexed[]): readonly Link[] {
  let before: Pick<ChainEnd, 'index' | 'head'> = from;
  return own.map((record) => {
    const isKnown = record.index === before.index + 1 && before.head !== NO_HEAD;
    const next = isKnown ? headAfter(before.head, record) : NO_HEAD;
    before = { index: record.index, head: record.index === to.index ? to.head : next };
    return { ...record, head: before.head };
  });
}

function gapsIn(from: number, to: number, links: readonly Link[]): readonly Lacking[] {
  const edges = [from, ...links.map(({ index }) => index), to + 1];
  return edges.slice(1).flatMap((next, i) => {
    const last = edges[i] ?? from;
    return next > last + 1 ? [[last + 1, next - 1] as const] : [];
  });
}

/** From where it is read on; from the first record where there is none before. */
export function placeOf({ epoch, sequence }: ChainEnd): AuditPlace | undefined {
  return epoch === BEGINNING.epoch ? undefined : { epoch, sequence };
}
