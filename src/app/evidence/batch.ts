import { sha256 } from '../../core/audit/record.ts';
import { BEGINNING, type ChainEnd, chained, type Link } from '../../core/evidence/chain.ts';
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

/** The records of a batch, as the store has them now, and what they lead to. */
export async function batchBehind(
  { audit }: Pick<Deps, 'audit'>,
  from: ChainEnd,
  to: Checkpoint,
): Promise<{ readonly links: readonly Link[]; readonly state: 'whole' | 'gone' | 'changed' }> {
  const count = to.index - from.index;
  const links = chained(from, await audit.read(placeOf(from), count));
  const last = links.at(-1);
  const isWhole = links.length === count && last?.epoch === to.epoch && last.sequence === to.sequence;
  if (!isWhole) return { links, state: 'gone' };
  const isSame = last.head === to.head && links.every(({ record, hash }) => sha256(record) === hash);
  if (isSame) return { links, state: 'whole' };
  // It goes on to what was signed: whoever verifies it finds where it was changed.
  return { links: links.with(-1, { ...last, head: to.head }), state: 'changed' };
}

/** From where it is read on; from the first record where there is none before. */
export function placeOf({ epoch, sequence }: ChainEnd): AuditPlace | undefined {
  return epoch === BEGINNING.epoch ? undefined : { epoch, sequence };
}
