import type { RecordFacts } from '../audit/facts.ts';
import { DAY_MS, type Instant } from '../language/instant.ts';
import type { keyTimes } from './key-times.ts';
import { isKeyOf, type NoteSigner, type NoteVerifier, readNote } from './note.ts';

/** That a sink deletes what is before a record, as it is older than so many days. */
interface Retention {
  readonly installation: string;
  readonly sink: string;
  readonly begins: number;
  readonly days: number;
  readonly at: Instant;
}

const KIND = 'drawbridge retention v1';
const RETAINED = /: records before (\d+) were deleted, older than (\d+) days$/;

/** What the audit says where a sink deletes what is older than it is to be kept. */
export function retainedText({ sink, begins, days }: Pick<Retention, 'sink' | 'begins' | 'days'>): string {
  return `${sink}: records before ${begins} were deleted, older than ${days} days`;
}

/** Signed, so that nobody who can write to Redis can say it: a signed note (core/evidence/note.ts). */
export function retentionNote(signer: NoteSigner, retention: Retention): string {
  return signer.sign(textOf(retention));
}

function textOf({ installation, sink, begins, days, at }: Retention): string {
  return `${[KIND, installation, sink, begins, days, new Date(at).toISOString()].join('\n')}\n`;
}

/** What such a note says, and which key signed it; undefined where it is none, or no key that is known signed it. */
export function readRetention(
  note: unknown,
  verifiers: readonly NoteVerifier[],
): (Retention & { readonly by: string }) | undefined {
  const read = typeof note === 'string' ? readNote(note, verifiers) : undefined;
  if (read?.state !== 'signed' || read.by === undefined) return undefined;
  const [, installation = '', sink = '', begins, days, at = ''] = read.text.split('\n');
  const said = { installation, sink, begins: Number(begins), days: Number(days), at: Date.parse(at) };
  const isRight = [said.begins, said.days, said.at].every(Number.isSafeInteger) && textOf(said) === read.text;
  return isRight && isKeyOf(read.by, installation) ? { ...said, by: read.by } : undefined;
}

/** Does an entry say that records were deleted, up to one that comes behind this? */
function isSaid({ event, why }: RecordFacts, first: number): boolean {
  const [, begins] = (event === 'retain' && RETAINED.exec(String(why))) || [];
  return begins !== undefined && Number(begins) >= first;
}

type Place = { readonly index: number; readonly at: Instant };

/**
 * What entries say of records that were deleted after their time. One is believed where a key signed that in its time, and the records that are left
 * are as old as it says, as files are deleted whole, up to the day after their last record: else whoever can write to Redis could have any of them
 * taken for old.
 */
export function deletions(verifiers: readonly NoteVerifier[], times: Pick<ReturnType<typeof keyTimes>, 'against'>) {
  let [first, believed, doubted, unsigned]: (Place | undefined)[] = [];
  let [begins, days] = [0, 0];
  return {
    /** A record, in its place. */
    take({ index, at }: Place, facts: RecordFacts): void {
      first ??= { index, at };
      if (!isSaid(facts, first.index)) return;
      const signed = readRetention(facts.retention, verifiers);
      const isOwn = signed && times.against(signed.by, Math.max(signed.at, at)) === undefined;
      if (!isOwn || signed.begins < first.index) unsigned = { index, at };
      else if (first.at > signed.at - signed.days * DAY_MS) doubted = { index, at };
      else if (signed.begins >= begins) [believed, begins, days] = [{ index, at }, signed.begins, signed.days];
    },
    /** Of records that are missing before the first: a remark where they were deleted after their time, a fault where they were not. */
    before(missing: string): { readonly remark: string } | { readonly fault: string } {
      if (believed)
        return {
          remark: `${missing} not here: record ${believed.index} says that they were deleted, older than ${days} days`,
        };
      return { fault: `${missing} missing before this line, and ${why(doubted, unsigned)}` };
    },
  };
}

function why(doubted: Place | undefined, unsigned: Place | undefined): string {
  if (doubted)
    return `record ${doubted.index} says that they were deleted after their time, for which the next ones are too young`;
  if (unsigned)
    return `record ${unsigned.index} says that they were deleted after their time, which no key that is known signed: somebody who can write to Redis, or an earlier version of Drawbridge, wrote it`;
  return 'no entry says that they were deleted after their time';
}
