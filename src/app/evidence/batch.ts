import { sha256 } from '../../core/audit/record.ts';
import { BEGINNING, type ChainEnd, chained, type Link, lostBefore } from '../../core/evidence/chain.ts';
import { lineOf } from '../../core/evidence/line.ts';
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

/** The records of a batch, as the store has them now, and what they lead to. Of one that lacks some, those that are left: each is evidence by itself. */
export async function batchBehind(
  { audit }: Pick<Deps, 'audit'>,
  from: ChainEnd,
  to: Checkpoint,
): Promise<{ readonly links: readonly Link[]; readonly state: 'whole' | 'gone' | 'changed' }> {
  const count = to.index - from.index;
  const records = await audit.read(placeOf(from), count);
  const links = chained(from, records);
  const last = links.at(-1);
  const isWhole = links.length === count && last?.epoch === to.epoch && last.sequence === to.sequence;
  if (!isWhole) return { links: rest(from, to, records), state: 'gone' };
  const isSame = last.head === to.head && links.every(({ record, hash }) => sha256(record) === hash);
  if (isSame) return { links, state: 'whole' };
  // It goes on to what was signed: whoever verifies it finds where it was changed.
  return { links: endingWith(links, to), state: 'changed' };
}

/** Up to the first gap they are in their places; those behind it are the last ones. What they lead to there nobody can tell any more. */
function rest(from: ChainEnd, to: Checkpoint, records: readonly AuditRecord[]): readonly Link[] {
  const own = records.filter(
    ({ epoch, sequence }) => epoch < to.epoch || (epoch === to.epoch && sequence <= to.sequence),
  );
  const gap = own.findIndex((record, i) => lostBefore(own[i - 1] ?? from, record) > 0);
  const before = gap < 0 ? own : own.slice(0, gap);
  const behind = own.slice(before.length);
  const links = chained(from, before);
  const end = { ...(links.at(-1) ?? from), index: to.index - behind.length };
  return endingWith([...links, ...chained(end, behind)], to);
}

function endingWith(links: readonly Link[], { head, index }: Checkpoint): readonly Link[] {
  const last = links.at(-1);
  return last?.index === index ? links.with(-1, { ...last, head }) : links;
}

/** From where it is read on; from the first record where there is none before. */
export function placeOf({ epoch, sequence }: ChainEnd): AuditPlace | undefined {
  return epoch === BEGINNING.epoch ? undefined : { epoch, sequence };
}
