import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../../src/core/audit/entry.ts';
import { recordOf } from '../../../src/core/audit/record.ts';
import { BEGINNING, chained } from '../../../src/core/evidence/chain.ts';
import { headText } from '../../../src/core/evidence/head.ts';
import { introducedText, timedKey } from '../../../src/core/evidence/key-times.ts';
import { lineOf, noteLine } from '../../../src/core/evidence/line.ts';
import { noteVerifier } from '../../../src/core/evidence/note.ts';
import { Verification } from '../../../src/core/evidence/verify.ts';
import { EPOCH, signerOf } from './chain.ts';

const [HOUR, DAY] = [3_600_000, 86_400_000];
const [older, newer] = [signerOf(7), signerOf(8)];
const KEYS = { older, newer };
type Key = keyof typeof KEYS;
const verifiers = Object.values(KEYS).flatMap(({ vkey }) => noteVerifier(vkey) ?? []);

/** A record an element: when it was written, what key it introduces, and which key signs the head behind it. */
interface Written {
  readonly at: number;
  readonly introduces?: Key;
  readonly by: Key;
  /** What the head says of its time; that of the record unless told. */
  readonly says?: number;
}

function verdict(all: readonly Written[], untils: ReadonlyMap<string, number> = new Map()) {
  const records = all.map(({ at, introduces }, i) => {
    const why = introduces && introducedText(KEYS[introduces].vkey);
    const event = introduces ? 'audit key' : 'start';
    const entry = { act: `a${i}`, event, outcome: 'done', by: 'drawbridge', as: 'program', ...(why && { why }) };
    return { epoch: EPOCH, sequence: i + 1, at: EPOCH + at, ...recordOf(entry as AuditEntry, () => `salt-${i}`) };
  });
  const verification = new Verification({ verifiers, untils });
  const file = `audit-000000000001-${new Date(EPOCH).toISOString().slice(0, 10)}.jsonl`;
  for (const [i, link] of chained(BEGINNING, records).entries()) {
    const { by, says = link.at } = all[i] as Written;
    const { index, head, epoch, sequence } = link;
    const note = KEYS[by].sign(headText({ installation: 'demo', index, head, epoch, sequence, at: says }));
    for (const [n, line] of [lineOf(link), noteLine(note)].entries())
      verification.take(Buffer.from(line), file, 2 * i + n + 1);
  }
  return verification.verdict().faults.map(({ what, index, say }) => [what, index, say]);
}

const FIRST: Written = { at: 0, introduces: 'older', by: 'older' };
const SECOND: Written = { at: HOUR, introduces: 'newer', by: 'newer' };

describe('a key that was replaced', () => {
  it.each<[string, readonly Written[]]>([
    ['signed before', [FIRST, { at: 1, by: 'older' }, SECOND, { at: 2 * DAY, by: 'newer' }]],
    [
      'signs on for a day, in processes that were not restarted',
      [FIRST, SECOND, { at: DAY, by: 'older' }, { at: DAY, by: 'newer' }],
    ],
  ])('is right where it %s', (_, all) => {
    expect(verdict(all)).toEqual([]);
  });

  it.each<[string, readonly Written[]]>([
    ['signs later', [FIRST, SECOND, { at: 2 * DAY, by: 'older' }, { at: 2 * DAY, by: 'newer' }]],
    [
      'signs later, and says that it was earlier',
      [FIRST, SECOND, { at: 2 * DAY, by: 'older', says: EPOCH }, { at: 2 * DAY, by: 'newer' }],
    ],
    [
      'signs what is old, and says that it is of later',
      [FIRST, SECOND, { at: 2, by: 'older', says: EPOCH + 2 * DAY }, { at: DAY, by: 'newer' }],
    ],
  ])('is none where it %s', (_, all) => {
    expect(verdict(all)).toEqual([
      ['signature', 3, 'the head of record 3 is signed by a key that was replaced at record 2'],
    ]);
  });

  it('is not taken up again, though a record says so, and it signs that', () => {
    expect(verdict([FIRST, SECOND, { ...FIRST, at: 2 * DAY }, { at: 9 * DAY, by: 'older' }])).toEqual([
      ['signature', 3, 'the head of record 3 is signed by a key that was replaced at record 2'],
      ['signature', 4, 'the head of record 4 is signed by a key that was replaced at record 2'],
    ]);
  });

  it('signs nothing that counts after the time that whoever verifies gives it, also where no record tells of the next', () => {
    const untils = new Map([[older.vkey, EPOCH + HOUR]]);
    const all: readonly Written[] = [FIRST, { at: HOUR, by: 'older' }, { at: HOUR + 1, by: 'older' }];
    expect(verdict(all.slice(0, 2), untils)).toEqual([]);
    const says = `the head of record 3 is signed by a key whose time was over (${new Date(EPOCH + HOUR).toISOString()})`;
    expect(verdict(all, untils)).toEqual([['signature', 3, says]]);
  });

  it('is given with its time, or without', () => {
    const { vkey } = older;
    expect(timedKey(vkey)).toEqual({ vkey });
    expect(timedKey(`${vkey}@2026-10-01T00:00:00Z`)).toEqual({ vkey, until: Date.UTC(2026, 9, 1) });
    expect(timedKey(`${vkey}@soon`)).toEqual({ vkey, until: Number.NaN });
  });
});
